// Owns the one use of sanitize-html: from the HTML of a mail to a fragment for its own sandboxed document. What
// this returns is shown as it is: nothing may be replaced, added or moved in it afterwards. Runs only inside the
// worker that can be killed.

import sanitizeHtml from 'sanitize-html';
import { ALLOWED_ATTRIBUTES, bodyAttributes, cleanAttributes } from './safe-attributes.ts';
import type { CleanAttributes } from './safe-attributes.ts';
import { foldQuotes, MARKED_NAMES, markedName } from './fold-quotes.ts';
import { quoteMark } from './quoted-parts.ts';
import { Links } from './safe-links.ts';
import type { CleanLink } from './safe-links.ts';
import { Pictures } from './safe-picture.ts';
import { classesIn, safeSheet } from './safe-sheet.ts';
import type { SafeSheet, Scheme, SheetSource } from './safe-sheet.ts';
import { shallowHtml } from './shallow-html.ts';

export interface CleanRequest {
  readonly html: string;
  /** Content-ID → `data:` URL of a picture, or `cid:part-N` in a mail. Only pictures given here are shown. */
  readonly images: ReadonlyMap<string, string>;
  /** The n-th web link, counting from 0, leads to `${linkPrefix}${n}`; undefined: where it says. */
  readonly linkPrefix: string | undefined;
  /** What stands on the fold around a quoted part; without it nothing is folded. */
  readonly foldedWords?: string;
  /** Without it as it is meant for light. */
  readonly scheme?: Scheme;
}

export interface CleanHtml {
  /** Stands in an element of its own whose id is MAIL_BOX. */
  readonly html: string;
  /** The mail's style sheets, as far as they may stand: for a `style` element beside the box. */
  readonly css: string;
  /** Whether `css` shows it in the dark, when that was asked for. */
  readonly hasDark: boolean;
  /** Colours of the page around it. */
  readonly page: SafeSheet['page'];
  readonly links: readonly CleanLink[];
  /** Elements that would have fetched something from outside. */
  readonly blockedRemote: number;
  /** Content-IDs of the pictures that are shown; the others belong into the list of attachments. */
  readonly usedImages: readonly string[];
  /** Characters of text, roughly: to guess how much room it needs. */
  readonly textLength: number;
}

export function sanitize(given: CleanRequest): CleanHtml {
  const request = { ...given, html: shallowHtml(given.html.replace(CONTROLS, '')) };
  const sheet = safeSheet(sheetsOf(request.html), request.scheme ?? 'light', {
    isTag: (tag) => TAG_SET.has(tag),
    elements: request.html.split('<').length,
  });
  return new Cleaning(request, sheet).run();
}

/** The style sheets of a document, as they stand in it. */
function sheetsOf(html: string): SheetSource[] {
  if (!/<style/i.test(html)) return [];
  const sheets = sanitizeHtml(html, {
    allowedTags: ['style'],
    allowVulnerableTags: true, // nothing of this is shown: it is taken apart and written anew
    allowedAttributes: { style: ['media'] },
    nonTextTags: DROPPED_WHOLE.filter((tag) => tag !== 'style'),
    textFilter: () => '',
  });
  return [...sheets.matchAll(/<style(?: media="([^"]*)")?>([\s\S]*?)<\/style>/g)].map(([, media, css = '']) => ({
    css,
    media,
  }));
}

// Browsers lay nothing out below some depth, and take long to find that out.
const NESTING_MAX = 250;
// Readers of HTML disagree on what these do to markup.
const CONTROLS = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/g;

// No element whose content is not plain markup (script, style, svg, math, textarea, noscript …), none that fetches,
// submits or embeds, no id, class or name that the document around it could be confused with.
const TAGS = words(`
  a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn dir
  div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark menu nav ol p pre q
  rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr`);
/** Elements that go with all that is in them. */
const DROPPED_WHOLE = words(`
  script style textarea option xmp title template noscript noembed noframes iframe frameset svg math object applet audio
  video canvas select plaintext listing`);

const TAG_SET: ReadonlySet<string> = new Set(TAGS);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

class Cleaning {
  readonly #request: CleanRequest;
  readonly #links: Links;
  readonly #pictures: Pictures;
  #blockedRemote = 0;
  #textLength = 0;
  #bodySeen = false;
  #rootSeen = false;
  #bodyColour: string | undefined;
  readonly #sheet: SafeSheet;
  #element: CleanAttributes = { attributes: {}, remote: false };

  constructor(request: CleanRequest, sheet: SafeSheet) {
    this.#request = request;
    this.#sheet = sheet;
    this.#blockedRemote = sheet.remote;
    this.#links = new Links(request.linkPrefix);
    this.#pictures = new Pictures(request.images);
  }

  run(): CleanHtml {
    const cleaned = sanitizeHtml(this.#request.html, {
      allowedTags: [...TAGS, ...MARKED_NAMES],
      nonTextTags: DROPPED_WHOLE,
      allowedAttributes: { '*': [...ALLOWED_ATTRIBUTES, 'class'], a: ['href', 'target', 'rel'], img: ['src'] },
      // The second fence: what the transformation below writes has only these schemes anyway.
      allowedSchemes: ['http', 'https', 'mailto'],
      allowedSchemesByTag: { img: ['data', 'cid'] },
      allowProtocolRelative: false,
      parseStyleAttributes: false, // safe-style.ts has done it, with grammars
      nestingLimit: NESTING_MAX,
      selfClosing: ['img', 'br', 'hr', 'col', 'wbr'],
      // Sees every element, also inside those that go whole, and each one before it is transformed.
      onOpenTag: (tag, attributes) => {
        this.#element = cleanAttributes(tag, attributes);
        if (this.#element.remote) this.#blockedRemote++;
      },
      transformTags: { '*': (tag, attributes) => this.#transform(tag, attributes) },
      textFilter: (text) => {
        this.#textLength += text.length;
        return text;
      },
      exclusiveFilter: (frame) => {
        if (frame.tag === 'a') this.#links.name(frame.attribs['href'], frame.text);
        return false;
      },
    });
    const { css, hasDark, page } = this.#sheet;
    const { foldedWords } = this.#request;
    return {
      html: foldedWords === undefined ? cleaned : foldQuotes(cleaned, foldedWords),
      css,
      hasDark,
      page: this.#bodyColour === undefined ? page : { ...page, light: this.#bodyColour },
      links: this.#links.found,
      blockedRemote: this.#blockedRemote,
      usedImages: [...this.#pictures.used],
      textLength: this.#textLength,
    };
  }

  #transform(tag: string, raw: Readonly<Record<string, string>>): { tagName: string; attribs: Record<string, string> } {
    const attributes: Record<string, string> = { ...this.#element.attributes, ...classesIn(this.#sheet, tag, raw) };
    const mark = this.#request.foldedWords === undefined ? undefined : quoteMark(tag, raw);
    if (mark !== undefined) return { tagName: markedName(mark, tag), attribs: attributes };
    // Neither a fold of the mail's own is among what may stand, nor our name for what may become one.
    if (tag === 'details' || MARKED_NAMES.includes(tag)) return { tagName: 'div', attribs: attributes };
    if (tag === 'a') Object.assign(attributes, this.#links.attributesOf(raw['href'] ?? ''));
    if (tag === 'img') {
      return { tagName: tag, attribs: this.#pictures.attributesOf(raw['src'] ?? '', raw['alt'] ?? '', attributes) };
    }
    // The direction of all, which nothing else says.
    const { dir, lang } = attributes;
    if (tag === 'html' && !this.#rootSeen && dir !== undefined) {
      this.#rootSeen = true;
      return { tagName: 'div', attribs: { dir, ...(lang === undefined ? {} : { lang }) } };
    }
    // Newsletters and Outlook put the page's colours and font on the body; the first one becomes a box around all.
    if (tag === 'body' && !this.#bodySeen) {
      this.#bodySeen = true;
      const { attributes: attribs, colour } = bodyAttributes(attributes, raw['text'] ?? '');
      this.#bodyColour = colour;
      return { tagName: 'div', attribs };
    }
    return { tagName: tag, attribs: attributes };
  }
}
