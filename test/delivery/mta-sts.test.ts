// What a domain says of its mail servers by MTA-STS: how it is read, fetched, and kept.

import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { createKeyring } from '../../server/crypto/keyring.ts';
import { findSts } from '../../server/delivery/find-sts.ts';
import type { StsDeps } from '../../server/delivery/find-sts.ts';
import { matchesMx, parseStsPolicy, stsIdOf } from '../../server/delivery/mta-sts.ts';
import { sweepStsPolicies } from '../../server/delivery/sts-policies.store.ts';
import { validatingDns } from '../../server/delivery/validating-dns.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { newTestDatabase, testClock } from '../support/program.ts';
import type { TestClock } from '../support/program.ts';

const POLICY =
  'version: STSv1\r\nmode: enforce\r\nmx: mx.partner.example\r\nmx: *.mail.partner.example\r\nmax_age: 604800\r\n';

describe('the announcement', () => {
  for (const [name, records, id] of [
    ['is read', ['v=STSv1; id=20261128T10;'], '20261128T10'],
    ['is found among other records', ['v=spf1 -all', 'v=STSv1;id=a1'], 'a1'],
    ['with more fields is read', ['v=STSv1; id=a; x=y'], 'a'],
    ['that stands twice is none', ['v=STSv1; id=a;', 'v=STSv1; id=b;'], undefined],
    ['of another version is none', ['v=STSv2; id=a;'], undefined],
    ['without an id is none', ['v=STSv1;'], undefined],
    ['with an id of other characters is none', ['v=STSv1; id=a-b;'], undefined],
    ['with an id that is too long is none', [`v=STSv1; id=${'a'.repeat(33)};`], undefined],
    ['that is not there is none', [], undefined],
  ] as const) {
    test(name, () => assert.equal(stsIdOf(records), id));
  }
});

describe('a policy', () => {
  test('is read, in all its fields', () => {
    assert.deepEqual(parseStsPolicy(POLICY), {
      mode: 'enforce',
      maxAgeSeconds: 604_800,
      mx: ['mx.partner.example', '*.mail.partner.example'],
    });
  });

  test('may end its lines as it likes, and say more than is known', () => {
    const text = 'version: STSv1\nmode:testing\nmax_age: 1\nmx:a.example\nmore: here';
    assert.deepEqual(parseStsPolicy(text), { mode: 'testing', maxAgeSeconds: 1, mx: ['a.example'] });
  });

  test('lasts a year at most', () => {
    assert.equal(parseStsPolicy(POLICY.replace('604800', '9999999999'))?.maxAgeSeconds, 31_557_600);
  });

  for (const [name, text] of [
    ['of another version', POLICY.replace('STSv1', 'STSv2')],
    ['of an unknown mode', POLICY.replace('enforce', 'strict')],
    ['without a mode', POLICY.replace('mode: enforce\r\n', '')],
    ['without an age', POLICY.replace('max_age: 604800\r\n', '')],
    ['with an age that is no number', POLICY.replace('604800', '-1')],
    ['that enforces and names no host', POLICY.replace(/mx: .*\r\n/g, '')],
    ['with a wildcard in the middle', POLICY.replace('*.mail', 'mail.*')],
    ['with a host that is an address', POLICY.replace('mx.partner.example', '127.0.0.1')],
    ['that is a page', '<html><body>version: STSv1</body></html>'],
    ['that is empty', ''],
  ] as const) {
    test(`${name} is none`, () => assert.equal(parseStsPolicy(text), undefined));
  }

  for (const [host, matches] of [
    ['mx.partner.example', true],
    ['MX.partner.example.', true],
    ['a.mail.partner.example', true],
    ['a.b.mail.partner.example', false],
    ['mail.partner.example', false],
    ['xmail.partner.example', false],
    ['mx.partner.example.evil.example', false],
    ['evil-mx.partner.example', false],
  ] as const) {
    test(`${matches ? 'holds' : 'does not hold'} ${host}`, () => {
      assert.equal(matchesMx({ mx: ['mx.partner.example', '*.mail.partner.example'] }, host), matches);
    });
  }
});

const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);
const good = makeCertificate({ authority, names: ['mta-sts.partner.example'] });

interface Stage {
  readonly deps: StsDeps;
  readonly dns: TestDns;
  readonly clock: TestClock;
  /** What the web server says; changed by tests. */
  readonly answer: { status: number; type: string; text: string; location?: string };
  readonly requests: string[];
}

async function stage(t: TestContext, certificate: TestCertificate = good): Promise<Stage> {
  const answer: Stage['answer'] = { status: 200, type: 'text/plain', text: POLICY };
  const requests: string[] = [];
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, (req, res) => {
    requests.push(`${req.headers.host ?? ''}${req.url ?? ''}`);
    if (answer.location !== undefined) res.setHeader('location', answer.location);
    res.writeHead(answer.status, { 'content-type': answer.type }).end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dns = await startDns({
    '_mta-sts.partner.example': { txt: ['v=STSv1; id=1;'] },
    'mta-sts.partner.example': { a: ['127.0.0.1'] },
  });
  const clock = testClock();
  const db = await newTestDatabase();
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([dns.close(), db.destroy()]);
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    deps: {
      db,
      clock,
      keyring: createKeyring(clock),
      dns: validatingDns({ host: '127.0.0.1', port: dns.port }),
      httpsPort: port,
      mayReach: () => true,
    },
    dns,
    clock,
    answer,
    requests,
  };
}

const find = ({ deps }: Stage) => findSts(deps, 'partner.example');

describe('a policy that is announced', () => {
  test('is fetched once, kept, and fetched anew when its id changes', async (t) => {
    const there = await stage(t);
    for (let times = 0; times < 3; times += 1) {
      assert.partialDeepStrictEqual(await find(there), { kind: 'policy', policy: { mode: 'enforce' } });
    }
    assert.equal(there.requests.length, 1);
    assert.match(there.requests[0] ?? '', /^mta-sts\.partner\.example:\d+\/\.well-known\/mta-sts\.txt$/);
    there.dns.names.set('_mta-sts.partner.example', { txt: ['v=STSv1; id=2;'] });
    there.answer.text = POLICY.replace('enforce', 'testing');
    assert.partialDeepStrictEqual(await find(there), { kind: 'policy', policy: { mode: 'testing' } });
    assert.equal(there.requests.length, 2);
  });

  test('outlives the DNS, its own announcement, and a web server that is gone, until it runs out', async (t) => {
    const there = await stage(t);
    await find(there);
    const enforced = { kind: 'policy', policy: { mode: 'enforce' } };
    there.dns.names.set('_mta-sts.partner.example', { fails: 'broken' });
    assert.partialDeepStrictEqual(await find(there), enforced);
    there.dns.names.delete('_mta-sts.partner.example');
    assert.partialDeepStrictEqual(await find(there), enforced);
    there.dns.names.set('_mta-sts.partner.example', { txt: ['v=STSv1; id=3;'] });
    there.answer.status = 500;
    assert.partialDeepStrictEqual(await find(there), enforced);
    there.clock.forward(7 * DAY_MS + HOUR_MS);
    assert.deepEqual(await find(there), { kind: 'failed', fault: 'sts-policy-fetch-error' });
    assert.equal(await sweepStsPolicies(there.deps, 10), 1);
    assert.equal(await sweepStsPolicies(there.deps, 10), 0);
  });

  test('is sealed where it is kept, and names its domain nowhere', async (t) => {
    const there = await stage(t);
    await find(there);
    const rows = await there.deps.db.selectFrom('sts_policies').selectAll().execute();
    assert.equal(rows.length, 1);
    assert.ok(
      !JSON.stringify(rows).includes('partner') && !String(Buffer.from(rows[0]?.sealed ?? [])).includes('partner'),
    );
  });

  for (const [name, spoil, fault] of [
    ['that is not there', { status: 404 }, 'sts-policy-fetch-error'],
    [
      'that leads elsewhere',
      { status: 302, location: 'https://mta-sts.partner.example/elsewhere' },
      'sts-policy-fetch-error',
    ],
    ['that is a page', { type: 'text/html' }, 'sts-policy-fetch-error'],
    ['that is no policy', { text: 'version: STSv1' }, 'sts-policy-invalid'],
    ['that is too large', { text: `${POLICY}${'x: y\n'.repeat(20_000)}` }, 'sts-policy-invalid'],
  ] as const) {
    test(`is not taken from an answer ${name}, and nobody knows what it says`, async (t) => {
      const there = await stage(t);
      Object.assign(there.answer, spoil);
      assert.deepEqual(await find(there), { kind: 'failed', fault });
      assert.equal(there.requests.length, 1);
    });
  }

  for (const [name, certificate] of [
    ['with a certificate of another name', makeCertificate({ authority, names: ['partner.example'] })],
    ['with a certificate nobody vouches for', makeCertificate({ names: ['mta-sts.partner.example'] })],
    [
      'with a certificate that ran out',
      makeCertificate({ authority, names: ['mta-sts.partner.example'], expiredDays: 1 }),
    ],
  ] as const) {
    test(`is not taken from a server ${name}`, async (t) => {
      const there = await stage(t, certificate);
      assert.deepEqual(await find(there), { kind: 'failed', fault: 'sts-webpki-invalid' });
      assert.deepEqual(there.requests, []);
    });
  }

  test('is not looked for in a private network', async (t) => {
    const there = await stage(t);
    const found = await findSts({ ...there.deps, mayReach: () => false }, 'partner.example');
    assert.deepEqual(found, { kind: 'failed', fault: 'sts-policy-fetch-error' });
    assert.deepEqual(there.requests, []);
  });
});

test('a domain that announces none has none, and one whose DNS is silent may have one', async (t) => {
  const there = await stage(t);
  assert.deepEqual(await findSts(there.deps, 'other.example'), { kind: 'none' });
  there.dns.names.set('_mta-sts.broken.example', { fails: 'broken' });
  assert.deepEqual(await findSts(there.deps, 'broken.example'), { kind: 'failed' });
  assert.deepEqual(there.requests, []);
});
