// Owns the proof that content arrives whole or not at all, that nothing in it can end it early, and that a
// signature stands on it which others can verify.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { createSmtpCourier } from '../../server/mail/courier.ts';
import { dkimHolds } from '../support/dkim.ts';
import { BOB, RAW, SENDER, courierTo, serverWith } from './courier-bench.ts';
import { DROP } from './scripted-server.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const dkim = { domain: 'example.com', selector: 's1.portal', privateKeyPem };
const signer = { domain: dkim.domain, selector: dkim.selector, publicKey };
const envelope = { from: SENDER, to: BOB };

const smuggling = [
  '\n.\n',
  '\n.\r\n',
  '\r.\r',
  '\r\n.\n',
  '\r\n.\r',
  '\r.\r\n',
  '\r\n.\r\n',
  '\r\n\0.\r\n',
  '\n\n.\r\n',
];

for (const end of smuggling) {
  test(`${JSON.stringify(end)} in the content does not end it`, async (t) => {
    const server = await serverWith(t, {});
    const text = `Subject: one\r\n\r\nbody${end}MAIL FROM:<eve@example.com>\r\nRCPT TO:<x@example.com>\r\nDATA\r\n`;
    for (const raw of [Buffer.from(text), Readable.from([...text].map((one) => Buffer.from(one)))]) {
      const outcome = await courierTo(t, server.port).send({ ...envelope, raw });
      assert.equal(outcome.kind, 'sent');
    }
    assert.equal(server.contents.length, 2);
    for (const content of server.contents) {
      assert.match(content, /DATA\r\n$/);
      assert.doesNotMatch(content.replaceAll('\r\n', ''), /[\r\n]/);
    }
    assert.ok(!server.commands.some((line) => line.includes('eve')));
  });
}

test('a line that begins with a dot arrives with it, and content without a line end gets one', async (t) => {
  const server = await serverWith(t, {});
  await courierTo(t, server.port).send({ ...envelope, raw: Buffer.from('.first\r\n..second\r\nlast') });
  assert.deepEqual(server.contents, ['..first\r\n...second\r\nlast\r\n']);
});

test('a stream is sent as it comes', async (t) => {
  const server = await serverWith(t, {});
  const raw = Readable.from(['Subject: x\r\n\r\n', 'one\r\n', 'two\r\n'].map((one) => Buffer.from(one)));
  const outcome = await courierTo(t, server.port).send({ ...envelope, raw });
  assert.equal(outcome.kind, 'sent');
  assert.deepEqual(server.contents, ['Subject: x\r\n\r\none\r\ntwo\r\n']);
});

for (const signed of [false, true]) {
  for (const [name, fail] of [
    ['fails', (raw?: Readable) => raw?.destroy(new Error('the seal is broken'))],
    ['stops without an error', (raw?: Readable) => raw?.destroy()],
  ] as const) {
    test(`content that ${name} midway reaches nobody as a mail${signed ? ', with a signature too' : ''}`, async (t) => {
      const server = await serverWith(t, {});
      const courier = courierTo(t, server.port, signed ? { dkim } : {});
      const held: { raw?: Readable } = {};
      held.raw = Readable.from(
        (async function* (): AsyncGenerator<Buffer> {
          yield Buffer.from('Subject: x\r\n\r\n');
          yield Buffer.from('half of it\r\n');
          fail(held.raw);
          yield Buffer.from('never\r\n');
        })(),
      );
      await assert.rejects(courier.send({ ...envelope, raw: held.raw }), /the seal is broken|Premature close/);
      assert.equal((await courier.send({ ...envelope, raw: RAW })).kind, 'sent');
      assert.equal(server.contents.length, 1, 'only the second mail was ended by a dot');
      assert.equal(server.sessions(), 2);
    });
  }
}

test('an error of the content is thrown as it is, code and all', async (t) => {
  const server = await serverWith(t, {});
  const broken = Object.assign(new Error('the seal is broken'), { code: 'seal/broken' });
  const raw = new Readable({ read: () => undefined });
  raw.destroy(broken);
  await assert.rejects(courierTo(t, server.port).send({ ...envelope, raw }), (error) => error === broken);
  assert.equal(broken.code, 'seal/broken');
});

test('a stream is let go of when nothing of it could be sent', async (t) => {
  const server = await serverWith(t, { greeting: DROP });
  const courier = courierTo(t, server.port);
  const raw = new Readable({ read: () => undefined });
  assert.equal((await courier.send({ ...envelope, raw })).kind, 'failed');
  assert.ok(raw.destroyed);
  const second = new Readable({ read: () => undefined });
  assert.equal((await courier.send({ ...envelope, raw: second, requireVerifiedTls: true })).kind, 'failed');
  assert.ok(second.destroyed);
});

test('what leaves is signed, and the signature holds', async (t) => {
  const server = await serverWith(t, {});
  const courier = courierTo(t, server.port, { dkim });
  const mail =
    'From: a@example.com\r\nTo: b@example.net\r\nSubject:  two  words\r\n\tfolded\r\n\r\nHello \t there  \r\n.dot\r\n\r\n\r\n';
  await courier.send({ ...envelope, raw: Buffer.from(mail) });
  await courier.send({
    ...envelope,
    raw: Readable.from([Buffer.from(mail.slice(0, 30)), Buffer.from(mail.slice(30))]),
  });
  assert.equal(server.contents.length, 2);
  for (const content of server.contents) {
    const arrived = content.replaceAll('\r\n..', '\r\n.');
    assert.ok(arrived.endsWith(mail));
    assert.ok(dkimHolds(arrived, signer));
    assert.ok(!dkimHolds(arrived.replace('two', 'three'), signer), 'a changed subject must show');
    assert.ok(!dkimHolds(arrived.replace('Hello', 'Hallo'), signer), 'a changed body must show');
  }
});

test('a key that would leave mails unsigned or wrongly signed is refused at once', () => {
  const pem = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string =>
    key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const bad = {
    Ed25519: pem(generateKeyPairSync('ed25519').privateKey),
    'P-256': pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    'P-521': pem(generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey),
    'RSA of 1024 bits': pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    'a public key': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'no PEM': 'hunter2',
    nothing: '',
  };
  const options = { url: 'smtp://localhost:25', tls: 'verified', name: 'localhost' } as const;
  for (const [name, key] of Object.entries(bad)) {
    const make = () => createSmtpCourier({ ...options, dkim: { ...dkim, privateKeyPem: key } });
    assert.throws(make, /DKIM key must be an RSA private key/, name);
  }
  for (const domain of ['', 'Example.com', 'a;b.example', 'localhost']) {
    assert.throws(() => createSmtpCourier({ ...options, dkim: { ...dkim, domain } }), /DKIM domain/);
  }
  for (const selector of ['', 'a b', 'a;d=evil.example', '-a', 'a..b']) {
    assert.throws(() => createSmtpCourier({ ...options, dkim: { ...dkim, selector } }), /DKIM selector/);
  }
});
