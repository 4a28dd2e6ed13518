// Owns the proof of what each TLS mode accepts, and that content which needs verified TLS never leaves on
// any other connection: asserted by the bytes that the server received.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { SmtpCourierOptions } from '../../server/mail/courier.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { BOB, RAW, SENDER, SHORT, courierTo, serverWith } from './courier-bench.ts';
import { DROP, SILENT } from './scripted-server.ts';

const authority = makeAuthority();
const good = makeCertificate({ authority, names: ['localhost', '127.0.0.1'] });
const certificates: Record<string, TestCertificate | undefined> = {
  good,
  'wrong name': makeCertificate({ authority, names: ['mail.example.org'] }),
  expired: makeCertificate({ authority, names: ['localhost'], expiredDays: 2 }),
  'of an unknown authority': makeCertificate({ names: ['localhost'] }),
  'self-signed': selfSigned(),
  none: undefined,
};
const caPem = authority.certPem;
const modes: SmtpCourierOptions['tls'][] = ['verified', 'required', 'opportunistic'];

for (const implicit of [false, true]) {
  for (const [kind, certificate] of Object.entries(certificates)) {
    if (implicit && certificate === undefined) continue;
    for (const mode of modes) {
      for (const requireVerifiedTls of [false, true]) {
        const how = `${implicit ? 'smtps' : 'STARTTLS'}, certificate ${kind}, mode ${mode}`;
        test(`${how}${requireVerifiedTls ? ', content that needs verified TLS' : ''}`, async (t) => {
          const tls = certificate === undefined ? {} : { tls: { ...certificate, implicit } };
          const server = await serverWith(t, tls);
          const scheme = implicit ? 'smtps' : 'smtp';
          const courier = courierTo(t, server.port, {
            tls: mode,
            scheme,
            caPem,
            timeouts: { ...SHORT, greetingMs: 4_000 },
          });
          const outcome = await courier.send({ from: SENDER, to: BOB, raw: RAW, requireVerifiedTls });
          const actual = kind === 'good' ? 'verified' : certificate === undefined ? 'none' : 'unverified';
          const refused =
            actual !== 'verified' &&
            (requireVerifiedTls || mode === 'verified' || (mode === 'required' && actual === 'none'));
          if (!refused) {
            assert.deepEqual(outcome, { kind: 'sent', response: '250 2.0.0', tls: actual });
            assert.deepEqual(server.contents, [RAW.toString()]);
            return;
          }
          assert.partialDeepStrictEqual(outcome, { kind: 'failed', permanent: false, stage: 'TLS' });
          assert.equal('unverified' in outcome, requireVerifiedTls);
          assert.doesNotMatch(server.received(), /MAIL|RCPT|DATA|fox|sealpost|bob/i);
        });
      }
    }
  }
}

test('an IP address is checked against the addresses in the certificate', async (t) => {
  const server = await serverWith(t, { tls: good });
  const named = await serverWith(t, { tls: makeCertificate({ authority, names: ['localhost'] }) });
  const mail = { from: SENDER, to: BOB, raw: RAW };
  const right = await courierTo(t, server.port, { host: '127.0.0.1', tls: 'verified', caPem }).send(mail);
  assert.equal(right.kind === 'sent' && right.tls, 'verified');
  const wrong = await courierTo(t, named.port, { host: '127.0.0.1', tls: 'verified', caPem }).send(mail);
  assert.deepEqual(wrong, { kind: 'failed', permanent: false, stage: 'TLS' });
});

test('a good certificate of an authority that is not trusted counts for nothing', async (t) => {
  const server = await serverWith(t, { tls: good });
  const outcome = await courierTo(t, server.port, { tls: 'verified' }).send({ from: SENDER, to: BOB, raw: RAW });
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'TLS' });
  assert.deepEqual(server.contents, []);
});

test('STARTTLS refused is told as TLS with its code, and taken as none when opportunistic', async (t) => {
  const server = await serverWith(t, { tls: good, starttls: '454 4.7.0 TLS not available at mx7.internal.example' });
  const mail = { from: SENDER, to: BOB, raw: RAW };
  for (const tls of ['verified', 'required'] as const) {
    const outcome = await courierTo(t, server.port, { tls, caPem }).send(mail);
    assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'TLS', code: 454, enhanced: '4.7.0' });
  }
  const open = await courierTo(t, server.port, { tls: 'opportunistic', caPem }).send(mail);
  assert.deepEqual(open, { kind: 'sent', response: '250 2.0.0', tls: 'none' });
});

for (const [name, starttls] of [
  ['that drops the connection', DROP],
  ['that never comes', SILENT],
  ['that is no TLS', '220 2.0.0 go ahead'],
] as const) {
  test(`a handshake ${name} is told as TLS, and taken as none when opportunistic`, async (t) => {
    const server = await serverWith(t, { tls: good, starttls });
    const mail = { from: SENDER, to: BOB, raw: RAW };
    const strict = await courierTo(t, server.port, { tls: 'verified', caPem, timeouts: SHORT }).send(mail);
    assert.deepEqual(strict, { kind: 'failed', permanent: false, stage: 'TLS' });
    const open = await courierTo(t, server.port, { tls: 'opportunistic', timeouts: SHORT }).send(mail);
    assert.deepEqual(open, { kind: 'sent', response: '250 2.0.0', tls: 'none' });
  });
}

test('a server that does not speak TLS at an smtps address is told as TLS', async (t) => {
  const server = await serverWith(t, {});
  const mail = { from: SENDER, to: BOB, raw: RAW };
  for (const tls of modes) {
    const outcome = await courierTo(t, server.port, { scheme: 'smtps', tls, timeouts: SHORT }).send(mail);
    assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'TLS' });
  }
});

test('mails with and without the need for verified TLS share a connection and are still told apart', async (t) => {
  const server = await serverWith(t, { tls: makeCertificate({ names: ['localhost'] }) });
  const courier = courierTo(t, server.port, { tls: 'required', caPem });
  const first = await courier.send({ from: SENDER, to: BOB, raw: RAW });
  const second = await courier.send({ from: SENDER, to: BOB, raw: Buffer.from('private'), requireVerifiedTls: true });
  const third = await courier.send({ from: SENDER, to: BOB, raw: RAW });
  assert.deepEqual([first.kind, second.kind, third.kind], ['sent', 'failed', 'sent']);
  assert.doesNotMatch(server.received(), /private/);
});

test('NODE_EXTRA_CA_CERTS makes an authority count', async (t) => {
  const server = await serverWith(t, { tls: good });
  const script = `
    import { createSmtpCourier } from './server/mail/courier.ts';
    const courier = createSmtpCourier({ url: 'smtp://localhost:${server.port}', tls: 'verified', name: 'localhost' });
    console.log(JSON.stringify(await courier.send({ from: '', to: '${BOB}', raw: Buffer.from('hello') })));
    await courier.close();`;
  for (const [extra, kind] of [
    [good.caFile, 'sent'],
    ['', 'failed'],
  ] as const) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: extra },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    await once(child, 'close');
    const outcome: unknown = JSON.parse(Buffer.concat(output).toString());
    assert.equal(outcome !== null && typeof outcome === 'object' && 'kind' in outcome && outcome.kind, kind);
  }
});

function selfSigned(): TestCertificate {
  const pem = execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '5'].concat([
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      '-',
      '-out',
      '-',
    ]),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  ).toString();
  const [keyPem = ''] = /-----BEGIN PRIVATE KEY-----[^]+?-----END PRIVATE KEY-----\n/.exec(pem) ?? [];
  const [certPem = ''] = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n/.exec(pem) ?? [];
  return { certPem, keyPem, caPem: certPem, certFile: '', keyFile: '', caFile: '' };
}
