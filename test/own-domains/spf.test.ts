// What an SPF record answers for an address: each mechanism, the limits of the RFC, and records that lead nowhere, in a circle or
// to nonsense. Asked over UDP of a DNS that answers from a list.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { validatingDns } from '../../server/delivery/validating-dns.ts';
import { boundedDns } from '../../server/own-domains/bounded-dns.ts';
import { findSpf } from '../../server/own-domains/find-spf.ts';
import { allowsEverybody, answerFor, parseSpf, spfLookups } from '../../server/own-domains/spf.ts';
import type { SpfTree } from '../../server/own-domains/spf.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns, TestName } from '../support/dns-server.ts';

let dns: TestDns;
before(async () => {
  dns = await startDns();
});
after(() => dns.close());

const HERE = '192.0.2.25';
const HERE6 = '2001:db8::25';

function treeOf(names: Readonly<Record<string, TestName>>): Promise<SpfTree> {
  dns.names.clear();
  for (const [name, entry] of Object.entries(names)) dns.names.set(name, entry);
  const limits = { questionsMax: 80, withinMs: 10_000 };
  return findSpf(boundedDns(validatingDns({ host: '127.0.0.1', port: dns.port }), limits), 'example.com');
}

const spf = (record: string, more: Record<string, TestName> = {}) =>
  treeOf({ 'example.com': { txt: [record] }, ...more });

for (const [record, answer, more = {}] of [
  ['v=spf1 ip4:192.0.2.25 -all', 'pass'],
  ['v=spf1 ip4:192.0.2.0/24 -all', 'pass'],
  ['v=spf1 ip4:192.0.2.99/24 -all', 'pass'],
  ['V=SPF1 IP4:192.0.2.25 -ALL', 'pass'],
  ['v=spf1 ip4:198.51.100.0/24 -all', 'fail'],
  ['v=spf1 ip4:198.51.100.0/24 ~all', 'softfail'],
  ['v=spf1 ip4:198.51.100.0/24 ?all', 'neutral'],
  ['v=spf1 ip4:198.51.100.0/24', 'neutral'],
  ['v=spf1 -ip4:192.0.2.25 ip4:192.0.2.0/24 -all', 'fail'],
  ['v=spf1 exp=why.example.com a:relay.example.net -all', 'pass', { 'relay.example.net': { a: [HERE] } }],
  ['v=spf1 a:relay.example.net/24 -all', 'pass', { 'relay.example.net': { a: ['192.0.2.1'] } }],
  ['v=spf1 a:relay.example.net -all', 'fail', { 'relay.example.net': { a: ['192.0.2.1'] } }],
  ['v=spf1 a:gone.example.net -all', 'fail'],
  [
    'v=spf1 mx -all',
    'pass',
    { 'example.com': { txt: ['v=spf1 mx -all'], mx: [[10, 'mx.example.com']] }, 'mx.example.com': { a: [HERE] } },
  ],
  ['v=spf1 include:p.example -all', 'pass', { 'p.example': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'] } }],
  ['v=spf1 include:p.example -all', 'fail', { 'p.example': { txt: ['v=spf1 -all'] } }],
  ['v=spf1 include:p.example ~all', 'softfail', { 'p.example': { txt: ['v=spf1 -ip4:192.0.2.25 +all'] } }],
  ['v=spf1 include:p.example -all', 'broken', { 'p.example': { txt: ['no spf'] } }],
  ['v=spf1 redirect=p.example', 'pass', { 'p.example': { txt: ['v=spf1 ip4:192.0.2.25 -all'] } }],
  ['v=spf1 redirect=p.example', 'broken', {}],
  ['v=spf1 -all redirect=p.example', 'fail', { 'p.example': { txt: ['v=spf1 +all'] } }],
  ['v=spf1 a:slow.example ip4:192.0.2.25 -all', 'unknown', { 'slow.example': { fails: 'broken' } }],
  ['v=spf1 exists:%{i}.list.example -all', 'fail'],
  ['v=spf1 foo:bar -all', 'broken'],
  ['v=spf1 ip4:999.1.1.1 -all', 'broken'],
  ['v=spf1 ip4:192.0.2.0/33 -all', 'broken'],
  ['v=spf1 include: -all', 'broken'],
  ['v=spf1 all:x', 'broken'],
  ['v=spf10 +all', 'none'],
] as const) {
  test(`${record} answers ${answer}${Object.keys(more).length > 0 ? ` (${Object.keys(more).join(', ')})` : ''}`, async () => {
    assert.equal(answerFor(await spf(record, more), HERE), answer);
  });
}

test('addresses of IPv6 are told from those of IPv4', async () => {
  const tree = await spf('v=spf1 ip6:2001:db8::/32 a:six.example/32//128 -all', {
    'six.example': { aaaa: [HERE6], a: [HERE] },
  });
  assert.equal(answerFor(tree, HERE6), 'pass');
  assert.equal(answerFor(tree, HERE), 'pass');
  assert.equal(answerFor(tree, '2001:db9::1'), 'fail');
});

test('two records are none, and so is a domain that does not answer', async () => {
  assert.equal(answerFor(await treeOf({ 'example.com': { txt: ['v=spf1 -all', 'v=spf1 +all'] } }), HERE), 'broken');
  assert.equal(answerFor(await treeOf({ 'example.com': { fails: 'broken' } }), HERE), 'unknown');
  assert.equal(answerFor(await treeOf({}), HERE), 'none');
});

test('all look-ups count, those of what is included as well', async () => {
  const tree = await spf('v=spf1 a mx include:p.example exists:x.example -all', {
    'p.example': { txt: ['v=spf1 a:q.example include:r.example -all'] },
    'r.example': { txt: ['v=spf1 ptr -all'] },
  });
  assert.equal(spfLookups(tree), 7);
});

test('a record that leads in a circle ends, with more look-ups than anybody makes', async () => {
  const tree = await spf('v=spf1 include:example.com -all');
  assert.ok(spfLookups(tree) > 10);
  assert.ok(dns.asked.length < 100);
});

test('names that are none are not asked for', async () => {
  const long = 'a'.repeat(70);
  const asked = dns.asked.length;
  assert.equal(answerFor(await spf(`v=spf1 a:${long}.example include:-x-.example -all`), HERE), 'broken');
  assert.equal(dns.asked.length, asked + 1);
});

test('everybody is found out, wherever it stands', async () => {
  for (const record of ['v=spf1 +all', 'v=spf1 all', 'v=spf1 mx +ALL'])
    assert.ok(allowsEverybody(await spf(record)), record);
  assert.ok(allowsEverybody(await spf('v=spf1 redirect=p.example', { 'p.example': { txt: ['v=spf1 all'] } })));
  for (const record of ['v=spf1 -all', 'v=spf1 mx', 'v=spf1 ?all'])
    assert.ok(!allowsEverybody(await spf(record)), record);
});

test('a record is read from its first blank on', () => {
  assert.deepEqual(parseSpf('v=spf1')?.terms, []);
  assert.equal(parseSpf('v=spf1  mx   -all')?.terms.length, 2);
});
