// What a resolver that validates says of a signed zone, of one that was changed on the way, and of one that nobody signed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Dns } from '../../server/delivery/dns.ts';
import { validatingDns } from '../../server/delivery/validating-dns.ts';
import { signedDnsMissing, startSignedDns } from '../support/signed-dns.ts';
import type { SignedDns } from '../support/signed-dns.ts';
import { startDns } from '../support/dns-server.ts';

const missing = signedDnsMissing();
if (missing !== undefined) console.warn(missing);
const options = { skip: missing ?? false };

const DIGEST = 'ab'.repeat(32);
const records = [
  '@ IN MX 10 mx',
  '@ IN MX 20 mx2',
  'mx IN A 127.0.0.1',
  'mx2 IN A 127.0.0.2',
  `_25._tcp.mx IN TLSA 3 1 1 ${DIGEST}`,
  '_mta-sts IN TXT "v=STSv1; id=1;"',
  `long IN TXT ${Array.from({ length: 40 }, () => `"${'x'.repeat(100)}"`).join(' ')}`,
];

const running: { dns?: SignedDns; ask?: Dns } = {};

before(async () => {
  if (missing !== undefined) return;
  running.dns = await startSignedDns([
    { name: 'signed.example', records, state: 'signed' },
    { name: 'bogus.example', records, state: 'bogus' },
    { name: 'open.example', records, state: 'unsigned' },
  ]);
  running.ask = validatingDns({ host: '127.0.0.1', port: running.dns.port });
});
after(() => running.dns?.stop());

function ask(): Dns {
  if (running.ask === undefined) throw new Error('the resolver did not start');
  return running.ask;
}

test('what is signed is told as secure, also that there is none', options, async () => {
  const mx = await ask().mx('signed.example');
  assert.ok(mx.kind === 'found' && mx.secure);
  assert.deepEqual(
    mx.records.map(({ exchange, priority }) => [exchange, priority]).toSorted(),
    [
      ['mx.signed.example', 10],
      ['mx2.signed.example', 20],
    ].toSorted(),
  );
  const tlsa = await ask().tlsa('_25._tcp.mx.signed.example');
  assert.ok(tlsa.kind === 'found' && tlsa.secure);
  const [record] = tlsa.records;
  assert.deepEqual([record?.usage, record?.selector, record?.matching], [3, 1, 1]);
  assert.equal(Buffer.from(record?.data ?? []).toString('hex'), DIGEST);
  assert.deepEqual(await ask().tlsa('_25._tcp.mx2.signed.example'), { kind: 'none', secure: true });
  assert.deepEqual(await ask().addresses('mx.signed.example'), { kind: 'found', records: ['127.0.0.1'], secure: true });
});

test('what was changed on the way is told as bogus, and none of it is handed out', options, async () => {
  assert.deepEqual(await ask().mx('bogus.example'), { kind: 'bogus' });
  assert.deepEqual(await ask().tlsa('_25._tcp.mx.bogus.example'), { kind: 'bogus' });
});

test('what nobody signed is told as that', options, async () => {
  const mx = await ask().mx('open.example');
  assert.ok(mx.kind === 'found' && !mx.secure);
  const tlsa = await ask().tlsa('_25._tcp.mx.open.example');
  assert.ok(tlsa.kind === 'found' && !tlsa.secure);
});

test('an answer that is too long for a datagram is asked for again', options, async () => {
  const long = await ask().txt('long.signed.example');
  assert.ok(long.kind === 'found' && long.secure);
  assert.equal(long.records[0], 'x'.repeat(4_000));
});

test('a resolver that is silent, or that says what is no answer, is told as nobody knowing', async () => {
  const silent = await startDns({ 'a.example': { fails: 'silent' } });
  try {
    const dns = validatingDns({ host: '127.0.0.1', port: silent.port });
    assert.deepEqual(await dns.txt('a.example'), { kind: 'failed' });
    assert.equal(silent.asked.length, 2);
  } finally {
    await silent.close();
  }
  const nobody = validatingDns({ host: '127.0.0.1', port: 9 });
  assert.deepEqual(await nobody.txt('a.example'), { kind: 'failed' });
});
