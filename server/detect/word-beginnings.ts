// Owns the quick look that tells where no entry can begin, by the first letters: most words of a text are passed
// over by it. It may say yes where nothing begins, and never no where something does.

import { LETTER, OTHER, isOfWord, units } from './units.ts';
import type { Letters } from './units.ts';

export interface Beginnings {
  /** Of entries that begin with a word. */
  readonly words: Beginning;
  /** Of entries that may begin anywhere, when there are any. */
  readonly anywhere: Beginning | undefined;
}

interface Beginning {
  /** 1 for each unit, in any case, with which something begins: a look into it is cheaper than asking. */
  readonly firsts: Uint8Array;
  readonly has: (text: string, index: number) => boolean;
}

interface Begun {
  readonly text: string;
  readonly wordStart: boolean;
  readonly wordEnd: boolean;
}

const LOOKED_AT = 5;
const SLOTS = 0x1_0000;
const NO_LETTER = 1;
const PAIR_FACTOR = 0x0100_0193;

/** What these entries begin with. */
export function beginningsOf(entries: readonly Begun[], letters: Letters): Beginnings {
  const { classes } = units();
  const atWord = ({ text, wordStart }: Begun): boolean => wordStart && isOfWord(classes[text.charCodeAt(0)] ?? OTHER);
  const free = entries.filter((entry) => entry.text !== '' && !atWord(entry));
  return {
    words: beginningOf(entries.filter(atWord), letters),
    anywhere: free.length === 0 ? undefined : beginningOf(free, letters),
  };
}

function beginningOf(entries: readonly Begun[], letters: Letters): Beginning {
  const { classes, [letters]: small } = units();
  const slots = new Uint8Array(SLOTS);
  const openSlots = new Uint8Array(SLOTS);
  const later = Uint16Array.from(small, (unit, from) => (classes[from] === LETTER ? unit : NO_LETTER));

  // Almost all that is asked about is answered by its first two letters.
  const begun = new Set<number>();
  const pairs = new Uint8Array(SLOTS);
  const pairOf = (first: number, second: number): number =>
    (Math.imul(first, PAIR_FACTOR) ^ (later[second] ?? NO_LETTER)) & (SLOTS - 1);

  // The first letters make one number. Behind what is no letter nothing more is looked at.
  function slotAt(text: string, index: number, count: number): number {
    const first = text.charCodeAt(index);
    let key = small[first] ?? first;
    for (let at = 1; at < count; at += 1) {
      const unit = later[text.charCodeAt(index + at)] ?? NO_LETTER;
      key = Math.imul(key, 0x0100_0193) ^ unit;
      if (unit === NO_LETTER) break;
    }
    return (key ^ (key >>> 16)) & (SLOTS - 1);
  }

  // What ends early and openly may go on in any way: its first letter alone is looked at.
  const isOpen = ({ text, wordEnd }: Begun): boolean => !wordEnd && text.length < LOOKED_AT;
  const hasOpen = entries.some(isOpen);
  for (const entry of entries) {
    const first = small[entry.text.charCodeAt(0)] ?? 0;
    begun.add(first);
    if (entry.text.length > 1) pairs[pairOf(first, entry.text.charCodeAt(1))] = 1;
    else for (let second = 0; second < SLOTS; second += 1) pairs[pairOf(first, second)] = 1;
    if (isOpen(entry)) openSlots[slotAt(entry.text, 0, 1)] = 1;
    else slots[slotAt(entry.text, 0, LOOKED_AT)] = 1;
  }
  return {
    firsts: Uint8Array.from(small, (unit) => (begun.has(unit) ? 1 : 0)),
    has: (text, index) => {
      const first = small[text.charCodeAt(index)] ?? 0;
      if (pairs[pairOf(first, text.charCodeAt(index + 1))] !== 1) return false;
      return slots[slotAt(text, index, LOOKED_AT)] === 1 || (hasOpen && openSlots[slotAt(text, index, 1)] === 1);
    },
  };
}
