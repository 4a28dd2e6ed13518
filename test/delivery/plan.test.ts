// Where mail goes directly and what each host has to prove, decided from what is known alone.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planRoute } from '../../server/delivery/plan.ts';
import type { Facts, MxHost, Plan, TlsaFinding } from '../../server/delivery/plan.ts';

const host = (name: string): MxHost => ({ host: name, port: 25, addresses: ['192.0.2.1'] });
const mx1 = host('mx1.partner.example');
const mx2 = host('mx2.partner.example');
const record = { usage: 3, selector: 1, matching: 1, data: Buffer.alloc(32, 1) };
const records = (...all: readonly (typeof record)[]): TlsaFinding => ({ kind: 'records', records: all });
const enforced = {
  kind: 'policy',
  policy: { mode: 'enforce', maxAgeSeconds: 60, mx: ['mx1.partner.example'] },
} as const;

const facts: Facts = {
  domain: 'partner.example',
  connector: undefined,
  mx: { kind: 'hosts', hosts: [mx1, mx2], secure: true, notes: [] },
  tlsa: new Map<string, TlsaFinding>([
    [mx1.host, { kind: 'none' }],
    [mx2.host, { kind: 'none' }],
  ]),
  sts: { kind: 'none' },
};

/** "mx1 dane" for each host that mail may go to; what stands for it when there is none. */
function told(plan: Plan): string {
  if (plan.kind !== 'route') return plan.kind;
  const hosts = plan.hosts.map(({ host: name, evidence }) => `${name.split('.')[0] ?? ''} ${evidence ?? 'nothing'}`);
  return `${hosts.join(', ')}${plan.isEvident ? '' : ' (not evident)'}${plan.mayFollow ? ' (may follow)' : ''}`;
}

const tlsa = (one: TlsaFinding, two: TlsaFinding): Partial<Facts> => ({
  tlsa: new Map([
    [mx1.host, one],
    [mx2.host, two],
  ]),
});
const none = { kind: 'none' } as const;
const unsigned: Partial<Facts> = { mx: { kind: 'hosts', hosts: [mx1, mx2], secure: false, notes: [] } };
const connector = { domain: 'partner.example', minTls: '1.2', certificate: { by: 'host-name' } } as const;

const cases: readonly (readonly [name: string, change: Partial<Facts>, plan: string])[] = [
  ['nothing is known to vouch', {}, 'mx1 nothing, mx2 nothing (not evident)'],
  [
    'a connector counts before all else',
    { connector, ...tlsa({ kind: 'bogus' }, none), sts: enforced },
    'mx1 connector, mx2 connector',
  ],
  ['DANE where it is', tlsa(records(record), none), 'mx1 dane, mx2 nothing'],
  ['DANE before MTA-STS, host by host', { ...tlsa(records(record), none), sts: enforced }, 'mx1 dane (may follow)'],
  [
    'DANE of a host that MTA-STS does not name',
    { ...tlsa(none, records(record)), sts: enforced },
    'mx1 mta-sts, mx2 dane',
  ],
  ['MTA-STS in force leaves out what it does not name', { sts: enforced }, 'mx1 mta-sts (may follow)'],
  [
    'MTA-STS being tested vouches for nothing',
    { sts: { kind: 'policy', policy: { ...enforced.policy, mode: 'testing' } } },
    'mx1 nothing, mx2 nothing (not evident)',
  ],
  [
    'MTA-STS in mode none vouches for nothing',
    { sts: { kind: 'policy', policy: { ...enforced.policy, mode: 'none' } } },
    'mx1 nothing, mx2 nothing (not evident)',
  ],
  [
    'MTA-STS that names no host leaves none',
    { sts: { kind: 'policy', policy: { ...enforced.policy, mx: ['mx.else.example'] } } },
    'delay',
  ],
  [
    'an MTA-STS policy that cannot be had may follow',
    { sts: { kind: 'failed' } },
    'mx1 nothing, mx2 nothing (not evident) (may follow)',
  ],
  ['bogus TLSA records leave the host out', tlsa({ kind: 'bogus' }, records(record)), 'mx2 dane (may follow)'],
  [
    'TLSA records that nobody could ask for leave the host out',
    tlsa({ kind: 'failed' }, none),
    'mx2 nothing (not evident) (may follow)',
  ],
  ['bogus TLSA records everywhere delay', tlsa({ kind: 'bogus' }, { kind: 'bogus' }), 'delay'],
  ['TLSA records that were not asked for delay', { tlsa: new Map() }, 'delay'],
  [
    'TLSA records count for nothing where the MX records are not signed',
    { ...unsigned, ...tlsa(records(record), records(record)) },
    'mx1 nothing, mx2 nothing (not evident)',
  ],
  ['MX records that are not signed do for MTA-STS', { ...unsigned, sts: enforced }, 'mx1 mta-sts (may follow)'],
  ['bogus MX records delay', { mx: { kind: 'bogus' } }, 'delay'],
  ['a DNS that is away delays', { mx: { kind: 'failed' } }, 'delay'],
  ['a domain that takes no mail gets none', { mx: { kind: 'none' } }, 'nowhere'],
  ['no host at all delays', { mx: { kind: 'hosts', hosts: [], secure: true, notes: [] } }, 'delay'],
];

describe('a plan', () => {
  for (const [name, change, plan] of cases) {
    test(`${name}: ${plan}`, () => assert.equal(told(planRoute({ ...facts, ...change })), plan));
  }

  for (const [name, unusable] of [
    ['of a usage for the web', { ...record, usage: 1 }],
    ['of a usage for the web, by its authority', { ...record, usage: 0 }],
    ['of an unknown selector', { ...record, selector: 2 }],
    ['of an unknown digest', { ...record, matching: 3 }],
    ['whose digest is too short', { ...record, data: Buffer.alloc(31) }],
    ['that is empty', { ...record, matching: 0, data: Buffer.alloc(0) }],
  ] as const) {
    test(`a TLSA record ${name} leaves its host out, and beside a good one it counts for nothing`, () => {
      assert.equal(
        told(planRoute({ ...facts, ...tlsa(records(unusable), none) })),
        'mx2 nothing (not evident) (may follow)',
      );
      const plan = planRoute({ ...facts, ...tlsa(records(unusable, record), none) });
      assert.ok(plan.kind === 'route');
      const [first] = plan.hosts;
      assert.deepEqual(first?.demand?.proof, { kind: 'dane', records: [record], names: [mx1.host, 'partner.example'] });
    });
  }
});
