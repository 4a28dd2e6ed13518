// Owns the measuring of detectors on the labelled cases, and the table of docs/detectors.md that says what came of it.

import { detectors } from '../../server/detect/detectors.ts';
import { detectorNames, lookThrough } from '../../server/detect/look.ts';
import type { DetectorName, Look, Seen } from '../../server/detect/look.ts';
import { casesOf } from './cases.ts';

export interface Measured {
  readonly name: DetectorName;
  readonly yes: number;
  readonly no: number;
  /** Texts in which it should have been found and was not, and the other way round. */
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
  readonly recall: number;
  readonly precision: number;
}

/** From how many distinct values on a detector counts as having found: three addresses are a list. */
const LEAST: Partial<Record<DetectorName, number>> = { 'email-addresses': 3 };

const known = new Map<DetectorName, Measured>();

/** Measures one detector, once. */
export function measure(name: DetectorName): Measured {
  const measured = known.get(name) ?? measureNow(name);
  known.set(name, measured);
  return measured;
}

function measureNow(name: DetectorName): Measured {
  const { yes, no } = casesOf(name);
  const missed = yes.filter((text) => !isFound(name, text));
  const wrong = no.filter((text) => isFound(name, text));
  const right = yes.length - missed.length;
  return {
    name,
    yes: yes.length,
    no: no.length,
    missed,
    wrong,
    recall: right / yes.length,
    precision: right / (right + wrong.length),
  };
}

function isFound(name: DetectorName, text: string): boolean {
  return (seenBy(name, text)[0]?.count ?? 0) >= (LEAST[name] ?? 1);
}

// A search is prepared for a list of looks, and kept with it.
const looksOf = new Map<DetectorName, readonly Look[]>(
  detectorNames.map((name) => [name, [{ id: name, what: { kind: 'detector', name } }]]),
);

/** What this detector alone sees in a body. */
export function seenBy(name: DetectorName, text: string): Seen['hits'] {
  return lookThrough(looksOf.get(name) ?? [], [{ source: 'body', part: 0, path: [], text }]);
}

const BEGIN = '<!-- what the detectors do: npm run detectors -->';
const END = '<!-- end -->';

/** The page with the table as it is now. */
export function withDetectorTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no place for the table: ${BEGIN}`);
  return `${before}${BEGIN}\n\n${table()}\n${END}${after}`;
}

function table(): string {
  const rows = detectorNames.map((name) => {
    const { title, looksFor, check, evidence } = detectors[name];
    const { yes, no, recall, precision } = measure(name);
    return [
      `\`${name}\``,
      title,
      looksFor,
      check,
      evidence,
      String(yes),
      String(no),
      recall.toFixed(3),
      precision.toFixed(3),
    ];
  });
  const heads = ['name', 'title', 'what it looks for', 'check', 'words near by', 'yes', 'no', 'recall', 'precision'];
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
