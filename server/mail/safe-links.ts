// Owns what becomes of a link: which ones may be followed at all. Used for HTML and for plain text.

import { parseAddress } from '../core/address.ts';

/** A web address as a browser would understand it, normalised; undefined for every other scheme and for relative ones. */
export function webUrl(href: string): string | undefined {
  if (href.length > URL_CHARACTERS_MAX) return undefined;
  // Browsers drop these before they read a URL, so that "java\nscript:" is one word to them.
  const url = URL.parse(href.replace(/[\u0000-\u001f\u007f]+/g, '').trim());
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined;
  return url.href;
}

/** `mailto:` with its addresses alone: a prepared subject, body or hidden copy would put words in the reader's mouth. */
export function mailtoUrl(href: string): string | undefined {
  const match = /^\s*mailto:([^?#]{1,2000})/i.exec(href);
  if (match === null) return undefined;
  const addresses = (match[1] ?? '').split(',').map((address) => parseAddress(decodePercent(address).trim()));
  if (addresses.length > MAILTO_MAX) return undefined;
  const known = addresses.filter((address) => address !== undefined);
  if (known.length === 0 || known.length < addresses.length) return undefined;
  return `mailto:${known.map((address) => encodeURIComponent(address).replace('%40', '@')).join(',')}`;
}

/** The text itself when it is not well percent-encoded. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const URL_CHARACTERS_MAX = 8_192;
const MAILTO_MAX = 10;
