// Owns how the looks of a policy become one search: detectors share the readings of a text, words and phrases are one
// machine, patterns a few. What is prepared is kept for as long as the list of looks is. It never counts.

import type { Detector, Scan } from './detector.ts';
import { detectors } from './detectors.ts';
import { fold } from './fold.ts';
import type { Look, LookedText } from './look.ts';
import { maskedFinding, maskedWord } from './mask.ts';
import { patternScan } from './pattern.ts';
import { scanner } from './scan.ts';
import type { Tally } from './tally.ts';
import { wordMachine } from './word-machine.ts';

type Search = (text: LookedText, tally: Tally) => void;
type Part = (text: LookedText, scan: Scan, tally: Tally) => void;

const prepared = new WeakMap<readonly Look[], Search>();

/** The search for these looks. Hand in the same list again and it need not be prepared again. */
export function searchFor(looks: readonly Look[]): Search {
  const known = prepared.get(looks);
  if (known !== undefined) return known;
  const wanted = Map.groupBy(looks.flatMap(detectorOf), ({ detector }) => detector);
  const scanOf = scanner([...wanted.keys()].flatMap(({ words }) => words));
  const parts = [detecting(wanted), wording(looks), patterning(looks)].filter((part) => part !== undefined);
  const search: Search = (text, tally) => {
    const scan = scanOf(text.text);
    for (const part of parts) part(text, scan, tally);
  };
  prepared.set(looks, search);
  return search;
}

function detectorOf({ id, what }: Look): { id: string; detector: Detector }[] {
  return what.kind === 'detector' ? [{ id, detector: detectors[what.name] }] : [];
}

function detecting(wanted: ReadonlyMap<Detector, readonly { readonly id: string }[]>): Part | undefined {
  if (wanted.size === 0) return undefined;
  return (text, scan, tally) => {
    for (const [detector, looks] of wanted) {
      detector.find(scan, (finding) => {
        for (const { id } of looks) tally.add(id, text, finding.value, () => maskedFinding(text.text, scan, finding));
      });
    }
  };
}

function wording(looks: readonly Look[]): Part | undefined {
  const entries = looks.flatMap(({ id, what }) => {
    if (what.kind === 'phrase') return [{ id, text: fold(what.phrase).text, wordStart: false, wordEnd: false }];
    if (what.kind !== 'words') return [];
    return [...new Set(what.words)].map((word) => ({ id, text: fold(word).text, wordStart: true, wordEnd: true }));
  });
  if (entries.length === 0) return undefined;
  const machine = wordMachine(entries, 'small');
  return (text, scan, tally) => {
    machine.scan(scan.text, (at, start, end) => {
      const entry = entries[at];
      if (entry === undefined) return;
      tally.add(entry.id, text, String(at), () => maskedWord(scan.text.slice(start, end)));
    });
  };
}

function patterning(looks: readonly Look[]): Part | undefined {
  const patterns = looks.flatMap(({ id, what }) => (what.kind === 'pattern' ? [{ id, ...what }] : []));
  if (patterns.length === 0) return undefined;
  const scan = patternScan(patterns);
  return (text, read, tally) => {
    scan(read.text, (at, start, end) => {
      const pattern = patterns[at];
      if (pattern === undefined || tally.isFull(pattern.id, text.source)) return false;
      const matched = read.text.slice(start, end);
      const value = pattern.ignoreCase ? matched.toLowerCase() : matched;
      tally.add(pattern.id, text, value, () => maskedWord(matched));
      return true;
    });
  };
}
