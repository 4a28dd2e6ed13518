// Owns the one use of sanitize-html: from the HTML of a mail to a fragment for its own sandboxed document. What
// this returns is shown as it is: nothing may be replaced, added or moved in it afterwards. Runs only inside the
// worker that can be killed.

import sanitizeHtml from 'sanitize-html';
import { limits } from '../core/limits.ts';
import { ALLOWED_ATTRIBUTES, cleanAttributes } from './safe-attributes.ts';
import type { CleanAttributes } from './safe-attributes.ts';
import { QuotedParts } from './quoted-parts.ts';
import { decodePercent, mailtoUrl, webUrl } from './safe-links.ts';

export interface CleanRequest {
  readonly html: string;
  /** Content-ID → `data:` URL of a picture, or `cid:part-N` in a mail. Only pictures given here are shown. */
  readonly images: ReadonlyMap<string, string>;
  /** The n-th web link, counting from 0, leads to `${linkPrefix}${n}`; undefined: where it says. */
  readonly linkPrefix: string | undefined;
  /** What stands on the fold around a quoted part; without it nothing is folded. */
  readonly foldedWords?: string;
}

export interface CleanLink {
  /** Where it really leads: http or https, normalised. */
  readonly url: string;
  /** What the mail shows as its text, one line. */
  readonly text: string;
}

export interface CleanHtml {
  readonly html: string;
  readonly links: readonly CleanLink[];
  /** Elements that would have fetched something from outside. */
  readonly blockedRemote: number;
  /** Content-IDs of the pictures that are shown; the others belong into the list of attachments. */
  readonly usedImages: readonly string[];
  /** Characters of text, roughly: to guess how much room it needs. */
  readonly textLength: number;
}

export function sanitize(request: CleanRequest): CleanHtml {
  const cleaning = new Cleaning(request);
  const clean = cleaning.run();
  // A mail that is nothing but a quote is shown as it is.
  if (request.foldedWords === undefined || !cleaning.isAllFolded()) return clean;
  const { foldedWords: _, ...unfolded } = request;
  return new Cleaning(unfolded).run();
}

const LINKS_MAX = 2_000;
const LINK_TEXT_CHARACTERS_MAX = 300;
const INLINED_CHARACTERS_MAX = (limits.inlineImageBytesMax * 4) / 3;
// Browsers lay nothing out below some depth, and take long to find that out.
const NESTING_MAX = 250;
// SVG is a document and not a picture.
const PICTURE = /^(?:data:image\/(?:png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/]+={0,2}|cid:part-\d{1,4})$/;
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

/** Becomes the element around a part that is quoted. */
const FOLD = 'details';

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

class Cleaning {
  readonly #request: CleanRequest;
  readonly #links: { url: string; text: string }[] = [];
  readonly #used = new Set<string>();
  #blockedRemote = 0;
  #inlinedCharacters = 0;
  #textLength = 0;
  #textOutside = false;
  #bodySeen = false;
  readonly #folds: QuotedParts;
  #element: CleanAttributes = { attributes: {}, remote: false };

  constructor(request: CleanRequest) {
    this.#request = request;
    this.#folds = new QuotedParts(request.foldedWords !== undefined);
  }

  /** Whether nothing was left outside of what was folded. */
  isAllFolded(): boolean {
    return this.#folds.count > 0 && !this.#textOutside;
  }

  run(): CleanHtml {
    const cleaned = sanitizeHtml(this.#request.html.replace(CONTROLS, ''), {
      allowedTags: this.#request.foldedWords === undefined ? TAGS : [...TAGS, FOLD],
      nonTextTags: DROPPED_WHOLE,
      allowedAttributes: { '*': [...ALLOWED_ATTRIBUTES], a: ['href', 'target', 'rel'], img: ['src'] },
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
        this.#folds.open(tag, attributes);
      },
      onCloseTag: () => this.#folds.close(),
      transformTags: { '*': (tag, attributes) => this.#transform(tag, attributes) },
      textFilter: (text) => {
        this.#textLength += text.length;
        this.#textOutside ||= !this.#folds.isInside && text.trim() !== '';
        return text;
      },
      exclusiveFilter: (frame) => {
        if (frame.tag === 'a') this.#nameLink(frame.attribs['href'], frame.text);
        return false;
      },
    });
    return {
      html: this.#withSummaries(cleaned),
      links: this.#links,
      blockedRemote: this.#blockedRemote,
      usedImages: [...this.#used],
      textLength: this.#textLength,
    };
  }

  // Whatever a mail wrote is escaped by now, and no element of its own became this one: each is a fold made here.
  #withSummaries(html: string): string {
    const { foldedWords } = this.#request;
    if (foldedWords === undefined || this.#folds.count === 0) return html;
    const summary = `<summary>${foldedWords.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)}</summary>`;
    return html.replace(/<details(?: [^<>]*)?>/g, (start) => start + summary);
  }

  #transform(tag: string, raw: Readonly<Record<string, string>>): { tagName: string; attribs: Record<string, string> } {
    const { attributes } = this.#element;
    if (this.#folds.isStart) return { tagName: FOLD, attribs: attributes };
    // A fold of the mail's own is not among what may stand.
    if (tag === FOLD) return { tagName: 'div', attribs: attributes };
    if (tag === 'a') Object.assign(attributes, this.#linkAttributes(raw['href'] ?? ''));
    if (tag === 'img') Object.assign(attributes, this.#pictureAttributes(raw['src'] ?? '', raw['alt'] ?? ''));
    // Newsletters and Outlook put the page's colours and font on the body; the first one becomes a box around all.
    if (tag === 'body' && !this.#bodySeen) {
      this.#bodySeen = true;
      const colour = attributes['bgcolor'];
      delete attributes['bgcolor'];
      // Before the style, which may say it again and better.
      const own = attributes['style'];
      if (colour !== undefined)
        attributes['style'] = `background-color:${withHash(colour)}${own === undefined ? '' : `;${own}`}`;
      return { tagName: 'div', attribs: attributes };
    }
    return { tagName: tag, attribs: attributes };
  }

  #linkAttributes(href: string): Record<string, string> {
    const around = { target: '_blank', rel: 'noopener noreferrer nofollow' };
    const mailto = mailtoUrl(href);
    if (mailto !== undefined) return { href: mailto, ...around };
    const url = webUrl(href);
    if (url === undefined || this.#links.length >= LINKS_MAX) return {};
    this.#links.push({ url, text: '' });
    const { linkPrefix } = this.#request;
    return { href: linkPrefix === undefined ? url : `${linkPrefix}${this.#links.length - 1}`, ...around };
  }

  #nameLink(href: string | undefined, text: string): void {
    const { linkPrefix } = this.#request;
    if (linkPrefix === undefined) return;
    const link = href?.startsWith(linkPrefix) ? this.#links[Number(href.slice(linkPrefix.length))] : undefined;
    if (link !== undefined) link.text = text.replace(/\s+/g, ' ').trim().slice(0, LINK_TEXT_CHARACTERS_MAX);
  }

  /** A picture that is not shown stays as its alternative text: an img without src fetches nothing. */
  #pictureAttributes(src: string, alt: string): Record<string, string> {
    const cid = /^\s*cid:(\S{1,998})\s*$/i.exec(src)?.[1];
    if (cid === undefined) return { alt };
    const id = this.#request.images.has(cid) ? cid : decodePercent(cid);
    const data = this.#request.images.get(id);
    if (data === undefined || !PICTURE.test(data)) return { alt };
    // The same picture a thousand times would make a document of any size out of a small mail.
    this.#inlinedCharacters += data.length;
    if (this.#inlinedCharacters > INLINED_CHARACTERS_MAX) return { alt };
    this.#used.add(id);
    return { alt, src: data };
  }
}

function withHash(colour: string): string {
  return /^[0-9a-f]{6}$/i.test(colour) ? `#${colour}` : colour;
}
