// Owns which attributes of a mail's HTML may stand, and what their values must look like: none of them can name
// anything outside the mail. Addresses (href, src) are not decided here.

import { filterStyle, isColour } from './safe-style.ts';

export interface CleanAttributes {
  readonly attributes: Record<string, string>;
  /** Something of this element would have been fetched from outside. */
  readonly remote: boolean;
}

export function cleanAttributes(tag: string, raw: Readonly<Record<string, string>>): CleanAttributes {
  const attributes: Record<string, string> = {};
  let remote = false;
  for (const [name, value] of Object.entries(raw)) {
    if (name === 'style') {
      const filtered = filterStyle(value);
      if (filtered.style !== '') attributes['style'] = filtered.style;
      remote ||= filtered.remote;
    } else if (FETCHING.has(name)) {
      remote ||= isRemote(value);
    } else if (isAllowed(tag, name, value.trim())) {
      attributes[name] = value.trim();
    }
  }
  remote ||= FETCHING_LINKS.has(tag) && isRemote(raw['href'] ?? '');
  remote ||= tag === 'meta' && /url\s*=/i.test(raw['content'] ?? '');
  return { attributes, remote };
}

/** Of a mail's `body`, for the box that stands in its place: its colours become styles. */
export function bodyAttributes(
  { bgcolor, style, ...attributes }: Readonly<Record<string, string>>,
  text: string,
): { attributes: Record<string, string>; colour: string | undefined } {
  // Before the style, which may say it again and better.
  const styles = [
    ...(bgcolor === undefined ? [] : [`background-color:${withHash(bgcolor)}`]),
    ...(isLegacyColour(text.trim()) ? [`color:${withHash(text.trim())}`] : []),
    ...(style === undefined ? [] : [style]),
  ].join(';');
  const colour = [...styles.matchAll(/(?:^|;)background-color:([^;!]+)/g)].at(-1)?.[1]?.trim();
  return { attributes: styles === '' ? attributes : { style: styles, ...attributes }, colour };
}

function withHash(colour: string): string {
  return /^[0-9a-f]{6}$/i.test(colour) ? `#${colour}` : colour;
}

/** After the characters that browsers ignore in URLs are taken off. Backslashes count as slashes, as for them. */
function isRemote(value: string): boolean {
  return /^(?:(?:https?|ftps?|wss?):|(?:[a-z]{1,20}:)?[/\\]{2})/i.test(
    value.slice(0, 4_096).replace(/[\u0000-\u0020]+/g, ''),
  );
}

// Attributes that make a browser fetch, or did in some browser.
const FETCHING: ReadonlySet<string> = new Set(
  'src srcset imagesrcset background poster data lowsrc dynsrc classid codebase archive code manifest icon xlink:href'.split(
    ' ',
  ),
);
const FETCHING_LINKS = new Set(['link', 'image', 'use', 'feimage']);

const LENGTH = /^\d{1,4}(?:\.\d{1,4})?(?:%|px|pt|\*)?$/;
const COUNT = /^\d{1,4}$/;
const TABLE_PART = new Set(['table', 'tr', 'td', 'th', 'thead', 'tbody', 'tfoot', 'col', 'colgroup', 'body']);
const SPAN = /^(?:[1-9]\d{0,2})$/;

const RULES: Readonly<Record<string, (value: string, tag: string) => boolean>> = {
  align: (value) => /^(?:left|right|center|justify|middle|top|bottom|absmiddle|baseline)$/i.test(value),
  valign: (value) => /^(?:top|middle|bottom|baseline)$/i.test(value),
  bgcolor: (value, tag) => TABLE_PART.has(tag) && isLegacyColour(value),
  color: (value, tag) => (tag === 'font' || tag === 'hr') && isLegacyColour(value),
  width: (value) => LENGTH.test(value),
  height: (value) => LENGTH.test(value),
  border: (value) => COUNT.test(value),
  cellpadding: (value) => LENGTH.test(value),
  cellspacing: (value) => LENGTH.test(value),
  colspan: (value) => SPAN.test(value),
  rowspan: (value) => SPAN.test(value),
  span: (value, tag) => (tag === 'col' || tag === 'colgroup') && SPAN.test(value),
  hspace: (value) => COUNT.test(value),
  vspace: (value) => COUNT.test(value),
  face: (value, tag) => tag === 'font' && /^[\p{L}\p{N} ,'_-]{1,200}$/u.test(value),
  size: (value) => /^[+-]?\d{1,3}$/.test(value),
  dir: (value) => /^(?:ltr|rtl|auto)$/i.test(value),
  lang: (value) => /^[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,4}$/i.test(value),
  title: (value) => value.length <= 1_000,
  alt: (value, tag) => tag === 'img' && value.length <= 1_000,
  abbr: (value) => value.length <= 200,
  scope: (value) => /^(?:row|col|rowgroup|colgroup)$/i.test(value),
  nowrap: () => true,
  noshade: () => true,
  start: (value, tag) => tag === 'ol' && /^-?\d{1,5}$/.test(value),
  value: (value, tag) => tag === 'li' && /^-?\d{1,5}$/.test(value),
  type: (value, tag) => ['ol', 'ul', 'li'].includes(tag) && /^(?:[1aAiI]|disc|circle|square)$/.test(value),
};

/** The sanitizer's own list: what may be let through on any tag. */
export const ALLOWED_ATTRIBUTES: readonly string[] = ['style', ...Object.keys(RULES)];

function isAllowed(tag: string, name: string, value: string): boolean {
  return Object.hasOwn(RULES, name) && RULES[name]?.(value, tag) === true;
}

/** Old HTML also wrote colours without the "#". */
function isLegacyColour(value: string): boolean {
  return isColour(value) || /^[0-9a-f]{6}$/i.test(value);
}
