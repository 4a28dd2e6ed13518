// What holds for every mail there could be: more wishes never make it weaker, and the same mail is always
// decided alike.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../server/core/errors.ts';
import { askBrand, askDelivery, askExpiry, askProtection } from '../../server/policy/ask.ts';
import type { Wish } from '../../server/policy/asks.ts';
import { decide } from '../../server/policy/decide.ts';
import type { Decision } from '../../server/policy/decide.ts';
import type { MailToDecide } from '../../server/policy/mail-to-decide.ts';
import { checkLaw } from './laws.ts';
import { bareMail, frame } from './wishes.ts';

const protection = fc.constantFrom('encrypt-only', 'do-not-forward');
const span = fc.integer({ min: 1, max: 730 }).map((days) => `${days}d`);
const moment = fc
  .integer({ min: 1, max: 729 * 24 * 60 })
  .map((minutes) => new Date(frame.nowMs + minutes * 60_000).toISOString());

const field: fc.Arbitrary<Wish> = fc.oneof(
  protection.map((value) => askProtection('field', value, frame)),
  fc.oneof(span, moment).map((value) => askExpiry('field', value, frame)),
  fc.constantFrom('default', 'acme').map((value) => askBrand('field', value, frame)),
  fc.constantFrom('portal', 'best').map((value) => askDelivery('field', value)),
);
const header = fc.oneof(
  protection.map((value) => ({ name: 'x-sealpost-protection', value })),
  fc.oneof(span, moment).map((value) => ({ name: 'x-sealpost-expires', value })),
  fc.constantFrom('default', 'acme').map((value) => ({ name: 'x-sealpost-brand', value })),
  fc.constantFrom('portal', 'best').map((value) => ({ name: 'x-sealpost-deliver', value })),
);
const tag = fc.constantFrom('[dnf]', '[encrypt]', '[secure]', '[DNF]', 'word', 'İ', '[', ']', '  ');
const mail: fc.Arbitrary<MailToDecide> = fc.record(
  {
    headers: fc.uniqueArray(header, { selector: ({ name }) => name, maxLength: 4 }),
    subject: fc.array(tag, { maxLength: 6 }).map((words) => words.join('')),
    fields: fc.array(field, { maxLength: 5 }),
    from: fc.constant(bareMail.from),
    recipients: fc.constant(bareMail.recipients),
    fromOutside: fc.constant(false),
    parts: fc.constant([]),
    sizeBytes: fc.constant(1_000),
  },
  { noNullPrototype: true },
);

/** One wish more, by one of the three ways of asking. */
const more: fc.Arbitrary<(mail: MailToDecide) => MailToDecide> = fc.oneof(
  field.map((wish) => (before: MailToDecide) => ({ ...before, fields: [...before.fields, wish] })),
  tag.map((word) => (before: MailToDecide) => ({ ...before, subject: `${before.subject} ${word}` })),
  header.map((line) => (before: MailToDecide) => {
    const taken = before.headers.some(({ name }) => name === line.name);
    return taken ? before : { ...before, headers: [...before.headers, line] };
  }),
);

describe('for every mail', () => {
  test('one wish more never gives a right that was not there', () => {
    checkLaw(
      [mail, more],
      (before, add) => {
        const rights = decide(before, frame).protection.rights;
        for (const right of decide(add(before), frame).protection.rights) assert.ok(rights.includes(right), right);
      },
      { numRuns: 500 },
    );
  });

  // The default holds only where nobody asks, so the first wish may well be for longer than that.
  test('one wish more never gives a later end than one that was asked for', () => {
    checkLaw(
      [mail, field, more],
      (some, first, add) => {
        const before = { ...some, fields: [...some.fields, first] };
        fc.pre(before.fields.some((wish) => wish.expiresAtMs !== undefined));
        assert.ok(endOf(add(before)) <= endOf(before));
      },
      { numRuns: 500 },
    );
  });

  test('no end lies beyond the longest time there is, or in the past', () => {
    checkLaw([mail], (some) => {
      const at = endOf(some);
      assert.ok(at > frame.nowMs && at <= frame.nowMs + 730 * 86_400_000);
    });
  });

  test('the same mail is decided alike, and the mail itself stays as it was', () => {
    checkLaw([mail], (some) => {
      const copy = structuredClone(some);
      assert.deepEqual(decide(some, frame), decide(copy, frame));
      assert.deepEqual(some, copy);
    });
  });

  test('no tag that was understood is left in the subject', () => {
    checkLaw([mail], (some) => {
      assert.doesNotMatch(decide(some, frame).subject, /\[(?:dnf|encrypt|secure)\]/i);
    });
  });

  test('whatever stands in our headers is granted or refused, never passed over', () => {
    const names = fc
      .constantFrom('protection', 'expires', 'brand', 'deliver', 'protect', 'x')
      .map((name) => `x-sealpost-${name}`);
    checkLaw([names, fc.string({ unit: 'binary', maxLength: 20 })], (name, value) => {
      const decision = granted({ ...bareMail, headers: [{ name, value }], subject: '' });
      // Its words and the two of what holds.
      if (decision !== undefined) assert.equal(decision.reasons.length, 3);
    });
  });
});

function endOf(some: MailToDecide): number {
  return Date.parse(decide(some, frame).expiresAt ?? '');
}

function granted(some: MailToDecide): Decision | undefined {
  try {
    return decide(some, frame);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
