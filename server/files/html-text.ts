// Owns reading any HTML for its text, of what nobody sees as well: comments, scripts, what is hidden, alternative texts.
// The only wrapper of htmlparser2. Lines end where a browser ends them; what stands within a line is joined as it stands.

import { Parser } from 'htmlparser2';
import { FileFault } from './file-fault.ts';

export interface HtmlTaker {
  /** The text as it is seen. */
  readonly write: (text: string) => void;
  /** What is not seen, or not in that place; each a text of its own. */
  readonly aside: (text: string) => void;
}

export class HtmlReader {
  readonly #taker: HtmlTaker;
  readonly #parser: Parser;
  #depth = 0;
  /** How many elements are open since one that is not seen. */
  #unseenDepth = 0;
  #unseen = '';

  constructor(taker: HtmlTaker) {
    this.#taker = taker;
    this.#parser = new Parser(
      {
        onopentag: (name, attributes) => this.#open(name, attributes),
        onclosetag: (name) => this.#close(name),
        ontext: (text) => this.#write(text.replace(/[ \t\r\n\f]+/g, ' ')),
        oncomment: (text) => taker.aside(text),
        onprocessinginstruction: (_name, text) => taker.aside(text),
      },
      { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: false },
    );
  }

  /** Throws FileFault when elements lie in each other without end. */
  write(html: string): void {
    this.#parser.write(html);
  }

  end(): void {
    this.#parser.end();
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    // Each element costs the parser more, the deeper it lies.
    if (this.#depth > DEPTH_MAX) throw new FileFault('too-deep');
    if (this.#unseenDepth > 0 || UNSEEN.has(name) || isHidden(attributes)) this.#unseenDepth += 1;
    if (LINES.has(name)) this.#write('\n');
    for (const key in attributes) {
      const value = attributes[key] ?? '';
      // Where other links lead says little of what is told, and is full of numbers.
      if (TOLD.has(key) || (key === 'href' && /^\s*(?:mailto|tel|sms):/i.test(value)))
        this.#taker.aside(unescaped(value));
    }
  }

  #close(name: string): void {
    this.#depth -= 1;
    if (name === 'td' || name === 'th') this.#write('\t');
    else if (LINES.has(name)) this.#write('\n');
    if (this.#unseenDepth === 0) return;
    this.#unseenDepth -= 1;
    if (this.#unseenDepth > 0) return;
    if (name !== 'style' && this.#unseen.trim() !== '') this.#taker.aside(this.#unseen);
    this.#unseen = '';
  }

  #write(text: string): void {
    if (this.#unseenDepth > 0) this.#unseen += text;
    else this.#taker.write(text);
  }
}

const DEPTH_MAX = 5_000;
const UNSEEN = new Set(['script', 'style', 'noscript', 'template']);
const TOLD = new Set(['alt', 'title', 'value', 'placeholder', 'content', 'label', 'summary', 'aria-label', 'srcdoc']);
const LINES = new Set(
  `address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure
  footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav ol option p pre search section select summary
  table tbody textarea tfoot thead title tr ul`.split(/\s+/),
);
const HIDING = /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|mso-hide\s*:\s*all/i;

// In the middle of a line it would tear apart what is seen of it.
function isHidden(attributes: Readonly<Record<string, string>>): boolean {
  const style = attributes['style'];
  return attributes['hidden'] !== undefined || (style !== undefined && HIDING.test(style));
}

function unescaped(value: string): string {
  try {
    return value.includes('%') ? decodeURIComponent(value) : value;
  } catch {
    return value;
  }
}
