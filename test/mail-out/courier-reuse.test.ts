// Owns the proof that connections are shared without a mail being lost, doubled or blamed for another.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { BOB, CAROL, RAW, SENDER, SHORT, courierTo, serverWith } from './courier-bench.ts';
import { DROP, SILENT } from './scripted-server.ts';

const mail = { from: SENDER, to: BOB, raw: RAW };

test('mails one after the other share a connection, reset in between', async (t) => {
  const server = await serverWith(t, {});
  const courier = courierTo(t, server.port);
  for (let n = 0; n < 3; n += 1) assert.equal((await courier.send(mail)).kind, 'sent');
  assert.equal(server.sessions(), 1);
  assert.deepEqual(
    server.commands.map((line) => line.slice(0, 4)),
    ['EHLO', ...['MAIL', 'RCPT', 'DATA', 'RSET'], ...['MAIL', 'RCPT', 'DATA', 'RSET'], ...['MAIL', 'RCPT', 'DATA']],
  );
});

test('after a refused recipient the next mail goes over the same connection', async (t) => {
  const server = await serverWith(t, { rcpt: (line) => (line.includes('carol') ? '550 5.1.1 who?' : '250 ok') });
  const courier = courierTo(t, server.port);
  const refused = await courier.send({ ...mail, to: CAROL });
  const taken = await courier.send(mail);
  assert.deepEqual([refused.kind, taken.kind], ['failed', 'sent']);
  assert.equal(server.sessions(), 1);
});

test('a connection that the server closed meanwhile costs no mail', async (t) => {
  const server = await serverWith(t, {});
  const courier = courierTo(t, server.port);
  await courier.send(mail);
  server.hangUp();
  const outcome = await courier.send(mail);
  assert.equal(outcome.kind, 'sent');
  assert.equal(server.contents.length, 2);
});

for (const [name, rset] of [
  ['drops', DROP],
  ['refuses', '421 4.4.2 timeout'],
  ['ignores', SILENT],
] as const) {
  test(`a server that ${name} RSET gets the next mail over a new connection`, async (t) => {
    const server = await serverWith(t, { rset });
    const courier = courierTo(t, server.port, { timeouts: SHORT });
    await courier.send(mail);
    const outcome = await courier.send(mail);
    assert.equal(outcome.kind, 'sent');
    assert.equal(server.sessions(), 2);
    assert.equal(server.contents.length, 2);
  });
}

test('after a lost connection the next mail takes a new one', async (t) => {
  const server = await serverWith(t, { end: DROP });
  const courier = courierTo(t, server.port);
  assert.equal((await courier.send(mail)).kind, 'failed');
  assert.equal((await courier.send(mail)).kind, 'failed');
  assert.equal(server.sessions(), 2);
});

test('many mails at once use few connections, and each arrives once', async (t) => {
  const server = await serverWith(t, {});
  const courier = courierTo(t, server.port, { connectionsMax: 3 });
  const mails = Array.from({ length: 40 }, (_, n) => ({ ...mail, raw: Buffer.from(`Subject: ${n}\r\n\r\n`) }));
  const outcomes = await Promise.all(mails.map((one) => courier.send(one)));
  assert.ok(outcomes.every((one) => one.kind === 'sent'));
  assert.equal(server.sessions(), 3);
  assert.equal(new Set(server.contents).size, 40);
  assert.equal(server.contents.length, 40);
});

test('waiting for a free connection counts against the whole time allowed', async (t) => {
  const server = await serverWith(t, { greeting: SILENT });
  const timeouts = { ...SHORT, greetingMs: 3_600_000, totalMs: 300 };
  const courier = courierTo(t, server.port, { timeouts, connectionsMax: 1 });
  const [first, second] = await Promise.all([courier.send(mail), courier.send(mail)]);
  assert.deepEqual(first, { kind: 'failed', permanent: false, stage: 'GREETING' });
  assert.equal(second.kind === 'failed' && !second.permanent, true);
  assert.equal(server.contents.length, 0);
});

test('close lets the mail under way finish, says QUIT and takes no more', async (t) => {
  const server = await serverWith(t, {});
  const courier = courierTo(t, server.port);
  const sending = courier.send(mail);
  await courier.close();
  assert.equal(server.contents.length, 1);
  assert.equal((await sending).kind, 'sent');
  await assert.rejects(courier.send(mail), /closed/);
  while (!server.commands.includes('QUIT')) await pause(5);
});

test('close with an idle connection says QUIT', async (t) => {
  const server = await serverWith(t, {});
  const courier = courierTo(t, server.port);
  await courier.send(mail);
  await courier.close();
  while (!server.commands.includes('QUIT')) await pause(5);
});
