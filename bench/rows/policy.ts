// Owns the row of the policy by itself: what it costs to look through a mail of 100 KB for all that there are detectors for,
// and to decide about it by two hundred rules.

import { parseAddress } from '../../server/core/address.ts';
import type { Address } from '../../server/core/address.ts';
import { createLog } from '../../server/core/log.ts';
import { detectorNames } from '../../server/detect/look.ts';
import { createInspector } from '../../server/inspect/inspect.ts';
import { parseHeaderLines } from '../../server/mail/header-lines.ts';
import { decide } from '../../server/policy/decide.ts';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import type { MailToDecide } from '../../server/policy/mail-to-decide.ts';
import { compilePolicy } from '../../server/policy/policy.ts';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { median, shown, spread } from '../rounds.ts';

const RULES = 200;
const TEXT_LETTERS = 100_000;
const MAILS_PER_ROUND = 20;

export const inspectAndDecide: Benchmark = {
  name: 'a 100 KB mail through 200 rules and all detectors',
  unit: 'ms of CPU',
  bar: { below: 20 },
  run: (bench) => runDeciding(bench),
};

/** All threads count: the worker that looks, and the main thread that hands over and decides. */
async function runDeciding(bench: Bench): Promise<Measured> {
  const rules = Array.from({ length: RULES }, (_, n) => ruleOf(n));
  const policy = compilePolicy(parsePolicyDocument({ format: 1, rules, lists }));
  const frame = {
    nowMs: Date.parse('2026-11-21T10:00:00Z'),
    expiryDaysDefault: 30,
    expiryDaysMax: 730,
    brands: ['default'],
    brandByDomain: new Map(),
    offers: { accounts: true, passkeys: true },
    orgDomains: ['example.com'],
    policy,
  };
  const mail = mailOf();
  const text = businessText();
  const inspector = createInspector({ log: createLog({ level: 'error', pretty: false }), workers: 1 });
  bench.atEnd(() => inspector.close());
  const decideAlone: number[] = [];
  const round = async (): Promise<number> => {
    const before = process.cpuUsage();
    for (let n = 0; n < MAILS_PER_ROUND; n += 1) {
      const seen = await inspector.inspect({ subject: mail.subject, text, html: undefined, parts: [] }, policy.looks);
      if (seen.hits.length === 0 || seen.unreadable.length > 0) throw new Error('the text was not looked through');
      const start = process.threadCpuUsage();
      decide({ ...mail, seen }, frame);
      decideAlone.push(millis(process.threadCpuUsage(start)));
    }
    return millis(process.cpuUsage(before)) / MAILS_PER_ROUND;
  };
  // The first mails pay for the worker's start and for what is compiled.
  for (let n = 0; n < 3; n += 1) await round();
  decideAlone.length = 0;
  const rounds: number[] = [];
  for (let n = 0; n < (bench.quick ? 1 : 15); n += 1) rounds.push(await round());
  return {
    value: median(rounds),
    notes: [
      `rounds: ${spread(rounds)}; of that deciding: ${shown(median(decideAlone))} ms; ${policy.looks.length} looks`,
    ],
  };
}

function millis({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

const lists = [
  { name: 'projects', words: Array.from({ length: 500 }, (_, n) => `Project${n}`) },
  { name: 'case-numbers', pattern: 'AZ-\\d{6}', ignoreCase: true },
];

/** Of each kind as many; most match nothing, as most rules do. Every detector is asked for by one rule at least. */
function ruleOf(n: number): object {
  const is = detectorNames[Math.floor(n / 8) % detectorNames.length];
  const when = [
    { detector: { is, atLeast: 1 + (n % 3), in: ['subject', 'body', 'attachments'] } },
    { sender: { is: [`person-${n}@example.com`, `@dept-${n}.example.com`] } },
    { all: [{ recipient: { is: [`@*.partner-${n}.example`] } }, { direction: 'out' }] },
    { any: [{ subject: { contains: `project ${n}` } }, { text: { matches: `\\bcase ${n}-\\d+` } }] },
    { header: { name: 'X-Protective-Marking', matches: `SEC=LEVEL-${n}\\b` } },
    {
      all: [{ attachment: { extensions: ['xlsx'] } }, { text: { contains: `salaries of ${n}`, in: ['attachments'] } }],
    },
    { any: [{ list: { is: 'projects', atLeast: 2 } }, { list: { is: 'case-numbers' } }] },
    { recipients: { atLeast: 50 + n } },
  ][n % 8];
  return { id: `rule-${n}`, name: `Rule ${n}`, when, then: [{ apply: 'do-not-forward' }] };
}

/** No sentence twice: names, sums, dates, numbers of all kinds, addresses and telephones, as offices write them. */
function businessText(): string {
  const names = ['Miller', 'Schäfer', 'Nowak', 'García', 'Rossi', 'Yılmaz', 'Dubois'];
  const nth = <T>(list: readonly T[], n: number): T => list[n % list.length] as T; // the lists are not empty
  const sentences = [
    (n: number) =>
      `Dear Ms ${nth(names, n)}, the invoice ${4_711 + n * 13} over ${(n * 37.41).toFixed(2)} EUR was paid on ${1 + (n % 28)} March 2026.`,
    (n: number) =>
      `Please call +49 30 ${1_234_567 + n * 911} before ${8 + (n % 9)}:30, or write to person.${n}@example.com.`,
    (n: number) =>
      `Order ${(n * 1_000_003).toString(36)} left the warehouse in ${20_000 + n}, box ${n % 50}, weighing ${n % 90}.5 kg.`,
    (n: number) =>
      `As agreed in our meeting no. ${n}, the ${nth(names, n + 3)} account will be looked at again in week ${1 + (n % 52)}.`,
    (n: number) =>
      `The card ending in ${1_000 + (n % 9_000)} was charged; its reference is ${(n * 7_919) % 1_000_000_007}.`,
  ];
  let text = 'The account is DE89 3704 0044 0532 0130 00. ';
  for (let n = 0; text.length < TEXT_LETTERS; n += 1) text += `${nth(sentences, n)(n)}${n % 6 === 5 ? '\n\n' : ' '}`;
  return text.slice(0, TEXT_LETTERS);
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
    parts: [],
    sizeBytes: 100_000,
  };
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}
