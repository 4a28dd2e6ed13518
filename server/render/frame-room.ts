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
/** Of a picture that does not say how large it is: photographs fill the line, three wide and two high. */
const PICTURE_SHAPE = 2 / 3;
/** Too much room is a blank below the mail, too little makes it scroll inside the page. */
const AMPLE = 1.12;
/** Larger letters, and the lines around them. */
const HEADING_PX: Readonly<Record<string, number>> = { h1: 24, h2: 10 };
/** What is longer is cut off at `most` anyway. */
const CHARACTERS_READ = 200_000;

const TOKEN = /<(\/?)([a-z][a-z0-9]*)([^>]*)>|[^<]+/gi;
const VOID = new Set(['img', 'br', 'hr', 'col', 'wbr']);
const SPACED = new Set(['p', 'ul', 'ol', 'blockquote', 'pre', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'dl']);
const BLOCKS = new Set([
  ...SPACED,
  'table',
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

/** `html` and its `css`: clean and well-formed. */
export function frameRoom(html: string, css = ''): FrameRoom {
  const all = [...html.slice(0, CHARACTERS_READ).matchAll(TOKEN)].map(([whole, slash, tag, attributes]): Token => ({
    tag: (tag ?? '').toLowerCase(),
    closes: slash === '/',
    attributes: attributes ?? '',
    text: tag === undefined ? whole : '',
  }));
  const tokens = withoutHidden(all);
  const cells = cellsPerRow(tokens);
  const paragraphPx = CLOSE_PARAGRAPHS.test(css) ? 0 : BLOCK_GAP_PX;
  return {
    widePx: height(tokens, cells, paragraphPx, WIDE),
    narrowPx: height(tokens, cells, paragraphPx, NARROW),
  };
}

// Outlook's paragraphs stand as close as lines.
const CLOSE_PARAGRAPHS = /(?:^|[},])#mail p(?:\.[\w-]+)?[,{][^}]*margin(?:-top)?:0/;
const HIDDEN = /[\s";]display:none/;

function withoutHidden(tokens: readonly Token[]): Token[] {
  let hidden = 0;
  return tokens.filter(({ tag, closes, attributes }) => {
    const opens = tag !== '' && !closes && !VOID.has(tag);
    if (hidden > 0) {
      hidden += opens ? 1 : closes ? -1 : 0;
      return false;
    }
    if (!HIDDEN.test(attributes)) return true;
    if (opens) hidden = 1;
    return false;
  });
}

function height(
  tokens: readonly Token[],
  cells: readonly number[],
  paragraphPx: number,
  frame: typeof WIDE | typeof NARROW,
): number {
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
  let inPre = false;
  for (const { tag, closes, attributes, text } of tokens) {
    const lines = inPre ? text.split('\n') : [text];
    for (const [n, line] of lines.entries()) {
      if (n > 0) breakLine(1);
      letters += line
        .replace(/&[#\w]+;/g, 'x')
        .replace(/\s+/g, ' ')
        .trim().length;
    }
    if (tag === 'pre') inPre = !closes;
    if (tag === 'br') breakLine(1);
    else if (tag === 'img') px += pictureHeight(attributes, frame.linePx);
    else if (BLOCKS.has(tag)) breakLine();
    if (SPACED.has(tag) && !closes) px += tag === 'p' ? paragraphGap(attributes, paragraphPx) : BLOCK_GAP_PX;
    if (!closes) px += HEADING_PX[tag] ?? 0;
    if (tag === 'tr' && !closes) {
      rows.push({ startPx: px, cells: cells[rowsSeen] ?? 1, tallestPx: 0 });
      rowsSeen += 1;
    }
    const row = rows.at(-1);
    // Cells stand side by side: the tallest gives the row its height.
    if (row !== undefined && (tag === 'td' || tag === 'th')) {
      if (closes) breakLine();
      row.tallestPx = Math.max(row.tallestPx, px - row.startPx);
      px = row.startPx;
    }
    if (!closes) px += paddings(attributes);
    if (row !== undefined && tag === 'tr' && closes) {
      px = row.startPx + row.tallestPx + CELL_GAP_PX;
      rows.pop();
    }
  }
  breakLine();
  return Math.round(Math.min(frame.most, Math.max(LEAST_PX, px * AMPLE + frame.margins)));
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

function paragraphGap(attributes: string, otherwisePx: number): number {
  return /[";]margin(?:-top)?:0/.test(attributes) ? 0 : otherwisePx;
}

/** Above and below, of what an element says about itself. */
function paddings(attributes: string): number {
  const [, sides = ''] = /[";]padding:([\d.a-z ]{1,60})/.exec(attributes) ?? [];
  const [top = 0, , bottom = top] = sides.split(' ').map(pixels);
  return top + bottom;
}

function pixels(length: string): number {
  return length.endsWith('px') ? Number.parseFloat(length) : 0;
}

function pictureHeight(attributes: string, roomPx: number): number {
  const side = (name: string): number =>
    Number(new RegExp(`[;"]${name}:(\\d{1,4})(?:\\.\\d+)?px`).exec(attributes)?.[1] ?? 0) ||
    Number(new RegExp(`\\s${name}="(\\d{1,4})(?:px)?"`).exec(attributes)?.[1] ?? 0);
  const width = side('width');
  const height = side('height');
  if (!attributes.includes(' src=') && height === 0) return 0; // its words stand in the line
  const given = height || Math.min(width || roomPx, roomPx) * PICTURE_SHAPE;
  return width > roomPx ? (given * roomPx) / width : given;
}
