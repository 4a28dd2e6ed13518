// What is said of the organisation's domains: the records in use beside those that are published, each fault with its cure, and
// nothing where the DNS does not answer.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { systemClock } from '../../server/core/clock.ts';
import { publicDkimKey } from '../../server/crypto/dkim-key.ts';
import { parseStsPolicy } from '../../server/delivery/mta-sts.ts';
import { validatingDns } from '../../server/delivery/validating-dns.ts';
import { checkDomains } from '../../server/own-domains/check-domains.ts';
import type { DomainCheckDeps } from '../../server/own-domains/check-domains.ts';
import { bindDomainChecks } from '../../server/own-domains/domain-checks.ts';
import type { ToldFinding } from '../../server/own-domains/report.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns, TestName } from '../support/dns-server.ts';

const RELAY = '192.0.2.25';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = publicDkimKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const other = publicDkimKey(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);
const dkim = { domain: 'example.com', selector: 'mail', publicKey: keys.spki, bareKey: keys.pkcs1 };
const KEY = 'mail._domainkey.example.com';
const POLICY = 'version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800\n';

const inOrder: Readonly<Record<string, TestName>> = {
  'example.com': { mx: [[10, 'mx.example.com']], txt: ['v=spf1 a:relay.example.net -all', 'something=else'] },
  'relay.example.net': { a: [RELAY] },
  [KEY]: { txt: [`v=DKIM1; k=rsa; p=${keys.spki}`] },
  '_dmarc.example.com': { txt: ['v=DMARC1; p=reject; rua=mailto:d@example.com'] },
  '_mta-sts.example.com': { txt: ['v=STSv1; id=1;'] },
  '_smtp._tls.example.com': { txt: ['v=TLSRPTv1; rua=mailto:t@example.com'] },
};

let dns: TestDns;
before(async () => {
  dns = await startDns();
});
after(() => dns.close());
beforeEach(() => {
  dns.names.clear();
  for (const [name, entry] of Object.entries(inOrder)) dns.names.set(name, entry);
});

function deps(more: Partial<DomainCheckDeps> = {}): DomainCheckDeps {
  return {
    dns: validatingDns({ host: '127.0.0.1', port: dns.port }),
    clock: systemClock,
    author: 'example.com',
    orgDomains: ['example.com'],
    dkim,
    tryOut: false,
    sendsForPeople: true,
    findSending: () => Promise.resolve({ kind: 'relay', host: 'relay.example.net', addresses: [RELAY] }),
    fetchSts: () => Promise.resolve(parseStsPolicy(POLICY)),
    withinMs: 10_000,
    ...more,
  };
}

async function look(check: string, more: Partial<DomainCheckDeps> = {}, domain = 'example.com'): Promise<ToldFinding> {
  const { domains } = await checkDomains(deps(more));
  const found = domains.find((one) => one.domain === domain)?.findings.find((one) => one.check === check);
  assert.ok(found, `nothing is said of ${check} at ${domain}`);
  return found;
}

const set = (name: string, entry: TestName | undefined): unknown =>
  entry === undefined ? dns.names.delete(name) : dns.names.set(name, entry);

test('all is in order, and nothing is to be published', async () => {
  const report = await checkDomains(deps());
  assert.deepEqual(
    report.domains.flatMap(({ findings }) => findings.map(({ check, tone, publish }) => [check, tone, publish])),
    ['mx', 'spf', 'dkim', 'dmarc', 'mta-sts', 'tls-rpt'].map((check) => [check, 'good', undefined]),
  );
  assert.deepEqual([report.bad, report.open], [0, 0]);
});

describe('each fault is told with its cure', () => {
  const cases: readonly (readonly [string, string, TestName | undefined, string, RegExp, RegExp?])[] = [
    ['mx', 'example.com', { txt: ['v=spf1 -all'] }, 'bad', /names no mail server/],
    ['mx', 'example.com', { mx: [[0, '.']], txt: [] }, 'bad', /takes no mail/],
    [
      'spf',
      'example.com',
      { mx: [[10, 'mx.example.com']] },
      'bad',
      /Nothing says who/,
      /^v=spf1 mx a:relay\.example\.net ~all$/,
    ],
    ['spf', 'example.com', { txt: ['v=spf1 a -all', 'v=spf1 mx -all'] }, 'bad', /2 SPF records/],
    ['spf', 'example.com', { txt: ['v=spf1 include:gone.example -all'] }, 'bad', /whole record is broken/],
    ['spf', 'example.com', { txt: ['v=spf1 relay.example.net -all'] }, 'bad', /cannot be read/],
    ['spf', 'example.com', { txt: ['v=spf1 +all'] }, 'bad', /everybody/],
    [
      'spf',
      'example.com',
      { txt: ['v=spf1 ip4:198.51.100.1 -all'] },
      'waiting',
      /does not name 192\.0\.2\.25/,
      /^v=spf1 ip4:198\.51\.100\.1 a:relay\.example\.net -all$/,
    ],
    ['dkim', KEY, undefined, 'bad', /not published/, new RegExp(`p=${keys.spki.slice(0, 40).replaceAll('+', '\\+')}`)],
    ['dkim', KEY, { txt: [`v=DKIM1; p=${other.spki}`] }, 'bad', /Another key is published/, /^v=DKIM1/],
    ['dkim', KEY, { txt: ['v=DKIM1; p='] }, 'bad', /revoked/],
    ['dkim', KEY, { txt: ['v=DKIM2; p=x'] }, 'bad', /no DKIM key/],
    ['dkim', KEY, { txt: [`v=DKIM1; p=${keys.spki}; p=x`] }, 'bad', /no DKIM key/],
    ['dkim', KEY, { txt: [`v=DKIM1; h=sha1; p=${keys.spki}`] }, 'bad', /limits/],
    ['dkim', KEY, { txt: [`v=DKIM1; t=s:y; p=${keys.spki}`] }, 'waiting', /trial/],
    ['dkim', KEY, { txt: [`p=${keys.spki}`, 'v=DKIM1; p='] }, 'bad', /2 records/],
    ['dmarc', '_dmarc.example.com', undefined, 'bad', /No policy/, /^v=DMARC1; p=none/],
    ['dmarc', '_dmarc.example.com', { txt: ['v=DMARC1; p=none'] }, 'waiting', /only watches/],
    ['dmarc', '_dmarc.example.com', { txt: ['v=DMARC1; p=nothing'] }, 'bad', /cannot be read/],
    ['dmarc', '_dmarc.example.com', { txt: ['v=DMARC1; p=reject', 'v=DMARC1; p=none'] }, 'bad', /more than one/],
    ['dmarc', '_dmarc.example.com', { txt: ['v=DMARC1; p=quarantine; pct=10'] }, 'waiting', /for 10 % of mail/],
    ['mta-sts', '_mta-sts.example.com', undefined, 'waiting', /announces no policy/, /^v=STSv1; id=\d{14}$/],
    ['mta-sts', '_mta-sts.example.com', { txt: ['v=STSv1; id=a-b'] }, 'bad', /cannot be read/],
    ['tls-rpt', '_smtp._tls.example.com', undefined, 'waiting', /Nobody is told/, /^v=TLSRPTv1; rua=/],
    ['tls-rpt', '_smtp._tls.example.com', { txt: ['v=TLSRPTv1; rua=tel:1'] }, 'bad', /cannot be read/],
  ];
  for (const [check, name, entry, tone, says, publish] of cases) {
    test(`${check}: ${entry === undefined ? 'nothing' : JSON.stringify(entry.txt?.[0]?.slice(0, 40) ?? entry)}`, async () => {
      set(name, entry);
      const found = await look(check);
      assert.match(found.says, says);
      assert.equal(found.tone, tone);
      assert.ok(found.cure);
      if (publish !== undefined) assert.match(found.publish?.value ?? '', publish);
    });
  }
});

test('a record with more than ten look-ups is broken for its receivers', async () => {
  const includes = Array.from({ length: 11 }, (_, n) => `include:p${n}.example`);
  for (let n = 0; n < 11; n += 1) set(`p${n}.example`, { txt: ['v=spf1 ip4:192.0.2.25 -all'] });
  set('example.com', { mx: [[10, 'mx.example.com']], txt: [`v=spf1 ${includes.join(' ')} -all`] });
  const found = await look('spf');
  assert.equal(found.tone, 'bad');
  assert.match(found.says, /takes 11 look-ups/);
});

test('a DNS that is silent, or whose answers are bogus, is told as not known, and within the time', async () => {
  const silence = (): Promise<never> => new Promise(() => undefined);
  const silent = { validates: true, mx: silence, txt: silence, addresses: silence, tlsa: silence };
  const { domains, bad } = await checkDomains(deps({ dns: silent, withinMs: 50 }));
  assert.equal(bad, 0);
  assert.ok(domains.every(({ findings }) => findings.every(({ tone }) => tone === 'off')));
  for (const name of dns.names.keys()) set(name, { ...inOrder[name], fails: 'broken' });
  const bogus = await checkDomains(deps());
  assert.ok(bogus.domains.every(({ findings }) => findings.every(({ tone }) => tone === 'off')));
});

test('the key as RFC 6376 writes it, and one with blanks in it, is the same key', async () => {
  set(KEY, { txt: [`v=DKIM1; k=rsa; p=${keys.pkcs1}`] });
  assert.equal((await look('dkim')).tone, 'good');
  set(KEY, { txt: [`k=rsa; p=${keys.spki.slice(0, 50)} ${keys.spki.slice(50)}`] });
  assert.equal((await look('dkim')).tone, 'good');
});

describe('mail is aligned', () => {
  const signedBy = (domain: string) => ({ dkim: { ...dkim, domain } });

  test('by a signature of the same organisation, unless the policy wants the very domain', async () => {
    set('secure.example.com', { mx: [[10, 'mx.example.com']], txt: ['v=spf1 -all'] });
    const from = { author: 'secure.example.com', orgDomains: ['example.com'], ...signedBy('example.com') };
    const relaxed = await look('dmarc', from, 'secure.example.com');
    assert.equal(relaxed.tone, 'good');
    assert.match(relaxed.says, /said at example\.com.*DKIM signs as example\.com, which fits/);
    set('_dmarc.example.com', { txt: ['v=DMARC1; p=reject; adkim=s; aspf=s'] });
    const strict = await look('dmarc', from);
    assert.match(strict.says, /its envelope is of secure\.example\.com, which does not fit/);
    assert.equal(strict.tone, 'good', 'the signature fits by itself');
    assert.equal((await look('dmarc', { ...from, ...signedBy('mail.example.com') })).tone, 'waiting');
  });

  test('and is not by that of a stranger, whose name merely ends alike', async () => {
    set('example.org', { mx: [[10, 'mx.example.com']], txt: ['v=spf1 -all'] });
    set('_dmarc.example.org', { txt: ['v=DMARC1; p=reject'] });
    const more = { orgDomains: ['example.com', 'example.org'] };
    const stranger = await look('dmarc', more, 'example.org');
    assert.equal(stranger.tone, 'waiting', 'only where mail goes directly');
    assert.match(stranger.says, /in the name of its people is not aligned/);
    assert.match(stranger.cure ?? '', /DKIM_DOMAIN to example\.org/);
    set('notexample.org', { mx: [[10, 'mx.example.com']] });
    set('_dmarc.notexample.org', { txt: ['v=DMARC1; p=reject'] });
    const alike = { orgDomains: ['notexample.org'], ...signedBy('example.org') };
    assert.equal((await look('dmarc', alike, 'notexample.org')).tone, 'waiting');
    assert.equal((await look('dmarc', { ...more, tryOut: true }, 'example.org')).tone, 'good', 'nothing leaves');
  });

  test('by its envelope, where nothing signs, as far as SPF vouches for what sends', async () => {
    const found = await look('dmarc', { dkim: undefined });
    assert.equal(found.tone, 'good');
    assert.match((await look('dkim', { dkim: undefined })).cure ?? '', /DKIM_DOMAIN=example\.com/);
    set('example.com', { mx: [[10, 'mx.example.com']], txt: ['v=spf1 ip4:198.51.100.1 -all'] });
    const unnamed = await look('dmarc', { dkim: undefined });
    assert.equal(unnamed.tone, 'waiting', 'the relay may send from elsewhere');
    assert.match(unnamed.says, /SPF does not vouch for what sends/);
    set('example.com', { mx: [[10, 'mx.example.com']] });
    assert.equal((await look('dmarc', { dkim: undefined })).tone, 'bad');
    assert.equal((await look('dmarc')).tone, 'good', 'the signature fits by itself');
  });
});

test('what signs alone is looked at for its key alone', async () => {
  set('k.signer.example', undefined);
  const { domains } = await checkDomains(deps({ dkim: { ...dkim, domain: 'signer.example' } }));
  const signer = domains.find(({ domain }) => domain === 'signer.example');
  assert.deepEqual(
    signer?.findings.map(({ check, tone }) => [check, tone]),
    [['dkim', 'bad']],
  );
});

describe('a policy of MTA-STS', () => {
  for (const [name, text, tone, says] of [
    ['that cannot be had', undefined, 'bad', /cannot be had/],
    ['on trial', POLICY.replace('enforce', 'testing'), 'waiting', /on trial/],
    ['withdrawn', 'version: STSv1\nmode: none\nmax_age: 1\n', 'waiting', /withdrawn/],
    [
      'that forgets an MX host',
      POLICY.replace('mx.example.com', 'old.example.com'),
      'bad',
      /does not name mx\.example\.com/,
    ],
    ['that names all by a wildcard', POLICY.replace('mx.example.com', '*.example.com'), 'good', /in force/],
  ] as const) {
    test(`${name} is told so`, async () => {
      const found = await look('mta-sts', {
        fetchSts: () => Promise.resolve(text === undefined ? undefined : parseStsPolicy(text)),
      });
      assert.equal(found.tone, tone);
      assert.match(found.says, says);
    });
  }
});

test('a relay without a public address cannot be judged, and nobody says that it is wrong', async () => {
  const found = await look('spf', {
    findSending: () => Promise.resolve({ kind: 'relay', host: 'relay.internal', addresses: [] }),
  });
  assert.equal(found.tone, 'waiting');
  assert.match(found.says, /no public address/);
});

test('several who look at once are one look, and a moment later it is still the same', async () => {
  let looks = 0;
  const checks = bindDomainChecks(systemClock, () => {
    looks += 1;
    return checkDomains(deps());
  });
  assert.equal(checks.last(), undefined);
  await Promise.all([checks.look(), checks.look(), checks.look()]);
  await checks.look();
  assert.equal(looks, 1);
  assert.equal(checks.last()?.bad, 0);
});
