import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { detectors } from '../../server/detect/detectors.ts';
import { detectorNames } from '../../server/detect/look.ts';
import type { DetectorName } from '../../server/detect/look.ts';
import { casesOf } from './cases.ts';
import { measure, seenBy, withDetectorTable } from './measured.ts';

const CASES_MIN = 40;
const LEAST = 0.95;

describe('the detectors', () => {
  for (const name of detectorNames) {
    it(`${name} finds what it should and little else`, () => {
      const { yes, no, recall, precision, missed, wrong } = measure(name);
      assert.ok(yes >= CASES_MIN && no >= CASES_MIN, `${yes} yes and ${no} no are too few`);
      assert.ok(recall >= LEAST, `recall ${recall}: ${missed.join('\n')}`);
      assert.ok(precision >= LEAST, `precision ${precision}: ${wrong.join('\n')}`);
    });
  }

  it('have cases that are all different', () => {
    for (const name of detectorNames) {
      const { yes, no } = casesOf(name);
      assert.equal(new Set([...yes, ...no]).size, yes.length + no.length, name);
    }
  });

  it('stand in docs/detectors.md with what was measured (else: npm run detectors)', () => {
    const page = readFileSync(new URL('../../docs/detectors.md', import.meta.url), 'utf8');
    assert.equal(page, withDetectorTable(page));
  });

  it('never give a finding away in a sample', () => {
    const shown: Partial<Record<DetectorName, number>> = { 'payment-card': 4, 'in-aadhaar': 4 };
    for (const name of detectorNames) {
      for (const text of casesOf(name).yes) {
        const runs = runsOf(text, shown[name] ?? 2);
        for (const masked of seenBy(name, text).flatMap(({ places }) => places.map((place) => place.masked))) {
          const bare = toldBy(masked).replace(/[^\p{L}\p{N}]/gu, '');
          assert.deepEqual(
            runs.filter((run) => bare.includes(run)),
            [],
            `${name}: ${masked}`,
          );
        }
      }
    }
  });
});

const issuers = new Set(
  detectors['api-key'].words
    .flat()
    .filter((word) => word.endsWith('*'))
    .map((word) => word.slice(0, -1)),
);

// A sample without its length, and without what all keys of its kind begin with.
function toldBy(masked: string): string {
  const told = masked.replace(/ \(\d+\)$/, '').replace(/^AGE-SECRET-KEY-1…$/, '');
  const [before = '', after] = told.split('•••');
  return after !== undefined && issuers.has(before) ? after : told;
}

// Every run of letters and digits in a text, one longer than a sample may show, in which there is a digit.
function runsOf(text: string, shown: number): string[] {
  const bare = text.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '');
  const runs = Array.from(bare, (_, at) => bare.slice(at, at + shown + 1));
  return runs.filter((run) => run.length > shown && /\d/.test(run) && /^[\dA-Z]+$/i.test(run));
}
