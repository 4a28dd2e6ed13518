// Owns the quick look that tells where no entry can begin, by the first three letters: most words of a text are passed
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
  readonly has: (text: string, index: number) => boolean;
}

interface Begun {
  readonly text: string;
  readonly wordStart: boolean;
  readonly wordEnd: boolean;
}

const LOOKED_AT = 3;
const SLOTS = 0x1_0000;
const NO_LETTER = 1;

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
  const later = Uint16Array.from(small, (unit, from) => (classes[from] === LETTER ? unit : NO_LETTER));

  // The first three letters make one number. Behind what is no letter nothing more is looked at.
  function slotAt(text: string, index: number): number {
    const first = text.charCodeAt(index);
    const second = later[text.charCodeAt(index + 1)] ?? NO_LETTER;
    const third = second === NO_LETTER ? NO_LETTER : (later[text.charCodeAt(index + 2)] ?? NO_LETTER);
    const key = Math.imul(small[first] ?? first, 0x1003f) ^ Math.imul(second, 0x2f0b) ^ Math.imul(third, 0x65);
    return (key ^ (key >>> 16)) & (SLOTS - 1);
  }

  for (const { text, wordEnd } of entries) {
    // What ends early and openly may go on in any way.
    if (text.length < LOOKED_AT && !wordEnd) slots.fill(1);
    slots[slotAt(text, 0)] = 1;
  }
  return { has: (text, index) => slots[slotAt(text, index)] === 1 };
}
