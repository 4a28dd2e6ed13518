// Owns laying a text out on pages, in columns as wide as a letter, so that tables and logs stand as they were written.
// Pure.

export interface TextPages {
  readonly pages: readonly (readonly string[])[];
  readonly cut: boolean;
}

const TAB_COLUMNS = 8;
// Wide in a terminal, so two columns here: East Asian scripts and pictographs (Unicode Standard Annex 11).
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
const UNSEEN = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

export function layOut(text: string, bounds: { columns: number; lines: number; pagesMax: number }): TextPages {
  const linesMax = bounds.lines * bounds.pagesMax;
  const lines: string[] = [];
  let cut = false;
  for (const line of text.replace(UNSEEN, '').split(/\r\n|[\n\r\f\v\u2028\u2029]/)) {
    if (lines.length > linesMax) {
      cut = true;
      break;
    }
    for (const piece of wrapped(line.trimEnd(), bounds.columns)) lines.push(piece);
  }
  if (lines.length > linesMax) {
    cut = true;
    lines.length = linesMax;
  }
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  const pages: string[][] = [];
  for (let n = 0; n < lines.length; n += bounds.lines) pages.push(lines.slice(n, n + bounds.lines));
  return { pages, cut };
}

function* wrapped(line: string, columns: number): Generator<string> {
  let piece = '';
  let width = 0;
  let breakAt = 0; // where a blank in the piece ends
  for (const character of line) {
    const wide = character === '\t' ? TAB_COLUMNS - (width % TAB_COLUMNS) : columnsOf(character);
    if (width + wide > columns) {
      const end = breakAt > 0 && character !== ' ' ? breakAt : piece.length;
      yield piece.slice(0, end).trimEnd();
      piece = piece.slice(end);
      width = [...piece].reduce((sum, one) => sum + columnsOf(one), 0);
      breakAt = 0;
      if (piece === '' && (character === ' ' || character === '\t')) continue;
    }
    piece += character === '\t' ? ' '.repeat(wide) : character;
    width += wide;
    if (character === ' ' || character === '\t') breakAt = piece.length;
  }
  yield piece;
}

function columnsOf(character: string): number {
  if (character < '\u0300') return 1;
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
