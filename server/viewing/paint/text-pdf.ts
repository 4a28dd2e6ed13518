// Owns setting a text as a PDF: Latin, Greek, Cyrillic, Arabic and Hebrew in a font that comes along, what else the machine's
// own fonts have; each paragraph in its own direction. It shows no letter that no font has, and counts them.

import type { PdfText } from '../text-pdf.ts';
import { beginPdf, isInFonts, needTextFont, widthsIn } from './canvas.ts';
import type { PdfPage } from './canvas.ts';
import { breakLines } from './line-breaks.ts';

export function setText({ title, language, facts, notes, text, end }: PdfText): { pdf: Buffer; missing: number } {
  needTextFont();
  const shown = new Shown(isInFonts(fontOf(BODY, families(language, text))));
  const sheet = new Sheet(shown.of(title), RIGHT_TO_LEFT_LANGUAGES.has(language), families(language, text));
  sheet.write(shown.of(title), HEADING);
  sheet.skip(8);
  const labelWidth = Math.min(LABEL_MAX, Math.max(0, ...facts.map(([label]) => sheet.widthOf(label, LABEL) + 14)));
  for (const [label, value] of facts) sheet.writeFact(shown.of(label), shown.of(value), labelWidth);
  // Read before the notes: they say what was found.
  const body = shown.of(text);
  for (const note of notes) sheet.writeApart(shown.of(note));
  sheet.skip(14);
  for (const paragraph of body.split('\n')) sheet.write(paragraph, BODY);
  if (end !== undefined) sheet.writeApart(shown.of(end));
  return { pdf: sheet.end(), missing: shown.missing };
}

interface Style {
  readonly sizePt: number;
  readonly linePt: number;
  readonly bold: boolean;
}

const HEADING: Style = { sizePt: 15, linePt: 21, bold: true };
const BODY: Style = { sizePt: 10.5, linePt: 15.5, bold: false };
const LABEL: Style = { sizePt: 9, linePt: 13, bold: true };
const VALUE: Style = { ...LABEL, bold: false };
// A4.
const WIDTH = 595.28;
const HEIGHT = 841.89;
const MARGIN = 56;
const LABEL_MAX = 150;
const RIGHT_TO_LEFT_LANGUAGES = new Set(['ar', 'he']);
const MISSING = '□';
const COMMON_HAN = '一人日大';

// The machine's own: the one that comes along has no signs of China and Japan. Each draws many signs in its country's way.
const JAPANESE = '"Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "IPAexGothic"';
const CHINESE = '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"';

function families(language: string, text: string): string {
  const isJapanese = /[\u3041-\u30fa]/.test(text) || (language === 'ja' && !/[\u4e00-\u9fff]/.test(text));
  return isJapanese ? `${JAPANESE}, ${CHINESE}` : `${CHINESE}, ${JAPANESE}`;
}

function fontOf({ sizePt, bold }: Style, families: string): { sizePt: number; bold: boolean; families: string } {
  return { sizePt, bold, families };
}

/** Where lines may stand, and at which of its edges they begin. */
interface Column {
  readonly from: number;
  readonly to: number;
  readonly fromRight: boolean;
  /** The direction of what is written, if it is another. */
  readonly isRightToLeft?: boolean | undefined;
}

/** Lines under each other, on as many pages as it takes. */
class Sheet {
  readonly #document: ReturnType<typeof beginPdf>;
  readonly #isRightToLeft: boolean;
  readonly #families: string;
  readonly #widths = new Map<Style, (text: string) => number>();
  #page: PdfPage | undefined;
  #y = MARGIN;

  constructor(title: string, isRightToLeft: boolean, families: string) {
    this.#document = beginPdf(title);
    this.#isRightToLeft = isRightToLeft;
    this.#families = families;
  }

  write(paragraph: string, style: Style): void {
    const fromRight = isRightToLeft(paragraph) ?? this.#isRightToLeft;
    this.#writeIn(paragraph, style, { from: MARGIN, to: WIDTH - MARGIN, fromRight });
  }

  /** Bold, with some room above. */
  writeApart(paragraph: string): void {
    this.skip(10);
    this.write(paragraph, LABEL);
  }

  /** The label at the edge where lines begin, its value beside it. */
  writeFact(label: string, value: string, labelWidth: number): void {
    this.#makeRoom(LABEL);
    this.#draw(label, LABEL, { from: MARGIN, to: WIDTH - MARGIN, fromRight: this.#isRightToLeft });
    this.#y -= LABEL.linePt;
    const [from, to] = this.#isRightToLeft
      ? [MARGIN, WIDTH - MARGIN - labelWidth]
      : [MARGIN + labelWidth, WIDTH - MARGIN];
    // On the side of its label, whatever it is written in.
    this.#writeIn(value, VALUE, { from, to, fromRight: this.#isRightToLeft });
  }

  skip(points: number): void {
    this.#y += points;
  }

  widthOf(text: string, style: Style): number {
    return this.#widthIn(style)(text);
  }

  end(): Buffer {
    this.#makeRoom(BODY);
    return this.#document.end();
  }

  #writeIn(paragraph: string, style: Style, column: Column): void {
    const { from, to } = column;
    const own = isRightToLeft(paragraph);
    for (const line of breakLines(paragraph, to - from, this.#widthIn(style))) {
      this.#makeRoom(style);
      this.#draw(line, style, { ...column, isRightToLeft: own });
    }
  }

  #draw(line: string, style: Style, { from, to, fromRight, isRightToLeft: own = fromRight }: Column): void {
    const y = this.#y + style.sizePt;
    if (line !== '')
      this.#page?.draw(line, {
        ...fontOf(style, this.#families),
        y,
        x: fromRight ? to : from,
        fromRight,
        isRightToLeft: own,
      });
    this.#y += style.linePt;
  }

  #makeRoom(style: Style): void {
    if (this.#page !== undefined && this.#y + style.linePt <= HEIGHT - MARGIN) return;
    this.#page = this.#document.page(WIDTH, HEIGHT);
    this.#y = MARGIN;
  }

  #widthIn(style: Style): (text: string) => number {
    const known = this.#widths.get(style);
    if (known !== undefined) return known;
    const measure = widthsIn(fontOf(style, this.#families));
    this.#widths.set(style, measure);
    return measure;
  }
}

/** By the first letter that has a direction (Unicode Standard Annex 9, rules P2 and P3); undefined without one. */
function isRightToLeft(text: string): boolean | undefined {
  const [letter] = /[\p{L}]/u.exec(text) ?? [];
  return letter === undefined ? undefined : RIGHT_TO_LEFT.test(letter);
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
// What is never drawn. Marks of direction are kept, and what keeps a name apart from the text around it.
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/g;

/** Replaces what no font has, and counts it. */
class Shown {
  missing = 0;
  #hasHan: boolean | undefined;
  readonly #isInFonts: (character: string) => boolean;

  constructor(isInFonts: (character: string) => boolean) {
    this.#isInFonts = isInFonts;
  }

  of(text: string): string {
    return text
      .replaceAll('\t', '    ')
      .replace(UNSEEN, '')
      .replace(/[^\n -~\p{Cf}\p{M}\p{Z}]/gu, (character) => {
        if (this.#has(character)) return character;
        this.missing += 1;
        return MISSING;
      });
  }

  /** Of thousands of signs none has to be looked for where the most common ones are not there. */
  #has(character: string): boolean {
    if (!/\p{Script=Han}/u.test(character)) return this.#isInFonts(character);
    this.#hasHan ??= [...COMMON_HAN].some((one) => this.#isInFonts(one));
    return this.#hasHan && this.#isInFonts(character);
  }
}
