// What holds for every policy and every mail there could be: one rule more never makes a mail weaker, unless it lets mail
// past the portal; a rule in shadow changes nothing; the same is always decided alike.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
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
import { shadowedRules } from '../../server/policy/subsumption.ts';
import { LABEL, TENANT } from './documents.ts';
import { address, bareMail, frame } from './wishes.ts';

const RIGHTS = ['reply', 'reply-all', 'forward', 'print', 'copy', 'download'];
const NAMES = ['t0', 't1', 't2', 't3'];

/** Four of any kind there could be. */
const templates = fc.tuple(...NAMES.map(template));

function template(name: string): fc.Arbitrary<object> {
  return fc.record(
    {
      name: fc.constant(name),
      title: fc.constant(name),
      rights: fc
        .oneof(fc.subarray(RIGHTS), fc.constant(RIGHTS))
        .map((rights) => rights.filter((right) => right !== 'reply-all' || rights.includes('reply'))),
      expiry: fc.oneof(
        fc.constantFrom(0, 1, 9, 700).map((days) => ({ days })),
        fc.constant({ until: '2027-01-31' }),
      ),
      signIn: fc.subarray(['code', 'federated', 'passkey', 'phrase', 'two'], { minLength: 1 }),
      brand: fc.constantFrom('default', 'acme'),
      deliver: fc.constantFrom('portal', 'best'),
      retentionDays: fc.integer({ min: 1, max: 700 }),
      reminderDays: fc.integer({ min: 1, max: 30 }),
    },
    { requiredKeys: ['name', 'title', 'rights'], noNullPrototype: true },
  );
}

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
  { attachment: { extensions: ['pdf'], atLeastBytes: 2_500 } },
  { sender: { is: ['@example.com'] } },
  { senderGroup: 'people' },
  { header: { name: 'x-smplain', present: true } },
  { text: { contains: 'secret', in: ['attachments'] } },
  { list: { is: 'words', atLeast: 1 } },
  { time: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], zone: 'Europe/Berlin' } },
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
  fc.constantFrom(...NAMES, 'encrypt-only', 'do-not-forward').map((apply) => ({ apply })),
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

const someRules = fc.array(
  rule(fc.oneof({ arbitrary: action, weight: 6 }, { arbitrary: fc.constant(bypass), weight: 3 })),
  { maxLength: 4 },
);

const header = fc.constantFrom(
  { name: 'x-sealpost-protection', value: 't1' },
  { name: 'x-sealpost-expires', value: '20d' },
  { name: 'sensitivity', value: 'Private' },
  { name: 'x-smplain', value: 'yes' },
  { name: 'msip_labels', value: `MSIP_Label_${LABEL}_Enabled=true;MSIP_Label_${LABEL}_SiteId=${TENANT}` },
  { name: 'x-postx-reply-enabled', value: 'true' },
);
/** What is in it, by what it is looked for as: under which name a policy looks is not known before there is one. */
const seen: fc.Arbitrary<Seen> = fc.record(
  {
    hits: fc
      .subarray(['detector', 'words', 'phrase'])
      .chain((kinds) =>
        fc.tuple(...kinds.map((look) => fc.record({ look: fc.constant(look), count: fc.integer({ min: 1, max: 3 }) }))),
      )
      .map((found) => found.map((one) => ({ ...one, source: 'attachments' as const, places: [] }))),
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

/** Of a policy what its rules stand on, and they. */
interface AnyPolicy {
  readonly templates: readonly object[];
  readonly label: string;
  readonly sensitivity: string;
  readonly rules: readonly AnyRule[];
}

const asked = fc.constantFrom(...NAMES, 'encrypt-only', 'do-not-forward');
const policies: fc.Arbitrary<AnyPolicy> = fc.record({
  templates,
  label: asked,
  sensitivity: asked,
  rules: someRules,
});

function frameOf({ templates: some, label, sensitivity, rules }: AnyPolicy): typeof frame {
  const document = parsePolicyDocument(
    {
      format: 1,
      templates: some,
      labels: { tenant: TENANT, map: [{ label: LABEL, template: label }], sensitivity: { private: sensitivity } },
      groups: [{ name: 'people', members: ['alice@example.com'] }],
      lists: [{ name: 'words', words: ['Bluebird'] }],
      rules,
    },
    { brands: ['default', 'acme'] },
  );
  return { ...frame, policy: compilePolicy(document) };
}

function granted(some: MailToDecide, policy: AnyPolicy): Decision | undefined {
  // Outside of what may be refused: a document with a fault would pass for a refusal of every mail.
  const asked = frameOf(policy);
  try {
    return decide(lookedThrough(some, asked), asked);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function lookedThrough(some: MailToDecide, { policy }: typeof frame): MailToDecide {
  const { hits = [], unreadable = [] } = some.seen ?? {};
  const found = policy.looks.flatMap(({ id, what }) =>
    hits.filter(({ look }) => look === what.kind).map((hit) => ({ ...hit, look: id })),
  );
  return { ...some, seen: { hits: found, unreadable } };
}

/** A rule more, at any place among the others. */
const grown = fc.tuple(policies, rule(action, fc.constant('on')), fc.nat()).map(([before, more, at]) => {
  const { rules } = before;
  const place = at % (rules.length + 1);
  return { before, after: { ...before, rules: [...rules.slice(0, place), more, ...rules.slice(place)] } };
});

/** With a rule before or behind another one that matches at least whenever that one does, and does at least as much. */
const shadowing = fc
  .tuple(policies, rule(action, fc.constant('on')), condition, action, fc.constantFrom(0, 1, 2), fc.boolean())
  .map(([policy, one, other, also, width, isFirst]) => {
    const { when = { all: [other] } } = one;
    const wide = [{}, { when: { any: [other, when] } }, { when }][width] ?? {};
    const { unless } = one;
    const guard = unless === undefined ? {} : { unless };
    const by = { id: `${one.id}-wide`, name: 'W', state: 'on', ...wide, ...guard, then: [also, ...one.then] };
    const narrow = { ...one, when };
    return { ...policy, rules: [...policy.rules, ...(isFirst ? [by, narrow] : [narrow, by])] };
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
    if (road === 'portal' && after.roads[n]?.road !== 'portal') assert.ok(opensRoad(before, after, n), 'road');
  if (before.retentionDays !== undefined) assert.ok((after.retentionDays ?? Infinity) <= before.retentionDays);
  if (before.deliver === 'portal' && isRoadAsked(before)) assert.equal(after.deliver, 'portal');
  assert.deepEqual([after.subject, after.readReceipt], [before.subject, before.readReceipt]);
}

/** All that a decision does, without its reasons and without whose rule it was. */
function treatment(decision: Decision | undefined): object | undefined {
  if (decision === undefined) return undefined;
  const { hits: _h, reasons: _r, roads, ...others } = decision;
  return { ...others, roads: roads.map((road) => ({ ...road, rule: undefined })) };
}

/** Directly goes what somebody asks to go so, where nobody spoke of a road before. */
function opensRoad(before: Decision, after: Decision, n: number): boolean {
  const road = after.roads[n]?.road;
  return road === after.deliver && before.deliver === 'portal' && !isRoadAsked(before) && road !== 'portal';
}

/** All of a decision that protects, apart from whose word came first. */
function strictness({
  protection,
  demands,
  expiresAt,
  deliver,
  retentionDays,
  holds,
  reviewers,
  roads,
}: Decision): object {
  return {
    rights: [...protection.rights].sort(),
    demands: demands.split(' ').sort(),
    ...{ expiresAt, deliver, retentionDays },
    holds: holds.map(({ rule }) => rule).sort(),
    reviewers: [...reviewers].sort(),
    roads: roads.map(({ road }) => road),
  };
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

/** Past the portal goes nothing that a rule applies a protection to, unless the same rule lets it go. */
function checkNoRuleProtects({ roads, hits }: Decision, { rules }: AnyPolicy): void {
  if (roads.every(({ road }) => road !== 'bypass')) return;
  const applied = hits.filter(({ effect }) => effect === 'applied').map((hit) => hit.rule);
  const protecting = rules.filter(
    ({ id, then }) =>
      applied.includes(id) && then.some((one) => 'apply' in one) && !then.some((one) => 'bypass' in one),
  );
  assert.deepEqual(protecting, []);
}

describe('for every policy and every mail', () => {
  test('there are enough mails that are granted, and enough that are refused', () => {
    const tried = fc.sample(fc.tuple(mail, policies), { numRuns: 300, seed: 1 });
    const refused = tried.filter(([some, policy]) => granted(some, policy) === undefined).length;
    assert.ok(refused > 30 && refused < 200, String(refused));
  });

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
      fc.property(mail, policies, rule(fc.constant(bypass), fc.constant('on')), (some, before, more) => {
        const [was, is] = [granted(some, before), granted(some, { ...before, rules: [...before.rules, more] })];
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
      fc.property(mail, policies, (some, policy) => {
        const decision = granted(some, policy);
        if (decision?.roads.every(({ road }) => road === 'portal') !== false) return;
        assert.equal(decision.protection.rights.length, 6);
        checkNoRuleProtects(decision, policy);
        assert.equal(decision.demands, '');
        assert.ok(!isRoadAsked(decision) && !some.fromOutside);
        assert.ok(!isEndAsked(decision) || decision.expiresAt === null);
        // Directly goes also what its sender asks to go so; past the portal nothing with a wish.
        if (decision.roads.every(({ road }) => road !== 'bypass')) return;
        assert.ok(!isEndAsked(decision));
        assert.ok(!decision.reasons.some(({ kind }) => kind === 'signal'));
      }),
      { numRuns: 400 },
    );
  });

  test('rules in shadow and rules that are off change nothing', () => {
    fc.assert(
      fc.property(mail, policies, (some, policy) => {
        const on = { ...policy, rules: policy.rules.filter(({ state }) => state === 'on') };
        const [all, only] = [granted(some, policy), granted(some, on)];
        const applied = (decision: Decision | undefined) =>
          decision && { ...decision, hits: decision.hits.filter(({ effect }) => effect === 'applied') };
        assert.deepEqual(applied(all), applied(only));
      }),
      { numRuns: 200 },
    );
  });

  test('a rule that is idle could be taken away, and the mail would be treated just so; any other could not', () => {
    let [idle, busy] = [0, 0];
    fc.assert(
      fc.property(mail, policies, (some, policy) => {
        const decision = granted(some, policy);
        for (const { rule: id, effect, isIdle = false } of decision?.hits ?? []) {
          if (effect === 'shadow') continue;
          const without = granted(some, { ...policy, rules: policy.rules.filter((one) => one.id !== id) });
          assert.equal(isDeepStrictEqual(treatment(without), treatment(decision)), isIdle);
          if (isIdle) idle += 1;
          else busy += 1;
        }
      }),
      { numRuns: 700 },
    );
    assert.ok(idle > 20 && busy > 20, `${idle} ${busy}`);
  });

  test('what is told to be shadowed changes nothing, whatever the mail', () => {
    let met = 0;
    fc.assert(
      fc.property(mail, shadowing, (some, policy) => {
        const rules = frameOf(policy).policy.rules.map((ready) => ready.rule);
        for (const { rule: one } of shadowedRules(rules)) {
          const without = { ...policy, rules: policy.rules.filter(({ id }) => id !== one.id) };
          assert.deepEqual(treatment(granted(some, without)), treatment(granted(some, policy)));
          met += 1;
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(met > 50, String(met));
  });

  test('in whatever order rules stand, together they ask for the same', () => {
    fc.assert(
      fc.property(mail, policies, fc.nat(), (some, policy, at) => {
        const { rules } = policy;
        const place = at % (rules.length + 1);
        const turned = { ...policy, rules: [...rules.slice(place), ...rules.slice(0, place)].toReversed() };
        const [was, is] = [granted(some, policy), granted(some, turned)];
        assert.equal(was === undefined, is === undefined);
        if (was !== undefined && is !== undefined) assert.deepEqual(strictness(is), strictness(was));
      }),
      { numRuns: 300 },
    );
  });

  test('the same is decided and explained alike, also from the policy as it was written down', () => {
    fc.assert(
      fc.property(mail, policies, (some, policy) => {
        const first = frameOf(policy);
        const read = lookedThrough(some, first);
        const copy = structuredClone(read);
        const text = writeDocumentText(first.policy.document);
        const written = parsePolicyDocument(readDocumentText(text), { brands: ['default', 'acme'] });
        const second = { ...frame, policy: compilePolicy(written) };
        assert.deepEqual(explain(tryOut(read, first), read), explain(tryOut(copy, second), copy));
        assert.deepEqual(read, copy);
      }),
      { numRuns: 100 },
    );
  });
});
