// Owns finding in a plain text what its author set in columns with blanks, which only letters of one width keep apart.
// Joined together the blocks are the text that was given.

export interface TextBlock {
  readonly text: string;
  readonly columns: boolean;
}

/** Runs of paragraphs with columns and without, in order. */
export function columnBlocks(text: string): TextBlock[] {
  if (!text.includes('  ') && !OTHER_COLUMNS.test(text)) return [{ text, columns: false }];
  const blocks: { text: string; columns: boolean }[] = [];
  // A paragraph ends behind the blank lines after it.
  for (const paragraph of text.split(/(?<=\n[ \t]*\n)(?![ \t]*\n)/)) {
    const columns = hasColumns(paragraph);
    const last = blocks.at(-1);
    if (last?.columns === columns) last.text += paragraph;
    else blocks.push({ text: paragraph, columns });
  }
  return blocks;
}

const COLUMN_LINES_MIN = 2;
const LINE_CHARACTERS_MAX = 400;
/** Blanks between words, more than typists put behind a full stop; or lines drawn with signs. */
const IN_COLUMNS = /[^\s.!?:;,](?: {3,}|\t+| {2,}[-+]?[\d$€£¥(])[^ \t]|[│┃║┼├└┌╔╚]|[+|][-=+|]{3,}/u;

/** Without one of these, and without two blanks side by side, nothing is in columns: most texts need no closer look. */
const OTHER_COLUMNS = /[\t│┃║┼├└┌╔╚]|[+|][-=+|]{3}/u;

function hasColumns(paragraph: string): boolean {
  let lines = 0;
  for (const line of paragraph.split('\n')) {
    if (IN_COLUMNS.test(line.slice(0, LINE_CHARACTERS_MAX)) && ++lines >= COLUMN_LINES_MIN) return true;
  }
  return false;
}
