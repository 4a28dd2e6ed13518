// What rules do, action by action, and who wins when several of them and the mail itself ask for something.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerTo } from '../../server/ingest/smtp-answers.ts';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { askAccessPhrase, askBrand, askDelivery, askProtection, askSignIn } from '../../server/policy/ask.ts';
import type { PolicyFrame } from '../../server/policy/asks.ts';
import { decide, tryOut } from '../../server/policy/decide.ts';
import type { Decision } from '../../server/policy/decide.ts';
import { explain } from '../../server/policy/explain.ts';
import type { MailToDecide } from '../../server/policy/mail-to-decide.ts';
import { reasonLines } from '../../server/policy/reasons.ts';
import { RuleRefusal } from '../../server/policy/refusals.ts';
import { address, bareMail, byDefault, frame, frameWith, isoIn, mailOf, refusal } from './wishes.ts';

const templates = `templates:
  - { name: view-only, title: View only, rights: [reply], expiry: { days: 7 } }
  - { name: print-only, title: Print only, rights: [print], signIn: [passkey] }
  - { name: for-ever, title: For ever, rights: [reply, reply-all, forward, print, copy, download], expiry: { days: 0 } }
  - { name: fair, title: Fair, rights: [], expiry: { until: 2026-12-31 } }
  - { name: over, title: Over, rights: [], expiry: { until: 2026-01-31 } }
  - { name: with-phrase, title: With a phrase, rights: [reply], signIn: [phrase] }
  - { name: full, title: Full, rights: [reply, forward], signIn: [code, two], brand: acme, reminderDays: 2, retentionDays: 30, deliver: portal }`;

/** A frame whose rules match every mail, one for each list of actions. */
function ruled(...actions: readonly string[]): PolicyFrame {
  const rules = actions.map((then, n) => `  - { id: r${n + 1}, name: Rule ${n + 1}, then: [${then}] }`);
  return frameWith(`${templates}\n${rules.length === 0 ? '' : `rules:\n${rules.join('\n')}`}`);
}

function by(...actions: readonly string[]): Decision {
  return decide(bareMail, ruled(...actions));
}

describe('an action', () => {
  test('apply: a template with all that it says', () => {
    const decision = by('{ apply: full }');
    assert.deepEqual(decision.protection, { name: 'full', rights: ['reply', 'forward'] });
    assert.equal(decision.title, 'Full');
    assert.equal(decision.demands, 'code two');
    assert.equal(decision.brand, 'acme');
    assert.equal(decision.reminderDays, 2);
    assert.equal(decision.retentionDays, 30);
    assert.equal(decision.deliver, 'portal');
    assert.equal(decision.expiresAt, byDefault);
    assert.deepEqual(reasonLines(decision.reasons), [
      'rule “Rule 1”: protection full',
      'protection full',
      'readers prove code two',
      'brand acme',
      `expiry ${byDefault}`.concat(' by default'),
    ]);
  });

  const ends: readonly [action: string, expiresAt: string | null][] = [
    ['{ apply: view-only }', isoIn(7 * DAY_MS)],
    ['{ apply: for-ever }', null],
    ['{ apply: fair }', '2027-01-01T00:00:00.000Z'],
    ['{ expires: 36h }', isoIn(36 * HOUR_MS)],
    ['{ expires: 2026-11-30 }', '2026-12-01T00:00:00.000Z'],
  ];
  for (const [action, expiresAt] of ends) {
    test(`${action} ends it at ${expiresAt ?? 'no time'}`, () => {
      const decision = by(action);
      assert.equal(decision.expiresAt, expiresAt);
      assert.ok(reasonLines(decision.reasons).includes(`expiry ${expiresAt ?? 'never'}`));
    });
  }

  test('expires and templates end nothing later than this server allows', () => {
    const short = { ...ruled('{ expires: 700d }'), expiryDaysMax: 90 };
    const decision = decide(bareMail, short);
    assert.equal(decision.expiresAt, isoIn(90 * DAY_MS));
    assert.ok(decision.reasons.some(({ words }) => words === 'no end lies beyond 90 days'));
    assert.equal(decide(bareMail, { ...ruled('{ apply: for-ever }'), expiryDaysMax: 90 }).expiresAt, null);
  });

  test('brand: the first that is named, the sender’s before any rule’s', () => {
    assert.equal(by('{ brand: acme }', '{ brand: default }').brand, 'acme');
    const asked = { ...bareMail, fields: [askBrand('brand', 'default', frame)] };
    assert.equal(decide(asked, ruled('{ brand: acme }')).brand, 'default');
    assert.equal(by('{ deliver: best }').brand, 'default');
  });

  test('brand: that of the sender’s domain where nothing asks for one, and for a stranger that of whom they write to', () => {
    const from = address('eve@example.org');
    assert.equal(decide({ ...bareMail, from }, frame).brand, 'acme');
    assert.equal(decide({ ...bareMail, from }, ruled('{ brand: default }')).brand, 'default');
    const written = { ...bareMail, from: address('bob@recipient.example'), recipients: [from], fromOutside: true };
    assert.equal(decide(written, frame).brand, 'acme');
    assert.equal(decide(bareMail, frame).brand, 'default');
  });

  test('deliver: the portal before the best road', () => {
    assert.equal(by('{ deliver: best }').deliver, 'best');
    assert.equal(by('{ deliver: best }', '{ deliver: portal }').deliver, 'portal');
    assert.equal(by('{ deliver: best }', '{ apply: full }').deliver, 'portal');
    assert.equal(by().deliver, 'portal');
    assert.equal(
      decide({ ...bareMail, fields: [askDelivery('deliver', 'best')] }, ruled('{ deliver: portal }')).deliver,
      'portal',
    );
  });

  test('signIn: what all ask for together', () => {
    assert.equal(
      by('{ signIn: [passkey] }', '{ signIn: [code, passkey] }', '{ apply: full }').demands,
      'code passkey two',
    );
  });

  test('reviewer: each once', () => {
    const decision = by('{ reviewer: a@example.com }', '{ reviewer: b@example.com }, { reviewer: A@example.com }');
    assert.deepEqual(decision.reviewers, ['a@example.com', 'b@example.com']);
    assert.doesNotMatch(reasonLines(decision.reasons).join(), /@/);
  });

  test('hold: never by the author; a rule that names nobody else refuses', () => {
    const both = by('{ hold: { approvers: [Alice@Example.com, boss@example.com] } }');
    assert.deepEqual(
      both.holds.map(({ approvers }) => approvers),
      [['boss@example.com']],
    );
    const own = '{ hold: { approvers: [alice@example.com] } }';
    assert.throws(() => by(own), /Refused by the rule “Rule 1”: somebody else than its author/);
    assert.equal(decide({ ...bareMail, from: address('carol@example.com') }, ruled(own)).holds.length, 1);
  });

  test('hold: each by its own approvers, so that one rule more never lets more people release it', () => {
    const decision = by(
      '{ hold: { approvers: [boss@example.com] } }',
      '{ hold: { approvers: [law@example.com, b@example.com] } }',
    );
    assert.deepEqual(decision.holds, [
      { rule: 'r1', name: 'Rule 1', approvers: ['boss@example.com'] },
      { rule: 'r2', name: 'Rule 2', approvers: ['law@example.com', 'b@example.com'] },
    ]);
    assert.doesNotMatch(reasonLines(decision.reasons).join(), /@/);
  });

  test('refuse: names the rule, over SMTP as well', () => {
    const throws = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error;
      }
    };
    const error = throws(() => by('{ refuse: "Kartennummern gehören nicht in die Post – bitte anrufen." }'));
    assert.ok(error instanceof RuleRefusal);
    assert.equal(error.ruleId, 'r1');
    assert.equal(
      error.message,
      'Refused by the rule “Rule 1”: Kartennummern gehören nicht in die Post – bitte anrufen.',
    );
    assert.deepEqual(answerTo(error), {
      code: 554,
      enhanced: '5.7.1',
      text: 'Refused by the rule "Rule 1": Kartennummern gehoren nicht in die Post - bitte anrufen.',
    });
  });

  const impossible: readonly [says: string, action: string, why: RegExp][] = [
    [
      'a phrase that the sender did not set',
      '{ signIn: [phrase] }',
      /“Rule 1”: .*access phrase, and the sender set none\.$/,
    ],
    ['a template with one', '{ apply: with-phrase }', /“Rule 1”: .*access phrase, and the sender set none\.$/],
    ['a template that is over', '{ apply: over }', /“Rule 1”: its last day has passed\.$/],
    ['an end that is over', '{ expires: 2026-11-20 }', /“Rule 1”: its last day has passed\.$/],
  ];
  for (const [says, action, why] of impossible) {
    test(`that cannot be carried out refuses the mail: ${says}`, () => {
      assert.throws(() => by(action), refusal('policy/refused', why));
      assert.throws(() => by(action, '{ expires: 1d }'), refusal('policy/refused', why));
    });
  }

  test('that asks for a sign-in nobody has here, or a brand that is gone, refuses the mail', () => {
    const nothing = { accounts: false, passkeys: false };
    for (const action of ['{ signIn: [federated] }', '{ signIn: [two] }', '{ apply: print-only }']) {
      const why = /“Rule 1”: this server offers its readers no such sign-in\.$/;
      assert.throws(() => decide(bareMail, { ...ruled(action), offers: nothing }), refusal('policy/refused', why));
    }
    const unbranded = { ...ruled('{ brand: acme }'), brands: ['default'] };
    assert.throws(
      () => decide(bareMail, unbranded),
      refusal('policy/refused', /“Rule 1”: its brand does not exist\.$/),
    );
  });

  test('that asks for a phrase is met where the sender set one', () => {
    const mail = { ...bareMail, fields: [askAccessPhrase('accessPhrase', 'correct horse battery')] };
    assert.equal(decide(mail, ruled('{ apply: with-phrase }')).demands, 'phrase');
    // A code and a phrase are two.
    const offers = { accounts: false, passkeys: false };
    assert.equal(decide(mail, { ...ruled('{ signIn: [two] }'), offers }).demands, 'phrase two');
  });
});

describe('a template of the organisation', () => {
  test('can be asked for by header and field, by its name in any case of letters', () => {
    for (const name of ['view-only', ' VIEW-Only ']) {
      for (const mail of [
        mailOf([['X-Sealpost-Protection', name]]),
        { ...bareMail, fields: [askProtection('protection', name, ruled())] },
      ]) {
        const decision = decide(mail, ruled());
        assert.deepEqual(decision.protection, { name: 'view-only', rights: ['reply'] });
        assert.equal(decision.expiresAt, isoIn(7 * DAY_MS));
      }
    }
  });

  test('can be asked for where it exists only, by its name and not by its title', () => {
    const sentence = /expected encrypt-only or do-not-forward, or the name of a template\.$/;
    for (const name of ['View only', 'view', 'limited', '__proto__', '']) {
      assert.throws(
        () => decide(mailOf([['X-Sealpost-Protection', name]]), ruled()),
        refusal('policy/unknown-value', sentence),
      );
    }
  });

  test('that nobody can meet refuses the mail that asks for it', () => {
    const asked = mailOf([['X-Sealpost-Protection', 'with-phrase']]);
    assert.throws(
      () => decide(asked, ruled()),
      refusal('policy/refused', /^X-Sealpost-Protection: with-phrase: its readers/),
    );
    const over = mailOf([['X-Sealpost-Protection', 'over']]);
    assert.throws(() => decide(over, ruled()), refusal('policy/refused', /its last day has passed/));
  });
});

describe('of several', () => {
  test('what all of them grant is granted, under the name of the strictest', () => {
    const decision = by('{ apply: full }', '{ apply: view-only }', '{ apply: do-not-forward }');
    assert.deepEqual(decision.protection, { name: 'view-only', rights: ['reply'] });
    const nothing = by('{ apply: view-only }', '{ apply: print-only }');
    assert.deepEqual(nothing.protection, { name: 'view-only', rights: [] });
    assert.ok(reasonLines(nothing.reasons).includes('rights none but reading'));
  });

  test('the earliest end, the union of demands, the shortest time afterwards hold', () => {
    const decision = by('{ apply: for-ever }', '{ apply: view-only }', '{ expires: 9d }', '{ apply: full }');
    assert.equal(decision.expiresAt, isoIn(7 * DAY_MS));
    assert.equal(decision.demands, 'code two');
    assert.equal(decision.retentionDays, 30);
  });

  test('an end that a rule names stands in place of the default, and never of another', () => {
    assert.equal(by('{ expires: 90d }').expiresAt, isoIn(90 * DAY_MS));
    assert.equal(by('{ expires: 90d }', '{ apply: for-ever }').expiresAt, isoIn(90 * DAY_MS));
    assert.equal(
      decide(mailOf([['X-Sealpost-Expires', '5d']]), ruled('{ apply: for-ever }')).expiresAt,
      isoIn(5 * DAY_MS),
    );
  });

  /** Who wins: refusals over holds over protections over defaults, wherever each comes from. */
  const precedence: readonly [
    says: string,
    headers: readonly (readonly [string, string])[],
    subject: string,
    actions: readonly string[],
    protection: string,
  ][] = [
    ['nothing: the default', [], 'Hello', [], 'encrypt-only'],
    ['a rule over the default', [], 'Hello', ['{ apply: view-only }'], 'view-only'],
    [
      'a stricter wish over a rule',
      [['X-Sealpost-Protection', 'view-only']],
      'Hello',
      ['{ apply: do-not-forward }'],
      'view-only',
    ],
    [
      'a stricter rule over a wish',
      [['X-Sealpost-Protection', 'do-not-forward']],
      'Hello',
      ['{ apply: view-only }'],
      'view-only',
    ],
    ['a tag over a looser rule', [], '[dnf] Hello', ['{ apply: encrypt-only }'], 'do-not-forward'],
    [
      'the first of two that grant as much',
      [],
      'Hello',
      ['{ apply: print-only }', '{ apply: view-only }'],
      'print-only',
    ],
    [
      'a wish before a rule that grants as much',
      [['X-Sealpost-Protection', 'view-only']],
      'Hello',
      ['{ apply: print-only }'],
      'view-only',
    ],
    ['a later rule that is stricter', [], 'Hello', ['{ apply: do-not-forward }', '{ apply: fair }'], 'fair'],
    ['[plain] over nothing', [], '[plain] Hello', ['{ apply: view-only }'], 'view-only'],
  ];
  for (const [says, headers, subject, actions, protection] of precedence) {
    test(`wins ${says}`, () => {
      assert.equal(decide(mailOf(headers, subject), ruled(...actions)).protection.name, protection);
    });
  }

  test('a refusal beats all, wherever it stands', () => {
    const actions = [
      '{ apply: view-only }',
      '{ hold: { approvers: [a@example.com] } }',
      '{ bypass: { host: mx.partner.example } }',
    ];
    for (let at = 0; at <= actions.length; at += 1) {
      const mixed = [...actions.slice(0, at), '{ refuse: No. }', ...actions.slice(at)];
      assert.throws(() => by(...mixed), refusal('policy/refused', new RegExp(`“Rule ${at + 1}”: No\\.$`)));
    }
    // Also what cannot be had, and what is not understood.
    assert.throws(() => by('{ signIn: [phrase] }', '{ refuse: No. }'), refusal('policy/refused', /“Rule 2”: No\.$/));
    const unknown = mailOf([['X-Sealpost-Protection', 'nothing']]);
    assert.throws(() => decide(unknown, ruled('{ refuse: No. }')), refusal('policy/refused', /“Rule 1”: No\.$/));
    assert.throws(() => decide(unknown, ruled('{ deliver: best }')), refusal('policy/unknown-value'));
  });
});

describe('a rule that is not on', () => {
  const states = (state: string, then: string): PolicyFrame =>
    frameWith(`${templates}\nrules: [{ id: a, name: A, state: ${state}, then: [${then}] }]`);
  for (const then of [
    '{ apply: view-only }',
    '{ refuse: No. }',
    '{ hold: { approvers: [a@example.com] } }',
    '{ bypass: { host: mx.partner.example } }',
    '{ signIn: [phrase] }',
    '{ reviewer: a@example.com }',
  ]) {
    test(`does nothing, in shadow or off: ${then}`, () => {
      const plain = decide(bareMail, frame);
      const shadow = decide(bareMail, states('shadow', then));
      assert.deepEqual({ ...shadow, hits: [] }, plain);
      assert.deepEqual(shadow.hits, [{ rule: 'a', effect: 'shadow' }]);
      assert.deepEqual(decide(bareMail, states('off', then)), plain);
    });
  }

  test('is told of all the same, and hits only where it matches', () => {
    const off = tryOut(bareMail, states('off', '{ refuse: No. }')).rules[0];
    assert.deepEqual([off?.matched, off?.when], [false, undefined]);
    const elsewhere = frameWith(
      'rules: [{ id: a, name: A, state: shadow, when: { subject: { contains: x } }, then: [{ refuse: No. }] }]',
    );
    assert.deepEqual(decide(bareMail, elsewhere).hits, []);
  });
});

describe('past the portal', () => {
  const partner = "when: { recipient: { is: ['@partner.example'] } }, then: [{ bypass: { host: MX.partner.example } }]";
  const policy = (...others: readonly string[]): PolicyFrame =>
    frameWith(
      `${templates}\nrules:\n  - { id: partner, name: Partner, ${partner} }\n${others
        .map((then, n) => `  - { id: o${n}, name: Other ${n}, then: [${then}] }`)
        .join('\n')}`,
    );
  const mail: MailToDecide = {
    ...bareMail,
    recipients: ['a@partner.example', 'b@else.example', 'c@partner.example'].map(address),
  };
  const bypass = { road: 'bypass', host: 'mx.partner.example', port: 25, rule: 'partner' };
  const portal = { road: 'portal' };

  test('goes the mail of those recipients whom the rule names, and of no other', () => {
    assert.deepEqual(decide(mail, policy()).roads, [bypass, portal, bypass]);
    assert.deepEqual(decide(mail, frame).roads, [portal, portal, portal]);
    assert.deepEqual(decide(bareMail, policy()).roads, [portal]);
  });

  test('goes nothing but by the first such rule', () => {
    const { roads } = decide(mail, policy('{ bypass: { host: other.example, port: 2525 } }'));
    assert.deepEqual(roads[0], bypass);
    assert.deepEqual(roads[1], { road: 'bypass', host: 'other.example', port: 2525, rule: 'o0' });
  });

  for (const harmless of ['{ brand: acme }', '{ deliver: best }', '{ reviewer: r@example.com }']) {
    test(`it still goes beside ${harmless}`, () => {
      const other = harmless.includes('best') ? { road: 'best' } : portal;
      assert.deepEqual(decide(mail, policy(harmless)).roads, [bypass, other, bypass]);
    });
  }

  test('goes nothing where this server has no way out but its portal', () => {
    const inside = { ...policy(), offers: { accounts: false, passkeys: false } };
    const decision = decide(mail, inside);
    assert.deepEqual(decision.roads, [portal, portal, portal]);
    assert.ok(
      decision.reasons.some(({ words }) => words === 'not past the portal: this server delivers by its portal only'),
    );
  });

  for (const more of [
    '{ apply: view-only }',
    '{ apply: do-not-forward }',
    '{ apply: encrypt-only }',
    '{ expires: 7d }',
    '{ signIn: [code] }',
    '{ deliver: portal }',
    '{ apply: for-ever }',
  ]) {
    test(`goes nothing beside a rule that asks for more: ${more}`, () => {
      const decision = decide(mail, policy(more));
      assert.deepEqual(decision.roads, [portal, portal, portal]);
      assert.ok(decision.reasons.some(({ words }) => words === 'not past the portal: another rule asks for more'));
    });
  }

  test('goes what the same rule would protect loosely by the portal, and not what it limits', () => {
    const both = (then: string): PolicyFrame =>
      frameWith(
        `${templates}\nrules:\n  - { id: partner, name: Partner, then: [${then}, { bypass: { host: mx.partner.example } }] }`,
      );
    assert.deepEqual(decide(mail, both('{ apply: encrypt-only }')).roads[0], bypass);
    assert.deepEqual(decide(mail, both('{ apply: do-not-forward }')).roads[0], portal);
    const other = '{ apply: encrypt-only }, { bypass: { host: mx.partner.example } }';
    // Another rule that says both stands in nobody's way either.
    assert.deepEqual(decide(mail, policy(other)).roads[0], bypass);
  });

  const wished: readonly [says: string, change: Partial<MailToDecide>, goes: boolean][] = [
    ['a tag', { subject: '[encrypt] Hello' }, false],
    ['a header', { headers: [{ name: 'x-sealpost-brand', value: 'acme' }] }, false],
    ['a field', { fields: [askSignIn('signIn', 'code', frame)] }, false],
    ['SEPPmail’s header', { headers: [{ name: 'x-smenc', value: 'yes' }] }, false],
    ['even the loosest protection', { headers: [{ name: 'x-sealpost-protection', value: 'encrypt-only' }] }, false],
    ['that was written in the portal', { fromOutside: true }, false],
    ['the wish for none', { subject: '[plain] Hello' }, true],
    ['the wish for a receipt', { headers: [{ name: 'disposition-notification-to', value: 'a@example.com' }] }, true],
  ];
  for (const [says, change, goes] of wished) {
    test(`goes ${goes ? 'a mail all the same' : 'no mail'} with ${says}`, () => {
      assert.deepEqual(decide({ ...mail, ...change }, policy()).roads[0], goes ? bypass : portal);
    });
  }
});

describe('directly, over verified TLS', () => {
  const roadOf = (then: string, change: Partial<MailToDecide> = {}): readonly string[] =>
    decide(
      { ...bareMail, ...change },
      frameWith(`${templates}\nrules: [{ id: d, name: D, then: [${then}] }]`),
    ).roads.map(({ road }) => road);

  for (const road of ['smime', 'tls', 'best']) {
    test(`goes what asks for ${road} and for nothing that only the portal can do`, () => {
      assert.deepEqual(roadOf(`{ deliver: ${road} }`), [road]);
      assert.deepEqual(roadOf(`{ deliver: ${road} }, { apply: encrypt-only }`), [road]);
      assert.deepEqual(decide({ ...bareMail, headers: [{ name: 'x-sealpost-deliver', value: road }] }, frame).roads, [
        { road },
      ]);
    });

    for (const [more, why] of [
      ['{ deliver: portal }', ''],
      ['{ apply: do-not-forward }', 'what its readers may do is limited'],
      ['{ apply: view-only }', 'what its readers may do is limited'],
      ['{ expires: 7d }', 'it has a last day'],
      ['{ signIn: [code] }', 'its readers have to prove more'],
    ]) {
      test(`goes by the portal what asks for ${road} and ${more}`, () => {
        assert.deepEqual(roadOf(`{ deliver: ${road} }, ${more}`), ['portal']);
        const { reasons } = decide(
          bareMail,
          frameWith(`${templates}\nrules: [{ id: d, name: D, then: [{ deliver: ${road} }, ${more}] }]`),
        );
        if (why !== '') assert.ok(reasons.some(({ words }) => words === `not by direct mail: ${why}`));
      });
    }

    test(`goes by the portal what asks for ${road} and wants to hear when it is read, or was written there`, () => {
      const receipt = [{ name: 'disposition-notification-to', value: 'alice@example.com' }];
      assert.deepEqual(roadOf(`{ deliver: ${road} }`, { headers: receipt }), ['portal']);
      assert.deepEqual(roadOf(`{ deliver: ${road} }`, { fromOutside: true }), ['portal']);
    });
  }

  test('goes nothing that does not ask for it', () => {
    assert.deepEqual(roadOf('{ brand: acme }'), ['portal']);
  });

  test('is refused where a rule asks for it and this server has no such way', () => {
    const inside = {
      ...frameWith('rules: [{ id: d, name: D, then: [{ deliver: tls }] }]'),
      offers: { accounts: true, passkeys: true },
    };
    assert.throws(() => decide(bareMail, inside), refusal('policy/refused', /by its portal only/));
  });
});

describe('a trial', () => {
  const trial = (change: Partial<MailToDecide>, with_: PolicyFrame) => {
    const mail = { ...bareMail, ...change };
    return explain(tryOut(mail, with_), mail);
  };
  const policy = frameWith(`${templates}
rules:
  - { id: one, name: One, when: { subject: { contains: hello } }, then: [{ apply: view-only }, { reviewer: r@example.com }] }
  - { id: two, name: Two, state: off, then: [{ refuse: No. }] }
  - { id: three, name: Three, state: shadow, when: { direction: out }, unless: { subject: { contains: bye } }, then: [{ refuse: No. }] }
  - { id: four, name: Four, when: { subject: { contains: stop } }, then: [{ refuse: Stop. }] }`);

  test('tells of every rule whether it matched, for whom, why, and what it does', () => {
    const { outcome, decision, rules } = trial({}, policy);
    assert.equal(outcome, 'granted');
    assert.equal(decision?.protection, 'view-only');
    assert.deepEqual(decision?.hits, [
      { rule: 'one', effect: 'applied' },
      { rule: 'three', effect: 'shadow' },
    ]);
    assert.deepEqual(
      rules.map(({ id, state, matched, does }) => [id, state, matched, does.join('; ')]),
      [
        ['one', 'on', true, 'protection view-only; a copy for a reviewer'],
        ['two', 'off', false, 'refused'],
        ['three', 'shadow', true, 'refused'],
        ['four', 'on', false, 'refused'],
      ],
    );
    assert.deepEqual(rules[2]?.recipients, ['bob@recipient.example']);
    assert.deepEqual(rules[2]?.unless, { says: 'subject contains “bye”', holds: false });
    assert.equal(rules[1]?.when, undefined);
  });

  test('tells of a refused mail what refused it, and of every rule all the same', () => {
    const refused = trial({ subject: 'Stop, hello' }, policy);
    assert.equal(refused.outcome, 'refused');
    assert.equal(refused.decision, undefined);
    assert.deepEqual(refused.refusal, {
      code: 'policy/refused',
      sentence: 'Refused by the rule “Four”: Stop.',
      rule: 'four',
    });
    assert.deepEqual(
      refused.rules.map(({ matched }) => matched),
      [true, false, true, true],
    );
    const unknown = trial({ headers: [{ name: 'x-sealpost-brand', value: 'x' }] }, policy);
    assert.deepEqual([unknown.outcome, unknown.refusal?.code], ['refused', 'policy/unknown-value']);
    assert.equal(unknown.rules.length, 4);
  });

  test('says of a mail that waits for an approver that it does', () => {
    const held = trial({}, ruled('{ apply: view-only }', '{ hold: { approvers: [a@example.com] } }'));
    assert.deepEqual([held.outcome, held.decidedBy], ['held', { rule: 'r2', name: 'Rule 2' }]);
    const alone = trial({}, ruled('{ hold: { approvers: [a@example.com] } }'));
    assert.deepEqual(alone.decidedBy, { rule: 'r1', name: 'Rule 1' });
  });

  test('is plain data, the same each time', () => {
    const first = trial({}, policy);
    assert.deepEqual(JSON.parse(JSON.stringify(first)), first);
    assert.deepEqual(trial({}, policy), first);
  });
});
