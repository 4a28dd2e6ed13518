// Owns what becomes of a link: which ones may be followed at all. Used for HTML and for plain text.

import { parseAddress } from '../core/address.ts';

export interface CleanLink {
  /** Where it really leads: http or https, normalised. */
  readonly url: string;
  /** What the mail shows as its text, one line. */
  readonly text: string;
}

/** The links of one HTML document, in order. The n-th leads to `${prefix}${n}`; without a prefix where it says. */
export class Links {
  readonly #found: { url: string; text: string }[] = [];
  readonly #prefix: string | undefined;

  constructor(prefix: string | undefined) {
    this.#prefix = prefix;
  }

  get found(): readonly CleanLink[] {
    return this.#found;
  }

  attributesOf(href: string): Record<string, string> {
    const around = { target: '_blank', rel: 'noopener noreferrer nofollow' };
    const mailto = mailtoUrl(href);
    if (mailto !== undefined) return { href: mailto, ...around };
    const url = webUrl(href);
    if (url === undefined || this.#found.length >= LINKS_MAX) return {};
    this.#found.push({ url, text: '' });
    return { href: this.#prefix === undefined ? url : `${this.#prefix}${this.#found.length - 1}`, ...around };
  }

  /** `href`: as it was given out. */
  name(href: string | undefined, text: string): void {
    if (this.#prefix === undefined || href?.startsWith(this.#prefix) !== true) return;
    const link = this.#found[Number(href.slice(this.#prefix.length))];
    if (link !== undefined) link.text = text.replace(/\s+/g, ' ').trim().slice(0, LINK_TEXT_CHARACTERS_MAX);
  }
}

const LINKS_MAX = 2_000;
const LINK_TEXT_CHARACTERS_MAX = 300;

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
