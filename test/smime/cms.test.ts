// The bytes of CMS: what must not open does not, what must not be believed is not, and bytes made to hurt are refused in time.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { systemClock } from '../../server/core/clock.ts';
import { BerFault, der, parseBer } from '../../server/crypto/ber.ts';
import { parseCertificate } from '../../server/crypto/certificate.ts';
import type { CertificateFacts } from '../../server/crypto/certificate.ts';
import { x963 } from '../../server/crypto/cms-agreement.ts';
import { envelop } from '../../server/crypto/cms-envelope.ts';
import type { ContentCipher } from '../../server/crypto/cms-envelope.ts';
import { EnvelopeClosed, openEnvelope } from '../../server/crypto/cms-open.ts';
import { checkSignature, signContent } from '../../server/crypto/cms-signature.ts';
import { contentCipher, envelopeRecipient } from '../../server/smime/choose-algorithms.ts';
import type { AlgorithmSettings } from '../../server/smime/choose-algorithms.ts';
import { makeMailAuthority, makeMailCertificate, mailFolder, openssl } from '../support/mail-certificates.ts';
import type { MailCertificate } from '../support/mail-certificates.ts';

const CONTENT = Buffer.from('Content-Type: text/plain\r\n\r\nOnly for Bob.\r\n');
const authority = makeMailAuthority();
const bob = makeMailCertificate({ authority });
const mallory = makeMailCertificate({ authority, address: 'mallory@example.com' });
const curve = makeMailCertificate({ authority, key: 'P-256' });

describe('an envelope', () => {
  for (const cipher of ['aes-256-gcm', 'aes-256-cbc'] as const) {
    test(`in ${cipher} opens for each of its recipients and for nobody else`, () => {
      const made = toBoth(cipher);
      assert.deepEqual(openEnvelope(made, [keyOf(bob)]), CONTENT);
      assert.deepEqual(openEnvelope(made, [keyOf(mallory), keyOf(curve)]), CONTENT);
      assert.throws(() => openEnvelope(made, [keyOf(mallory)]), EnvelopeClosed);
      assert.throws(() => openEnvelope(made, [{ ...keyOf(bob), privateKey: mallory.keyDer }]), EnvelopeClosed);
      assert.throws(() => openEnvelope(made, []), EnvelopeClosed);
    });
  }

  test('with authentication does not open when any of its last bytes is another', () => {
    const made = toBoth('aes-256-gcm');
    for (let back = 1; back <= 60; back++) {
      const changed = Buffer.from(made);
      const at = changed.length - back;
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(() => openEnvelope(changed, [keyOf(bob)]), EnvelopeClosed);
    }
  });

  test('cut short, or followed by something, says the same one thing', () => {
    const made = toBoth('aes-256-gcm');
    for (const bytes of [made.subarray(0, -1), Buffer.concat([made, made]), Buffer.alloc(0), Buffer.from('hello')]) {
      assert.throws(() => openEnvelope(bytes, [keyOf(bob)]), EnvelopeClosed);
    }
  });

  test('is not made for nobody, nor to a key that does not fit', () => {
    assert.throws(() => envelop(CONTENT, [], 'aes-256-gcm'));
    assert.throws(() => envelop(CONTENT, [{ ...facts(curve), transport: 'rsa-oaep' }], 'aes-256-gcm'));
    assert.throws(() => envelop(CONTENT, [{ ...facts(bob), transport: 'ecdh' }], 'aes-256-gcm'));
  });

  test('derives the keys of the published vectors of X9.63', () => {
    // NIST CAVP, ANS X9.63-2001, SHA-256, shared secrets of 192 bits.
    const secret = Buffer.from('96c05619d56c328ab95fe84b18264b08725b85e33fd34f08', 'hex');
    const wanted = Buffer.from('443024c3dae66b95e6f5670601558f71', 'hex');
    assert.deepEqual(x963('sha256', secret, Buffer.alloc(0), 16), wanted);
    assert.equal(x963('sha1', secret, Buffer.alloc(0), 45).length, 45);
  });
});

describe('the algorithms of a recipient', () => {
  const target = (one: MailCertificate, algorithms: Partial<AlgorithmSettings> = {}, capabilities: string[] = []) => ({
    facts: facts(one),
    algorithms: { cipher: 'auto' as const, allowsPkcs1: false, ...algorithms },
    capabilities,
  });
  const GCM = '2.16.840.1.101.3.4.1.46';

  test('are GCM where its capability is known, for all of them, and CBC else', () => {
    assert.equal(contentCipher([target(bob)]), 'aes-256-cbc');
    assert.equal(contentCipher([target(bob, {}, [GCM])]), 'aes-256-gcm');
    assert.equal(contentCipher([target(bob, { cipher: 'gcm' })]), 'aes-256-gcm');
    assert.equal(contentCipher([target(bob, { cipher: 'cbc' }, [GCM])]), 'aes-256-cbc');
    assert.equal(contentCipher([target(bob, {}, [GCM]), target(mallory)]), 'aes-256-cbc');
    const names = makeMailCertificate({
      authority,
      extensions: ['1.2.840.113549.1.9.15=DER:300d300b060960864801650304012e'],
    });
    assert.equal(contentCipher([target(names)]), 'aes-256-gcm');
  });

  test('are never PKCS #1 v1.5 without an administrator', () => {
    assert.equal(envelopeRecipient(target(bob)).transport, 'rsa-oaep');
    assert.equal(envelopeRecipient(target(bob, { cipher: 'cbc' })).transport, 'rsa-oaep');
    assert.equal(envelopeRecipient(target(bob, { allowsPkcs1: true })).transport, 'rsa-pkcs1');
    assert.equal(envelopeRecipient(target(curve, { allowsPkcs1: true })).transport, 'ecdh');
  });
});

describe('a signature', () => {
  const at = new Date(systemClock.nowMs());
  const sign = (kind: 'detached' | 'opaque', by = bob, as = facts(by), chain: Buffer[] = []): Promise<Buffer> =>
    signContent(CONTENT, { certificate: as, chain, privateKey: by.keyDer }, kind, at);

  test('holds for what was signed and for nothing else', async () => {
    const made = await sign('detached');
    assert.equal((await checkSignature(made, CONTENT)).isIntact, true);
    assert.equal((await checkSignature(made, Buffer.from('other'))).isIntact, false);
    await assert.rejects(checkSignature(made, undefined), BerFault);
    await assert.rejects(checkSignature(CONTENT, CONTENT), BerFault);
    const changed = Buffer.from(made);
    changed[changed.length - 3] = (changed.at(-3) ?? 0) ^ 1;
    assert.equal((await checkSignature(changed, CONTENT)).isIntact, false);
  });

  test('by another key than that of the certificate that it names is broken', async () => {
    assert.equal((await checkSignature(await sign('opaque', mallory, facts(bob)), undefined)).isIntact, false);
  });

  test('is nobody’s when a second certificate could be meant, however its issuer is spelt', async () => {
    // Of an authority whose name differs in case alone, with Bob's serial number, by Mallory's key.
    const twin = twinOf(bob, mallory);
    const made = await sign('opaque', mallory, facts(bob), [twin]);
    const [own, other] = [made.indexOf(bob.der), made.indexOf(twin)];
    assert.ok(own > 0 && other === own + bob.der.length);
    const swapped = Buffer.concat([made.subarray(0, own), twin, bob.der, made.subarray(other + twin.length)]);
    for (const bytes of [made, swapped]) assert.equal((await checkSignature(bytes, undefined)).isIntact, false);
  });

  test('with a certificate that is not for signing is broken', async () => {
    const mute = makeMailCertificate({ authority, keyUsage: 'keyEncipherment' });
    assert.equal((await checkSignature(await sign('opaque', mute), undefined)).isIntact, false);
  });
});

describe('bytes that are made to hurt', () => {
  test('nested, endless or too many elements are refused', () => {
    let deep: Buffer = Buffer.alloc(0);
    for (let n = 0; n < 100; n++) deep = der(0x30, deep);
    const many = der(0x30, Buffer.alloc(800_000, Buffer.from([0x05, 0x00])));
    const endless = Buffer.concat([Buffer.from([0x30, 0x80]), Buffer.alloc(100, Buffer.from([0x30, 0x80]))]);
    const huge = Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x00]);
    for (const bytes of [deep, many, endless, huge, Buffer.from([0x30]), Buffer.from([0x1f, 0x81, 0x00])]) {
      assert.throws(() => parseBer(bytes), BerFault);
    }
  });

  test('a certificate that is none is refused', () => {
    for (const bytes of [Buffer.from('30030201', 'hex'), der(0x30, Buffer.alloc(10)), bob.der.subarray(0, -5)]) {
      assert.throws(() => parseCertificate(bytes), BerFault);
    }
  });
});

function toBoth(cipher: ContentCipher): Buffer {
  return envelop(
    CONTENT,
    [
      { ...facts(bob), transport: 'rsa-oaep' },
      { ...facts(curve), transport: 'ecdh' },
    ],
    cipher,
  );
}

function facts(one: MailCertificate): CertificateFacts {
  return parseCertificate(one.der);
}

function keyOf(one: MailCertificate) {
  const { issuerAndSerial, subjectKeyId } = facts(one);
  return { privateKey: one.keyDer, issuerAndSerial, subjectKeyId };
}

/** A certificate with the serial number of the one and the key of the other, from an authority of nearly the same name. */
function twinOf(one: MailCertificate, other: MailCertificate): Buffer {
  const dir = mailFolder();
  const file = (name: string): string => join(dir, name);
  const ca = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('ca-key.pem')];
  openssl('req', '-x509', ...ca, '-subj', '/O=test/CN=MAIL TEST authority', '-out', file('ca.pem'), '-days', '9');
  openssl('req', '-new', '-key', other.keyFile, '-subj', '/CN=Bob Recipient', '-out', file('request.pem'));
  writeFileSync(file('extensions.cnf'), 'keyUsage=digitalSignature\nsubjectAltName=email:bob@recipient.example\n');
  const by = ['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem'), '-set_serial', `0x${facts(one).serial}`];
  const extensions = ['-extfile', file('extensions.cnf'), '-days', '9'];
  openssl(
    'x509',
    '-req',
    '-in',
    file('request.pem'),
    ...by,
    ...extensions,
    '-outform',
    'DER',
    '-out',
    file('twin.der'),
  );
  return readFileSync(file('twin.der'));
}
