// Owns the proof that the relay's password is sent over TLS or not at all, save to this machine when that
// was chosen, and that a refused login keeps the mail.

import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { BOB, RAW, SENDER, courierTo, serverWith } from './courier-bench.ts';
import { DROP } from './scripted-server.ts';

const authority = makeAuthority();
const tls = makeCertificate({ authority, names: ['localhost', '127.0.0.1'] });
const caPem = authority.certPem;
const login = 'portal:s%2Fcret%20word@';
const encoded = Buffer.from('\0portal\0s/cret word').toString('base64');
const mail = { from: SENDER, to: BOB, raw: RAW };

test('the login is decoded and sent after TLS', async (t) => {
  const server = await serverWith(t, { tls, extensions: ['AUTH PLAIN LOGIN'] });
  for (const mode of ['verified', 'required', 'opportunistic'] as const) {
    const outcome = await courierTo(t, server.port, { login, tls: mode, caPem }).send(mail);
    assert.equal(outcome.kind, 'sent');
  }
  const wanted = ['STARTTLS', 'EHLO portal.example.com', `AUTH PLAIN ${encoded}`];
  assert.deepEqual(server.commands.slice(1, 4), wanted);
});

test("a refused login is told as AUTH and is nobody else's fault", async (t) => {
  for (const [auth, codes] of [
    ['535 5.7.8 no such user portal', { code: 535, enhanced: '5.7.8' }],
    ['454 4.7.0 later', { code: 454, enhanced: '4.7.0' }],
    ['421 4.3.2 gone', { code: 421, enhanced: '4.3.2' }],
    [DROP, {}],
  ] as const) {
    const server = await serverWith(t, { tls, extensions: ['AUTH PLAIN'], auth });
    const outcome = await courierTo(t, server.port, { login, tls: 'verified', caPem }).send(mail);
    assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'AUTH', ...codes });
    assert.doesNotMatch(server.received(), /MAIL FROM/);
  }
});

test('a server that offers no login is not given one', async (t) => {
  const server = await serverWith(t, { tls });
  const outcome = await courierTo(t, server.port, { login, tls: 'verified', caPem }).send(mail);
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'AUTH' });
  assert.doesNotMatch(server.received(), /AUTH/);
});

test('in clear the login goes to this machine only when opportunistic', async (t) => {
  const server = await serverWith(t, { extensions: ['AUTH PLAIN'] });
  const opportunistic = await courierTo(t, server.port, { login, tls: 'opportunistic' }).send(mail);
  assert.equal(opportunistic.kind, 'sent');
  const strict = await serverWith(t, { extensions: ['AUTH PLAIN'] });
  for (const mode of ['verified', 'required'] as const) {
    const outcome = await courierTo(t, strict.port, { login, tls: mode, caPem }).send(mail);
    assert.equal(outcome.kind === 'failed' && outcome.stage, 'TLS');
  }
  assert.doesNotMatch(strict.received(), /AUTH/);
});

test('in clear the login does not go to another machine', async (t) => {
  const host = otherAddress();
  if (host === undefined) return t.skip('SKIPPED: this machine has no address but loopback');
  const server = await serverWith(t, { extensions: ['AUTH PLAIN'], listenOnAll: true });
  const outcome = await courierTo(t, server.port, { login, host, tls: 'opportunistic' }).send(mail);
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'AUTH' });
  assert.doesNotMatch(server.received(), /AUTH/);
});

test('smtp-server takes the login over LOGIN and PLAIN and refuses a wrong one', async (t) => {
  for (const authMethods of [['PLAIN'], ['LOGIN'], ['CRAM-MD5']]) {
    const server = new SMTPServer({
      cert: tls.certPem,
      key: tls.keyPem,
      authMethods,
      onAuth: (auth, _session, done) => {
        const right =
          auth.username === 'portal' && (auth.password === 's/cret word' || auth.validatePassword?.('s/cret word'));
        if (right) return done(null, { user: 'portal' });
        return done(new Error('Invalid username or password for portal at mx7.internal.example'));
      },
      logger: false,
    });
    const port = await new Promise<number>((resolve) => {
      const listener = server.listen(0, '127.0.0.1', () => {
        const bound = listener.address();
        resolve(bound !== null && typeof bound === 'object' ? bound.port : 0);
      });
    });
    t.after(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
        }),
    );
    const right = await courierTo(t, port, { login, tls: 'verified', caPem }).send(mail);
    assert.deepEqual(right.kind, 'sent');
    const wrong = await courierTo(t, port, { login: 'portal:wrong@', tls: 'verified', caPem }).send(mail);
    assert.deepEqual(wrong, { kind: 'failed', permanent: false, stage: 'AUTH', code: 535 });
  }
});

function otherAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find((one) => one.family === 'IPv4' && !one.internal)?.address;
}
