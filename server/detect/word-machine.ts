// Owns the machine that finds thousands of words and phrases in one pass (Aho and Corasick, 1975): linear in the text,
// whatever the words are. Whole words are told by an invisible letter between a word and what is around it; any white
// space counts as one blank. It never knows what a word is looked for.

import { EDGE, LETTER, OTHER, SPACE, isEdge, isOfWord, units } from './units.ts';
import type { Letters } from './units.ts';
import { beginningsOf } from './word-beginnings.ts';
import type { Beginnings } from './word-beginnings.ts';
import { NONE, ROOT, edgeTable } from './word-edges.ts';
import type { Edges } from './word-edges.ts';

export interface Entry {
  readonly text: string;
  /** True where a word must begin or end there. */
  readonly wordStart: boolean;
  readonly wordEnd: boolean;
}

export interface WordMachine {
  /** Calls for each entry that stands in the text, at its last letter. `end` lies behind it. */
  readonly scan: (text: string, hit: WordHit) => void;
}

type WordHit = (entry: number, start: number, end: number) => void;

const BLANK = 0x20;

/** Builds a machine. */
export function wordMachine(given: readonly Entry[], letters: Letters): WordMachine {
  const entries = given.map((entry) => ({ ...entry, text: entry.text.trim().replace(/\s+/gu, ' ') }));
  const streams = entries.map((entry) => streamOf(entry, letters));
  const edges = edgeTable();
  const entriesAt = new Map<number, number[]>();
  streams.forEach((stream, entry) => {
    const end = stream.reduce((state, symbol) => edges.add(state, symbol), ROOT);
    if (end !== ROOT) entriesAt.set(end, [...(entriesAt.get(end) ?? []), entry]);
  });
  const lengths = streams.map(({ length }) => length);
  const built: Built = {
    edges,
    letters,
    beginnings: beginningsOf(entries, letters),
    lengths,
    ringMask: ringMaskOf(lengths),
    entriesAt,
    ...linksOf(edges, entriesAt),
  };
  return { scan: (text, hit) => scan(built, text, hit) };
}

interface Built {
  readonly edges: Edges;
  readonly letters: Letters;
  readonly beginnings: Beginnings;
  readonly lengths: readonly number[];
  readonly ringMask: number;
  readonly entriesAt: ReadonlyMap<number, readonly number[]>;
  /** Where to go on when no edge leads further. */
  readonly fails: Int32Array;
  /** The nearest state on the way of fails, or this one, in which an entry ends. */
  readonly ending: Int32Array;
}

// What the text of an entry is to the machine: its letters, small, with an edge wherever a text has one.
function streamOf({ text, wordStart, wordEnd }: Entry, letters: Letters): number[] {
  const { classes, [letters]: small } = units();
  const stream: number[] = [];
  let before: number | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const kind = classes[unit] ?? OTHER;
    if (before === undefined ? wordStart && isOfWord(kind) : isEdge(before, kind)) stream.push(EDGE);
    stream.push(kind === SPACE ? BLANK : (small[unit] ?? unit));
    before = kind;
  }
  if (before !== undefined && wordEnd && isOfWord(before)) stream.push(EDGE);
  return stream;
}

function linksOf(edges: Edges, entriesAt: ReadonlyMap<number, unknown>): Pick<Built, 'fails' | 'ending'> {
  const fails = new Int32Array(edges.states()).fill(ROOT);
  const ending = new Int32Array(edges.states()).fill(ROOT);
  // A state comes after all that are less deep, so that what it falls back to is known.
  const queue = [ROOT];
  for (let at = 0; at < queue.length; at += 1) {
    const parent = queue[at] ?? ROOT;
    for (const { symbol, state } of edges.children(parent)) {
      fails[state] = parent === ROOT ? ROOT : next(edges, fails, fails[parent] ?? ROOT, symbol);
      ending[state] = entriesAt.has(state) ? state : (ending[fails[state] ?? ROOT] ?? ROOT);
      queue.push(state);
    }
  }
  return { fails, ending };
}

function next(edges: Edges, fails: Int32Array, from: number, symbol: number): number {
  let state = from;
  let to = edges.follow(state, symbol);
  while (to === NONE && state !== ROOT) {
    state = fails[state] ?? ROOT;
    to = edges.follow(state, symbol);
  }
  return to === NONE ? ROOT : to;
}

function scan(built: Built, text: string, hit: WordHit): void {
  const { words, anywhere } = built.beginnings;
  const { classes } = units();
  const walk = walkOf(built, text, hit);
  let before = OTHER;
  let index = 0;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    const kind = classes[unit] ?? OTHER;
    const atEdge = isEdge(before, kind);
    if (
      (atEdge && isOfWord(kind) && words.firsts[unit] === 1 && words.has(text, index)) ||
      (anywhere?.firsts[unit] === 1 && anywhere.has(text, index))
    ) {
      index = walk(index, atEdge);
      before = classes[text.charCodeAt(index - 1)] ?? OTHER;
      continue;
    }
    index += 1;
    before = kind;
    // Inside a word no word begins.
    if (kind === LETTER && anywhere === undefined) while (classes[text.charCodeAt(index)] === LETTER) index += 1;
  }
}

// Goes along the text from where something may begin to where nothing is begun any more, and says where that is.
function walkOf(built: Built, text: string, hit: WordHit): (index: number, atEdge: boolean) => number {
  const { edges, fails, ending, entriesAt, lengths } = built;
  const { classes, [built.letters]: small } = units();
  const atEdgeState = edges.follow(ROOT, EDGE);
  const mask = built.ringMask;
  const ring = new Int32Array(mask + 1);
  let [state, count] = [ROOT, 0];

  function take(symbol: number, start: number, end: number): void {
    state = next(edges, fails, state, symbol);
    ring[count & mask] = start;
    count += 1;
    for (let found = ending[state] ?? ROOT; found !== ROOT; found = ending[fails[found] ?? ROOT] ?? ROOT) {
      for (const entry of entriesAt.get(found) ?? [])
        hit(entry, ring[(count - (lengths[entry] ?? 0)) & mask] ?? 0, end);
    }
  }

  return (from, atEdge) => {
    state = ROOT;
    let index = from;
    if (atEdge) take(EDGE, index, index);
    while (index < text.length) {
      const start = index;
      const unit = text.charCodeAt(index);
      const kind = classes[unit] ?? OTHER;
      index += 1;
      if (kind === SPACE) while (classes[text.charCodeAt(index)] === SPACE) index += 1;
      take(kind === SPACE ? BLANK : (small[unit] ?? unit), start, index);
      if (state === ROOT) break;
      const following = index < text.length ? (classes[text.charCodeAt(index)] ?? OTHER) : OTHER;
      if (!isEdge(kind, following)) continue;
      take(EDGE, index, index);
      if (state === ROOT || state === atEdgeState) break;
    }
    return index;
  };
}

// The places of the last letters, as many as the longest entry has.
function ringMaskOf(lengths: readonly number[]): number {
  let size = 2;
  for (const length of lengths) while (size < length) size *= 2;
  return size - 1;
}
