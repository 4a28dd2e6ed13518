// Owns what of a text is drawn: all that a font has, and in the place of all else a box, which is counted. It never lets a
// letter go, or change its place, without counting it.

const MISSING = '□';

export class ShownText {
  /** How many characters are not shown. */
  missing = 0;
  readonly #isInFonts: (character: string) => boolean;

  constructor(isInFonts: (character: string) => boolean) {
    this.#isInFonts = isInFonts;
  }

  of(text: string): string {
    return text
      .toWellFormed()
      .replaceAll('\t', '    ')
      .replace(UNSEEN, '')
      .replace(HEAP, (_, kept: string, rest: string) => `${kept}${this.#box(rest.match(/\p{M}/gu)?.length ?? 0)}`)
      .replace(LOOKED_AT, (character) => (this.#isInFonts(character) ? character : this.#box(1)));
  }

  #box(count: number): string {
    this.missing += count;
    return count === 0 ? '' : MISSING;
  }
}

// What is never drawn, and what would turn the order of letters around. Marks of direction stay, and what keeps a name apart
// from the text around it.
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/g;
// No language has more marks on one letter (Unicode Standard Annex 15, "Stream-Safe Text Format"), and drawing heaps takes long.
const HEAP = /([\p{M}\p{Default_Ignorable_Code_Point}]{30})([\p{M}\p{Default_Ignorable_Code_Point}]+)/gu;
const LOOKED_AT = /[^\n -~\p{Z}\p{Default_Ignorable_Code_Point}]/gu;
