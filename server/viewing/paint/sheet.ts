// Owns lines of text under each other on the pages of a PDF, each paragraph in its own direction. It draws what it is given.

import { beginPdf, widthsIn } from './canvas.ts';
import type { PdfPage, TextFont } from './canvas.ts';
import { breakLines } from './line-breaks.ts';

export interface Style {
  readonly sizePt: number;
  readonly linePt: number;
  readonly bold: boolean;
}

export interface SheetOptions {
  readonly title: string;
  /** Of what has no direction of its own. */
  readonly isRightToLeft: boolean;
  readonly familiesOf: TextFont['familiesOf'];
}

export const HEADING: Style = { sizePt: 15, linePt: 21, bold: true };
export const BODY: Style = { sizePt: 10.5, linePt: 15.5, bold: false };
export const LABEL: Style = { sizePt: 9, linePt: 13, bold: true };
const VALUE: Style = { ...LABEL, bold: false };
// A4.
const WIDTH = 595.28;
const HEIGHT = 841.89;
const MARGIN = 56;

/** Lines under each other, on as many pages as it takes. */
export class Sheet {
  readonly #document: ReturnType<typeof beginPdf>;
  readonly #isRightToLeft: boolean;
  readonly #familiesOf: TextFont['familiesOf'];
  readonly #widths = new Map<Style, (text: string) => number>();
  #page: PdfPage | undefined;
  #y = MARGIN;

  constructor({ title, isRightToLeft, familiesOf }: SheetOptions) {
    this.#document = beginPdf(title);
    this.#isRightToLeft = isRightToLeft;
    this.#familiesOf = familiesOf;
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
        ...this.#fontOf(style),
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
    const measure = widthsIn(this.#fontOf(style));
    this.#widths.set(style, measure);
    return measure;
  }

  #fontOf({ sizePt, bold }: Style): TextFont {
    return { sizePt, bold, familiesOf: this.#familiesOf };
  }
}

/** Where lines may stand, and at which of its edges they begin. */
interface Column {
  readonly from: number;
  readonly to: number;
  readonly fromRight: boolean;
  /** The direction of what is written, if it is another. */
  readonly isRightToLeft?: boolean | undefined;
}

/** By the first letter that has a direction (Unicode Standard Annex 9, rules P2 and P3); undefined without one. */
function isRightToLeft(text: string): boolean | undefined {
  const [letter] = /\p{L}/u.exec(text) ?? [];
  return letter === undefined ? undefined : RIGHT_TO_LEFT.test(letter);
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
