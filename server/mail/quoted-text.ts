// Owns finding in a plain text what is quoted from an earlier mail, so that a page can fold it. Nothing of the text is
// changed or left out: joined together the pieces are the text that was given.

export interface TextPiece {
  readonly text: string;
  readonly quoted: boolean;
}

/** A shorter quote in the middle is what the next lines answer, and is read with them. */
const LINES_FOLDED_MIN = 4;

/** The pieces in order; one that is not quoted when there is nothing to fold, or nothing else in the text. */
export function foldQuoted(text: string): TextPiece[] {
  if (!text.includes('>') && !text.includes('--')) return [{ text, quoted: false }];
  const lines = text.split(/(?<=\n)/);
  const quoted = new Set([...markedBlocks(lines), ...trailing(lines)]);
  if (lines.every((line, n) => quoted.has(n) || line.trim() === '')) return [{ text, quoted: false }];
  const pieces: { text: string; quoted: boolean }[] = [];
  for (const [n, line] of lines.entries()) {
    const last = pieces.at(-1);
    if (last?.quoted === quoted.has(n)) last.text += line;
    else pieces.push({ text: line, quoted: quoted.has(n) });
  }
  return pieces;
}

const QUOTE_MARK = /^\s{0,3}>/;

/** Runs of lines with ">" before them: long ones, and the last. */
function* markedBlocks(lines: readonly string[]): Generator<number> {
  const lastWritten = lines.findLastIndex((line) => line.trim() !== '');
  for (let start = 0; start < lines.length;) {
    if (!QUOTE_MARK.test(lines[start] ?? '')) {
      start += 1;
      continue;
    }
    let end = start;
    while (end < lines.length && QUOTE_MARK.test(lines[end] ?? '')) end += 1;
    if (end > lastWritten || end - start >= LINES_FOLDED_MIN) {
      for (let n = attribution(lines, start); n < end; n += 1) yield n;
    }
    start = end;
  }
}

// In the languages of the portal, as their mail programs write it.
const WROTE =
  /(?:\bwrote|\bschrieb|\ba écrit|\bescribió|\bha scritto|\bescreveu|\bschreef|\bnapisał\(?a?\)?|\byazdı|كتب|כתב|写道|のメール|さんは書きました).{0,200}[:：]\s*$/iu;
const ATTRIBUTION_LINES_MAX = 3;

/** The line before the quote that says who wrote it and when, which may be broken in two or three. */
function attribution(lines: readonly string[], start: number): number {
  let last = start - 1;
  if (lines[last]?.trim() === '') last -= 1;
  let found = start;
  // Of a line that is broken in two the second may match alone; but the whole of it names a day.
  for (let first = last; first >= 0 && first > last - ATTRIBUTION_LINES_MAX; first -= 1) {
    if (lines[first]?.trim() === '' || QUOTE_MARK.test(lines[first] ?? '')) break;
    const words = joined(lines.slice(first, last + 1));
    if (!WROTE.test(words)) continue;
    found = first;
    if (/\p{Nd}/u.test(words)) break;
  }
  return found;
}

function joined(lines: readonly string[]): string {
  return lines
    .map((line) => line.slice(-600).trim())
    .join(' ')
    .slice(-600);
}

const ORIGINAL =
  /^\s*-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht)\s*-{2,}\s*$/i;

/** All that follows a line as Outlook sets it before the mail that is answered. */
function* trailing(lines: readonly string[]): Generator<number> {
  const start = lines.findIndex((line) => ORIGINAL.test(line));
  if (start === -1) return;
  for (let n = start; n < lines.length; n += 1) yield n;
}
