// Owns writing a text as a PDF, in fonts that come along: Latin, Greek, Cyrillic and what else DejaVu has. It shows no
// letter that the fonts lack, says so, and never lays out more than it can in a moment. The only wrapper of pdfkit and
// fontkit.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { create } from 'fontkit';
import type { Font } from 'fontkit';
import Pdf from 'pdfkit';

export interface TextPdf {
  readonly title: string;
  readonly language: string;
  /** "From", "Alice Example (alice@example.com)" */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly text: string;
  readonly notes: {
    /** Said when so many letters could not be shown. */
    readonly cannotShow: (count: number) => string;
    readonly rightToLeft: string;
    readonly cut: string;
  };
}

const TEXT_CHARACTERS_MAX = 100_000;
const TEXT_LINES_MAX = 5_000;
/** Breaking a word that no line can hold takes time that grows with the square of its length. */
const UNBROKEN = /\S{60}(?=\S)/gu;
const MISSING = '□';
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const SIZE = 10.5;
const SMALL = 9;

/** The file's bytes while they are made. */
export function textPdf({ title, language, facts, text, notes }: TextPdf): Readable {
  const { bytes, font, boldBytes } = fonts();
  const shown = new Shown(font);
  const held = text.slice(0, TEXT_CHARACTERS_MAX).split('\n').slice(0, TEXT_LINES_MAX).join('\n');
  const cut = held.length < text.length;
  const body = shown.of(held);
  const heading = shown.of(title);
  const lines = facts.map(([label, value]) => [shown.of(label), shown.of(value)] as const);
  const document = new Pdf({
    size: 'A4',
    margin: 56,
    lang: language,
    displayTitle: true,
    info: { Title: heading, Creator: 'Sealpost', Producer: 'Sealpost' },
    font: '', // none of the PDF's own, which know Latin letters only
  });
  document.registerFont('text', bytes).registerFont('bold', boldBytes);
  document.font('bold').fontSize(15).text(heading).moveDown(0.6);
  for (const [label, value] of lines) {
    document.font('bold').fontSize(SMALL).text(`${label}: `, { continued: true }).font('text').text(value);
  }
  const said = [
    ...(shown.missing > 0 ? [notes.cannotShow(shown.missing)] : []),
    ...(RIGHT_TO_LEFT.test(`${text}${title}`) ? [notes.rightToLeft] : []),
  ];
  for (const note of said) document.moveDown(0.6).font('bold').fontSize(SMALL).text(note);
  document.moveDown(1).font('text').fontSize(SIZE).text(body, { lineGap: 2 });
  if (cut) document.moveDown(1).font('bold').fontSize(SMALL).text(notes.cut);
  document.end();
  return document;
}

/** Replaces what a font has no letter for, and counts it. */
class Shown {
  missing = 0;
  readonly #font: Font;

  constructor(font: Font) {
    this.#font = font;
  }

  of(text: string): string {
    let out = '';
    for (const character of text.replaceAll('\t', '    ')) {
      const point = character.codePointAt(0) ?? 0;
      if (character === '\n' || this.#font.hasGlyphForCodePoint(point)) {
        out += character;
      } else if (!/\p{Cf}|\p{Mn}/u.test(character)) {
        this.missing += 1;
        out += MISSING;
      }
    }
    return out.replace(UNBROKEN, '$&\n');
  }
}

interface Fonts {
  readonly bytes: Buffer;
  readonly boldBytes: Buffer;
  readonly font: Font;
}

let loaded: Fonts | undefined;

/** Read when the first PDF is asked for. */
function fonts(): Fonts {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  const read = (name: string): Buffer => readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
  const bytes = read('DejaVuSans');
  const font = create(bytes);
  if (!('hasGlyphForCodePoint' in font)) throw new Error('the font is a collection');
  loaded = { bytes, boldBytes: read('DejaVuSans-Bold'), font };
  return loaded;
}
