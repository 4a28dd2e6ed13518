// What holds for every policy and every mail there could be: one rule more never makes a mail weaker, unless it lets mail
// past the portal; a rule in shadow changes nothing; the same is always decided alike.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../server/core/errors.ts';
import type { Seen } from '../../server/detect/look.ts';
import { decide, tryOut } from '../../server/policy/decide.ts';
import type { Decision } from '../../server/policy/decide.ts';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import { readDocumentText, writeDocumentText } from '../../server/policy/document-text.ts';
import { explain } from '../../server/policy/explain.ts';
import type { MailToDecide } from '../../server/policy/mail-to-decide.ts';
import { compilePolicy } from '../../server/policy/policy.ts';
import { LABEL, TENANT } from './documents.ts';
import { address, bareMail, frame } from './wishes.ts';

const templates = [
  {
    name: 'all',
    title: 'All',
    rights: ['reply', 'reply-all', 'forward', 'print', 'copy', 'download'],
    expiry: { days: 0 },
  },
  { name: 'some', title: 'Some', rights: ['reply', 'print'], retentionDays: 3, signIn: ['code'] },
  { name: 'none', title: 'None', rights: [], expiry: { days: 9 }, brand: 'acme', deliver: 'portal' },
  { name: 'phrase', title: 'Phrase', rights: ['reply', 'copy'], signIn: ['phrase'] },
];

const leaf = fc.constantFrom(
  { subject: { contains: 'a' } },
  { subject: { matches: '^b' } },
  { recipient: { is: ['@x.example'] } },
  { anyRecipient: { is: ['@x.example'] } },
  { direction: 'out' },
  { direction: 'internal' },
  { label: 'any' },
  { sensitivity: 'private' },
  { recipients: { atLeast: 2 } },
  { detector: { is: 'iban', atLeast: 2 } },
  { unreadable: ['encrypted'] },
  { attachment: {} },
  { size: { atLeastBytes: 2_000 } },
);
const { condition } = fc.letrec<{ condition: object }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc
      .tuple(fc.constantFrom('all', 'any', 'none'), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
      .map(([join, of]) => ({ [join]: of })),
  ),
}));

const bypass = { bypass: { host: 'mx.x.example' } };
const action = fc.oneof(
  fc.constantFrom('all', 'some', 'none', 'phrase', 'encrypt-only', 'do-not-forward').map((apply) => ({ apply })),
  fc.constantFrom('default', 'acme').map((brand) => ({ brand })),
  fc.constantFrom('portal', 'best').map((deliver) => ({ deliver })),
  fc.integer({ min: 1, max: 700 }).map((days) => ({ expires: `${days}d` })),
  fc.constantFrom('code', 'passkey', 'two', 'phrase').map((demand) => ({ signIn: [demand] })),
  fc.constantFrom('a@example.com', 'b@example.com').map((reviewer) => ({ reviewer })),
  fc.constantFrom('a@example.com', 'b@example.com').map((approver) => ({ hold: { approvers: [approver] } })),
  fc.constant({ refuse: 'No.' }),
);

interface AnyRule {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly when?: object;
  readonly unless?: object;
  readonly then: readonly object[];
}

let made = 0;

function rule(
  actions: fc.Arbitrary<object>,
  state = fc.constantFrom('on', 'on', 'shadow', 'off'),
): fc.Arbitrary<AnyRule> {
  return fc
    .record(
      { state, when: condition, unless: condition, then: fc.array(actions, { minLength: 1, maxLength: 3 }) },
      { requiredKeys: ['state', 'then'], noNullPrototype: true },
    )
    .map((some) => ({ id: `r${(made += 1)}`, name: 'R', ...some }));
}

const rules = fc.array(
  rule(fc.oneof({ arbitrary: action, weight: 6 }, { arbitrary: fc.constant(bypass), weight: 3 })),
  { maxLength: 4 },
);

const header = fc.constantFrom(
  { name: 'x-sealpost-protection', value: 'some' },
  { name: 'x-sealpost-expires', value: '20d' },
  { name: 'sensitivity', value: 'Private' },
  { name: 'x-smplain', value: 'yes' },
  { name: 'msip_labels', value: `MSIP_Label_${LABEL}_Enabled=true;MSIP_Label_${LABEL}_SiteId=${TENANT}` },
  { name: 'x-postx-reply-enabled', value: 'true' },
);
const seen: fc.Arbitrary<Seen> = fc.record(
  {
    hits: fc
      .integer({ min: 0, max: 3 })
      .map((count) => (count === 0 ? [] : [{ look: 'detector:0', source: 'body' as const, count, places: [] }])),
    unreadable: fc.constantFrom([], [{ part: 1, path: [], why: 'encrypted' as const }]),
  },
  { noNullPrototype: true },
);
const mail: fc.Arbitrary<MailToDecide> = fc
  .record({
    headers: fc.uniqueArray(header, { selector: ({ name }) => name, maxLength: 2 }),
    subject: fc.constantFrom('', 'a', 'b', 'b a', '[dnf] c', '[plain] a'),
    recipients: fc.uniqueArray(fc.constantFrom('a@x.example', 'b@y.example', 'c@example.com').map(address), {
      minLength: 1,
    }),
    fromOutside: fc.constantFrom(false, false, true),
    parts: fc.constantFrom([], [{ n: 1, filename: 'a.pdf', contentType: 'application/pdf', size: 3_000 }]),
    sizeBytes: fc.constantFrom(100, 5_000),
    seen,
  })
  .map((some) => ({ ...bareMail, ...some }));

function frameOf(some: readonly AnyRule[]): typeof frame {
  const document = parsePolicyDocument({
    format: 1,
    templates,
    labels: { tenant: TENANT, map: [{ label: LABEL, template: 'do-not-forward' }], sensitivity: { private: 'some' } },
    rules: some,
  });
  return { ...frame, policy: compilePolicy(document) };
}

function granted(some: MailToDecide, policy: readonly AnyRule[]): Decision | undefined {
  try {
    return decide(some, frameOf(policy));
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** A rule more, at any place among the others. */
const grown = fc.tuple(rules, rule(action, fc.constant('on')), fc.nat()).map(([before, more, at]) => {
  const place = at % (before.length + 1);
  return { before, after: [...before.slice(0, place), more, ...before.slice(place)] };
});

function checkNoWeaker(before: Decision, after: Decision): void {
  for (const right of after.protection.rights) assert.ok(before.protection.rights.includes(right), `right ${right}`);
  for (const demand of before.demands.split(' ')) assert.ok(after.demands.split(' ').includes(demand) || demand === '');
  if (isEndAsked(before)) assert.ok(endOf(after) <= endOf(before), 'end');
  for (const hold of before.holds)
    assert.ok(
      after.holds.some(({ rule }) => rule === hold.rule),
      'hold',
    );
  for (const reviewer of before.reviewers) assert.ok(after.reviewers.includes(reviewer), 'reviewer');
  for (const [n, { road }] of before.roads.entries())
    if (road === 'portal') assert.equal(after.roads[n]?.road, 'portal');
  if (before.retentionDays !== undefined) assert.ok((after.retentionDays ?? Infinity) <= before.retentionDays);
  if (before.deliver === 'portal' && isRoadAsked(before)) assert.equal(after.deliver, 'portal');
  assert.deepEqual([after.subject, after.readReceipt], [before.subject, before.readReceipt]);
}

function isEndAsked({ reasons }: Decision): boolean {
  return !reasons.some(({ words }) => /^expiry .* by default$/.test(words));
}

function isRoadAsked({ reasons }: Decision): boolean {
  return reasons.some(({ words }) => /delivery portal/.test(words));
}

function endOf({ expiresAt }: Decision): number {
  return expiresAt === null ? Infinity : Date.parse(expiresAt);
}

describe('for every policy and every mail', () => {
  test('one rule more never makes anything weaker, unless it lets mail past the portal', () => {
    fc.assert(
      fc.property(mail, grown, (some, { before, after }) => {
        const [was, is] = [granted(some, before), granted(some, after)];
        if (was === undefined) assert.equal(is, undefined, 'what was refused is taken');
        if (was !== undefined && is !== undefined) checkNoWeaker(was, is);
      }),
      { numRuns: 500 },
    );
  });

  test('a rule that lets mail past the portal changes the roads, and nothing else', () => {
    fc.assert(
      fc.property(mail, rules, rule(fc.constant(bypass), fc.constant('on')), (some, before, more) => {
        const [was, is] = [granted(some, before), granted(some, [...before, more])];
        assert.equal(was === undefined, is === undefined);
        if (was === undefined || is === undefined) return;
        const { roads: _r, reasons: _e, hits: _h, ...others } = is;
        const { roads: _s, reasons: _f, hits: _i, ...same } = was;
        assert.deepEqual(others, same);
      }),
      { numRuns: 200 },
    );
  });

  test('nothing goes past the portal that somebody asked to protect', () => {
    fc.assert(
      fc.property(mail, rules, (some, policy) => {
        const decision = granted(some, policy);
        if (decision?.roads.every(({ road }) => road === 'portal') !== false) return;
        assert.equal(decision.protection.rights.length, 6);
        assert.equal(decision.demands, '');
        assert.ok(!isEndAsked(decision) && !isRoadAsked(decision) && !some.fromOutside);
        assert.ok(!decision.reasons.some(({ kind }) => kind === 'signal'));
      }),
      { numRuns: 400 },
    );
  });

  test('rules in shadow and rules that are off change nothing', () => {
    fc.assert(
      fc.property(mail, rules, (some, policy) => {
        const on = policy.filter(({ state }) => state === 'on');
        const [all, only] = [granted(some, policy), granted(some, on)];
        const applied = (decision: Decision | undefined) =>
          decision && { ...decision, hits: decision.hits.filter(({ effect }) => effect === 'applied') };
        assert.deepEqual(applied(all), applied(only));
      }),
      { numRuns: 200 },
    );
  });

  test('the same is decided and explained alike, also from the policy as it was written down', () => {
    fc.assert(
      fc.property(mail, rules, (some, policy) => {
        const [first, copy] = [frameOf(policy), structuredClone(some)];
        const written = parsePolicyDocument(readDocumentText(writeDocumentText(first.policy.document)));
        const second = { ...frame, policy: compilePolicy(written) };
        assert.deepEqual(explain(tryOut(some, first), some), explain(tryOut(copy, second), copy));
        assert.deepEqual(some, copy);
      }),
      { numRuns: 100 },
    );
  });
});
