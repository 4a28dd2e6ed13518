// Owns where a line of text may end: behind blanks and hyphens, and between the signs of scripts that write no blanks; never
// before what closes, nor behind what opens. Pure; how wide a text is, is asked.

/** The lines of one paragraph, in the order they were written; none is wider than `width`, if it can be. */
export function breakLines(paragraph: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  for (const piece of pieces(paragraph, width, widthOf)) {
    const pieceWidth = widthOf(piece);
    if (line !== '' && lineWidth + widthOf(piece.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
      lineWidth = 0;
    }
    line += piece;
    lineWidth += pieceWidth;
  }
  return [...lines, line.trimEnd()];
}

const WIDE = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303f\\uff00-\\uffef';
const OPENS = '(\\[{“‘「『【〈《〔（［｛';
const CLOSES = ')\\]}”’」』】〉》〕）］｝、。，．・：；？！,.:;?!%ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々';
/** What stays together, with the blanks behind it. */
const PIECE = new RegExp(
  `(?:[${OPENS}]*[${WIDE}][${CLOSES}]*|[${OPENS}]*(?:[^\\s${WIDE}-]+-*|-+)[${CLOSES}]*)\\s*|\\s+`,
  'gu',
);
/** No line holds more, and measuring a longer one takes long. */
const UNBROKEN_MAX = 60;

function* pieces(paragraph: string, width: number, widthOf: (text: string) => number): Generator<string> {
  for (const [piece] of paragraph.matchAll(PIECE)) {
    if (piece.length <= UNBROKEN_MAX && widthOf(piece.trimEnd()) <= width) yield piece;
    else yield* cutUp(piece, width, widthOf);
  }
}

function* cutUp(piece: string, width: number, widthOf: (text: string) => number): Generator<string> {
  const graphemes = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(piece)];
  for (let at = 0; at < graphemes.length;) {
    let count = UNBROKEN_MAX;
    const part = (): string =>
      graphemes
        .slice(at, at + count)
        .map(({ segment }) => segment)
        .join('');
    while (count > 1 && widthOf(part()) > width) count = Math.floor(count * LESS);
    yield part();
    at += count;
  }
}

const LESS = 0.8;
