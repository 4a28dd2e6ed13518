// Owns the readings of one text that all detectors share. Each is made when it is first asked for: a text without a
// digit costs next to nothing. It never says what a reading means.

import type { Scan, WordList, WordPlaces } from './detector.ts';
import { fold } from './fold.ts';
import { differencesOf, digitsRead, latinRead } from './look-alikes.ts';
import { otherNumbers } from './other-numbers.ts';
import { tokensOf } from './tokens.ts';
import { urlsIn } from './urls.ts';
import { wordMachine } from './word-machine.ts';

interface Places {
  readonly starts: number[];
  readonly ends: number[];
}

const NOWHERE: WordPlaces = { starts: [], ends: [] };

/** Reads a text, as the returned function is told; these are the lists of words that may be asked for. */
export function scanner(lists: readonly WordList[]): (original: string) => Scan {
  const findWords = wordFinder([...lists, otherNumbers]);
  return (original) => {
    const folded = fold(original);
    const { text } = folded;
    const latin = once(() => latinRead(text));
    const ids = once(() => digitsRead(latin()));
    const differences = once(() => differencesOf(latin(), ids()));
    const tokens = once(() => tokensOf(ids()));
    const words = once(() => findWords(text));
    const isInUrl = once(() => urlsIn(text));
    return {
      folded,
      text,
      get latin() {
        return latin();
      },
      get ids() {
        return ids();
      },
      get tokens() {
        return tokens();
      },
      isReadTwice: (index) => differences()(index),
      wordsIn: (list) => words().get(list) ?? NOWHERE,
      isInUrl: (index) => isInUrl()(index),
    };
  };
}

const CAPITAL = /\p{Lu}/u;

function wordFinder(lists: readonly WordList[]): (text: string) => ReadonlyMap<WordList, WordPlaces> {
  const listsOf = new Map<string, Set<WordList>>();
  for (const list of lists) {
    for (const word of list) listsOf.set(word, (listsOf.get(word) ?? new Set()).add(list));
  }
  const entries = Array.from(listsOf, ([word, wanting]) => {
    const wordEnd = !word.endsWith('*');
    const text = fold(wordEnd ? word : word.slice(0, -1)).text;
    return { text, wordStart: true, wordEnd, exact: CAPITAL.test(word), wanting: [...wanting] };
  });
  const machine = wordMachine(entries, 'bare');
  return (text) => {
    const places = new Map<WordList, Places>();
    machine.scan(text, (at, start, end) => {
      const entry = entries[at];
      if (entry === undefined || (entry.exact && !text.startsWith(entry.text, start))) return;
      for (const list of entry.wanting) note(places, list, start, end);
    });
    return places;
  };
}

function note(places: Map<WordList, Places>, list: WordList, start: number, end: number): void {
  let known = places.get(list);
  if (known === undefined) places.set(list, (known = { starts: [], ends: [] }));
  known.starts.push(start);
  known.ends.push(end);
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly it: Made } | undefined;
  return () => (made ??= { it: make() }).it;
}
