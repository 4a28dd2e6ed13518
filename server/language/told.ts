// Owns the pieces of a text in which times stand: each time is a piece of its own, so that a page can say it again by its
// reader's clock. Pure.

export type Told = readonly Piece[];

export interface Piece {
  readonly text: string;
  /** Of a time: ISO 8601 UTC. */
  readonly iso?: string;
  readonly as?: TimeForm;
}

/** "Tuesday 24 November 2026", "18:00 UTC", or both. */
export type TimeForm = 'day' | 'time' | 'moment';

/** A time within a text, said once it is known to whom. */
export interface At {
  readonly at: string;
  readonly as: TimeForm;
}

export function dayAt(iso: string): At {
  return { at: iso, as: 'day' };
}

export function timeAt(iso: string): At {
  return { at: iso, as: 'time' };
}

export function momentAt(iso: string): At {
  return { at: iso, as: 'moment' };
}

/** A text without any times. */
export function plainly(text: string): Told {
  return [{ text }];
}

/** A time alone. */
export function said(words: Readonly<Record<TimeForm, (at: Date) => string>>, { at, as }: At): Told {
  return [{ text: words[as](new Date(at)), iso: at, as }];
}

// No text of ours or of anybody's has it: names and subjects lose their control characters.
const MARK = '\u0000';

/** Holds the place of the n-th time while its text is put together. */
export function markOf(n: number): string {
  return `${MARK}${n}${MARK}`;
}

/** A text with such marks, taken apart. */
export function cutAtMarks(text: string, times: readonly Piece[]): Told {
  return text
    .split(MARK)
    .map((part, n): Piece => (n % 2 === 0 ? { text: part } : (times[Number(part)] ?? { text: '' })))
    .filter((piece) => piece.text !== '');
}
