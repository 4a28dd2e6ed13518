// What a destination has to prove before a mail goes to it directly, and that nothing of the mail leaves where it does not.

import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import { createDirectCourier } from '../../server/mail/courier-direct.ts';
import type { DirectCourier, DirectHost } from '../../server/mail/courier-direct.ts';
import type { TlsDemand, TlsProof } from '../../server/mail/tls-demand.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { BOB, RAW, SENDER, SHORT, serverWith } from './courier-bench.ts';

const authority = makeAuthority();
const good = makeCertificate({ authority, names: ['localhost'] });
const wrongName = makeCertificate({ authority, names: ['mail.example.org'] });
const expired = makeCertificate({ authority, names: ['localhost'], expiredDays: 2 });
const stranger = makeCertificate({ names: ['localhost'] });
/** With its authority in the chain, as RFC 7672 section 3.1.2 asks of those that publish usage 2. */
const chained = (one: TestCertificate): TestCertificate => ({ ...one, certPem: one.certPem + one.caPem });

const der = (pem: string): Buffer => new X509Certificate(pem).raw;
const spki = (pem: string): Buffer => new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
const sha = (bytes: Buffer, by = 'sha256'): Buffer => createHash(by).update(bytes).digest();

const byCa: TlsProof = { kind: 'ca', names: ['localhost'] };
const byPin: TlsProof = { kind: 'pin', pins: [sha(spki(good.certPem)).toString('base64')] };
function dane(usage: number, selector: number, matching: number, data: Buffer): TlsProof {
  return { kind: 'dane', records: [{ usage, selector, matching, data }], names: ['localhost'] };
}
const ee = dane(3, 1, 1, sha(spki(good.certPem)));
const ta = dane(2, 0, 1, sha(der(authority.certPem)));

const cases: readonly (readonly [string, TlsProof, TestCertificate | undefined, boolean])[] = [
  ['an authority and the name', byCa, good, true],
  ['an authority, of another name', byCa, wrongName, false],
  ['an authority, of a certificate that ran out', byCa, expired, false],
  ['an authority that nobody trusts', byCa, stranger, false],
  ['an authority, without TLS', byCa, undefined, false],
  [
    'an authority and one of the given names',
    { kind: 'ca', names: ['a.example', 'mail.example.org'] },
    wrongName,
    true,
  ],
  ['an authority and no name at all', { kind: 'ca', names: [] }, good, false],
  ['a pinned key', byPin, good, true],
  ['a pinned key, of another key', byPin, wrongName, false],
  ['a pinned key, without TLS', byPin, undefined, false],
  ['no pin at all', { kind: 'pin', pins: [] }, good, false],
  ['DANE-EE, key by SHA-256', ee, good, true],
  ['DANE-EE, key by SHA-512', dane(3, 1, 2, sha(spki(good.certPem), 'sha512')), good, true],
  ['DANE-EE, the key itself', dane(3, 1, 0, spki(good.certPem)), good, true],
  ['DANE-EE, certificate by SHA-256', dane(3, 0, 1, sha(der(good.certPem))), good, true],
  ['DANE-EE of a certificate with another name', dane(3, 1, 1, sha(spki(wrongName.certPem))), wrongName, true],
  ['DANE-EE of a certificate that ran out', dane(3, 1, 1, sha(spki(expired.certPem))), expired, true],
  ['DANE-EE of another key', ee, wrongName, false],
  ['DANE-EE, without TLS', ee, undefined, false],
  ['DANE-TA and the name', ta, chained(good), true],
  ['DANE-TA by its key', dane(2, 1, 1, sha(spki(authority.certPem))), chained(good), true],
  ['DANE-TA, of another name', ta, chained(wrongName), false],
  ['DANE-TA, of a certificate that ran out', ta, chained(expired), false],
  ['DANE-TA, of another authority', ta, chained(stranger), false],
  [
    'DANE-TA, whose certificate is only put beside',
    ta,
    { ...stranger, certPem: stranger.certPem + authority.certPem },
    false,
  ],
  ['DANE-TA that names the leaf', dane(2, 1, 1, sha(spki(good.certPem))), good, false],
  ['a usage that SMTP does not know', dane(1, 1, 1, sha(spki(good.certPem))), good, false],
  ['a selector that nobody knows', dane(3, 7, 1, sha(spki(good.certPem))), good, false],
  ['a digest that nobody knows', dane(3, 1, 9, sha(spki(good.certPem))), good, false],
  ['no record at all', { kind: 'dane', records: [], names: ['localhost'] }, good, false],
];

describe('a destination has to prove itself', () => {
  for (const [name, proof, certificate, isMet] of cases) {
    test(`by ${name}: ${isMet ? 'sent' : 'nothing leaves'}`, async (t) => {
      const server = await serverWith(t, certificate === undefined ? {} : { tls: certificate });
      const { outcome, via } = await courier(t).send([host(server.port, { minVersion: 'TLSv1.2', proof })], mail);
      if (isMet) {
        assert.deepEqual(outcome, { kind: 'sent', response: '250 2.0.0', tls: 'verified' });
        assert.deepEqual(via?.protocol, 'TLSv1.3');
        assert.deepEqual(server.contents, [RAW.toString()]);
        return;
      }
      assert.partialDeepStrictEqual(outcome, { kind: 'failed', permanent: false, stage: 'TLS', unverified: true });
      assert.equal(via, undefined);
      assert.doesNotMatch(server.received(), /MAIL|RCPT|DATA|fox|sealpost|bob/i);
    });
  }

  test('one that speaks no more than TLS 1.2 is sent nothing where 1.3 is asked', async (t) => {
    const server = await serverWith(t, { tls: { ...good, maxVersion: 'TLSv1.2' } });
    const strict = await courier(t).send([host(server.port, { minVersion: 'TLSv1.3', proof: byCa })], mail);
    assert.equal(strict.outcome.kind, 'failed');
    assert.doesNotMatch(server.received(), /MAIL|fox/);
    const lax = await courier(t).send([host(server.port, { minVersion: 'TLSv1.2', proof: byCa })], mail);
    assert.deepEqual([lax.outcome.kind, lax.via?.protocol], ['sent', 'TLSv1.2']);
  });
});

describe('a partner who asks who comes', () => {
  const ours = makeCertificate({ names: ['sealpost.example.com'] });
  const client = { certificatePem: ours.certPem, keyPem: ours.keyPem };
  const asking = { tls: { ...good, clientCaPem: ours.caPem } };
  const demand: TlsDemand = { minVersion: 'TLSv1.2', proof: byCa };

  test('is shown our certificate', async (t) => {
    const server = await serverWith(t, asking);
    const { outcome } = await courier(t).send([host(server.port, { ...demand, client })], mail);
    assert.equal(outcome.kind, 'sent');
  });

  test('takes nothing without it, or with another', async (t) => {
    const other = makeCertificate({ names: ['sealpost.example.com'] });
    for (const shown of [{}, { client: { certificatePem: other.certPem, keyPem: other.keyPem } }]) {
      const server = await serverWith(t, asking);
      const { outcome } = await courier(t).send([host(server.port, { ...demand, ...shown })], mail);
      assert.equal(outcome.kind, 'failed');
      assert.doesNotMatch(server.received(), /fox/);
    }
  });
});

describe('of several hosts', () => {
  test('the next is taken when the first proves nothing, and none without a demand', async (t) => {
    const bad = await serverWith(t, { tls: stranger });
    const open = await serverWith(t, {});
    const right = await serverWith(t, { tls: good });
    const demand: TlsDemand = { minVersion: 'TLSv1.2', proof: byCa };
    const hosts = [host(bad.port, demand), host(open.port, undefined), host(right.port, demand)];
    const { outcome } = await courier(t).send(hosts, mail);
    assert.equal(outcome.kind, 'sent');
    assert.equal(right.contents.length, 1);
    assert.equal(open.received(), '');
    const none = await courier(t).send([host(open.port, undefined)], mail);
    assert.equal(none.outcome.kind === 'failed' && none.outcome.unverified, true);
    assert.equal(open.received(), '');
  });

  test('one that refuses the recipient is the last', async (t) => {
    const refusing = await serverWith(t, { tls: good, rcpt: '550 5.1.1 no' });
    const right = await serverWith(t, { tls: good });
    const demand: TlsDemand = { minVersion: 'TLSv1.2', proof: byCa };
    const { outcome } = await courier(t).send([host(refusing.port, demand), host(right.port, demand)], mail);
    assert.deepEqual(outcome, { kind: 'failed', permanent: true, stage: 'RCPT', code: 550, enhanced: '5.1.1' });
    assert.deepEqual(right.contents, []);
  });
});

const mail = { from: SENDER, to: BOB, raw: RAW, requireVerifiedTls: true };

function host(port: number, demand: TlsDemand | undefined): DirectHost {
  return { host: 'localhost', port, addresses: ['127.0.0.1'], demand };
}

function courier(t: TestContext): DirectCourier {
  const made = createDirectCourier({
    name: 'portal.example.com',
    tls: 'opportunistic',
    caPem: authority.certPem,
    timeouts: { ...SHORT, greetingMs: 4_000 },
  });
  t.after(() => made.close());
  return made;
}
