// Owns the row of deciding: a mail of 100 KB with the headers that real ones have, through two hundred rules that look at
// its head and its parts.

import { parseAddress } from '../../server/core/address.ts';
import type { Address } from '../../server/core/address.ts';
import { parseHeaderLines } from '../../server/mail/header-lines.ts';
import { decide } from '../../server/policy/decide.ts';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import type { MailToDecide } from '../../server/policy/mail-to-decide.ts';
import { compilePolicy } from '../../server/policy/policy.ts';
import type { Benchmark } from '../benchmark.ts';
import { median, spread } from '../rounds.ts';

const RULES = 200;
const ROUNDS = 15;
const MAILS_PER_ROUND = 50;

export const decideRules: Benchmark = {
  name: 'deciding by 200 rules, without detectors',
  unit: 'ms of CPU',
  bar: { below: 20 },
  run: (bench) => {
    const frame = {
      nowMs: Date.parse('2026-11-21T10:00:00Z'),
      expiryDaysDefault: 30,
      expiryDaysMax: 730,
      brands: ['default'],
      offers: { accounts: true, passkeys: true },
      orgDomains: ['example.com'],
      policy: compilePolicy(
        parsePolicyDocument({ format: 1, rules: Array.from({ length: RULES }, (_, n) => ruleOf(n)) }),
      ),
    };
    const mail = mailOf();
    const round = (): number => {
      const before = process.threadCpuUsage();
      for (let n = 0; n < MAILS_PER_ROUND; n += 1) decide(mail, frame);
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1_000 / MAILS_PER_ROUND;
    };
    round();
    const rounds = Array.from({ length: bench.quick ? 1 : ROUNDS }, round);
    return Promise.resolve({ value: median(rounds), notes: [`rounds: ${spread(rounds)}`] });
  },
};

/** Of each kind as many; most match nothing, as most rules do. */
function ruleOf(n: number): object {
  const when = [
    { sender: { is: [`person-${n}@example.com`, `@dept-${n}.example.com`] } },
    { all: [{ recipient: { is: [`@*.partner-${n}.example`] } }, { direction: 'out' }] },
    { any: [{ subject: { contains: `project ${n}` } }, { subject: { matches: `^\\[case ${n}-\\d+\\]` } }] },
    { header: { name: 'X-Protective-Marking', matches: `SEC=LEVEL-${n}\\b` } },
    {
      all: [
        { attachment: { extensions: ['xlsx'], name: { contains: `salaries-${n}` } } },
        { size: { atLeastBytes: n } },
      ],
    },
    { none: [{ direction: 'out' }, { time: { days: ['sat', 'sun'], zone: 'Europe/Berlin' } }] },
    { header: { name: 'Received', contains: `relay-${n}.example.net` } },
    { recipients: { atLeast: 50 + n } },
  ][n % 8];
  return { id: `rule-${n}`, name: `Rule ${n}`, when, then: [{ apply: 'do-not-forward' }] };
}

function mailOf(): MailToDecide {
  const received = Array.from({ length: 8 }, (_, n) =>
    [
      `Received: from host-${n}.example.com (host-${n}.example.com [192.0.2.${n}])`,
      ` by relay.example.com with ESMTPS id 4XyZ${n}; Sat, 21 Nov 2026 10:00:0${n} +0000`,
    ].join('\r\n'),
  );
  const lines = [
    ...received,
    `ARC-Seal: i=1; a=rsa-sha256; b=${'A'.repeat(340)}`,
    `DKIM-Signature: v=1; a=rsa-sha256; b=${'B'.repeat(340)}`,
    ...Array.from({ length: 25 }, (_, n) => `X-MS-Exchange-Thing-${n}: ${'value '.repeat(10)}`),
    'X-Protective-Marking: VER=2018.6, NS=gov.au, SEC=OFFICIAL, ORIGIN=alice@example.com',
  ];
  return {
    headers: parseHeaderLines(Buffer.from(lines.join('\r\n'))),
    subject: 'Quarterly figures, second draft',
    fields: [],
    from: addressOf('alice@example.com'),
    recipients: Array.from({ length: 5 }, (_, n) => addressOf(`reader-${n}@recipient.example`)),
    fromOutside: false,
    parts: [{ n: 1, filename: 'figures.xlsx', contentType: 'application/vnd.ms-excel', size: 90_000 }],
    sizeBytes: 100_000,
  };
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}
