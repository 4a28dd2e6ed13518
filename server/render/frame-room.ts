// Owns guessing how high a mail's HTML will stand. Its frame has no scripts and no origin, so nobody can measure
// it; a good guess spares the reader from scrolling inside the page. It never changes the HTML.

export interface FrameRoom {
  /** Beside the margins of a desktop window. */
  readonly widePx: number;
  /** On a phone. */
  readonly narrowPx: number;
}

const WIDE = { linePx: 800, most: 2_400, margins: 64 } as const;
const NARROW = { linePx: 286, most: 3_600, margins: 48 } as const;
const LEAST_PX = 160;
const LETTER_PX = 8.2; // of system fonts at 16 px, on average of the wider ones
const LINE_PX = 26;
const BLOCK_GAP_PX = 16;
const CELL_GAP_PX = 12;
const CELL_LETTERS_MIN = 6;
/** Columns are as wide as what stands in them: words get more than their even share, numbers less. */
const CELL_SHARE = 1.5;
const PICTURE_PX = 200; // when it does not say
/** What is longer is cut off at `most` anyway. */
const CHARACTERS_READ = 200_000;

const TOKEN = /<(\/?)([a-z][a-z0-9]*)([^>]*)>|[^<]+/gi;
const SPACED = new Set(['p', 'ul', 'ol', 'blockquote', 'table', 'pre', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'dl']);
const BLOCKS = new Set([
  ...SPACED,
  'div',
  'li',
  'center',
  'section',
  'article',
  'header',
  'footer',
  'dt',
  'dd',
  'tbody',
]);

interface Token {
  readonly tag: string;
  readonly closes: boolean;
  readonly attributes: string;
  readonly text: string;
}

interface Row {
  readonly startPx: number;
  readonly cells: number;
  tallestPx: number;
}

/** `html`: clean and well-formed. */
export function frameRoom(html: string): FrameRoom {
  const tokens = [...html.slice(0, CHARACTERS_READ).matchAll(TOKEN)].map(([whole, slash, tag, attributes]): Token => ({
    tag: (tag ?? '').toLowerCase(),
    closes: slash === '/',
    attributes: attributes ?? '',
    text: tag === undefined ? whole : '',
  }));
  const cells = cellsPerRow(tokens);
  return { widePx: height(tokens, cells, WIDE), narrowPx: height(tokens, cells, NARROW) };
}

function height(tokens: readonly Token[], cells: readonly number[], frame: typeof WIDE | typeof NARROW): number {
  const rows: Row[] = [];
  let rowsSeen = 0;
  let px = 0;
  let letters = 0;
  const breakLine = (atLeast = 0): void => {
    const cellsBeside = rows.at(-1)?.cells ?? 1;
    const share = cellsBeside > 1 ? CELL_SHARE / cellsBeside : 1;
    const lettersPerLine = Math.max(CELL_LETTERS_MIN, Math.floor((frame.linePx * share) / LETTER_PX));
    px += Math.max(atLeast, Math.ceil(letters / lettersPerLine)) * LINE_PX;
    letters = 0;
  };
  for (const { tag, closes, attributes, text } of tokens) {
    letters += text
      .replace(/&[#\w]+;/g, 'x')
      .replace(/\s+/g, ' ')
      .trim().length;
    if (tag === 'br') breakLine(1);
    else if (tag === 'img') px += pictureHeight(attributes, frame.linePx);
    else if (BLOCKS.has(tag)) breakLine();
    if (SPACED.has(tag) && !closes) px += BLOCK_GAP_PX;
    if (tag === 'tr' && !closes) {
      rows.push({ startPx: px, cells: cells[rowsSeen] ?? 1, tallestPx: 0 });
      rowsSeen += 1;
    }
    const row = rows.at(-1);
    if (row === undefined) continue;
    // Cells stand side by side: the tallest gives the row its height.
    if (tag === 'td' || tag === 'th') {
      if (closes) breakLine();
      row.tallestPx = Math.max(row.tallestPx, px - row.startPx);
      px = row.startPx;
    }
    if (tag === 'tr' && closes) {
      px = row.startPx + row.tallestPx + CELL_GAP_PX;
      rows.pop();
    }
  }
  breakLine();
  return Math.round(Math.min(frame.most, Math.max(LEAST_PX, px + frame.margins)));
}

function cellsPerRow(tokens: readonly Token[]): number[] {
  const counts: number[] = [];
  const open: number[] = [];
  for (const { tag, closes } of tokens) {
    if (tag === 'tr' && !closes) open.push(counts.push(0) - 1);
    else if (tag === 'tr') open.pop();
    const row = open.at(-1);
    if ((tag === 'td' || tag === 'th') && !closes && row !== undefined) counts[row] = (counts[row] ?? 0) + 1;
  }
  return counts;
}

function pictureHeight(attributes: string, roomPx: number): number {
  const side = (name: string): number => Number(new RegExp(`\\s${name}="(\\d{1,4})`).exec(attributes)?.[1] ?? 0);
  const width = side('width');
  const given = side('height') || PICTURE_PX;
  return width > roomPx ? (given * roomPx) / width : given;
}
