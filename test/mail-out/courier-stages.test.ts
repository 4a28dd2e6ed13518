// Owns the proof that each failure is told with its step of the dialogue, and that only a refusal of the
// mail itself counts as final.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Outcome } from '../../server/mail/outcome.ts';
import { BOB, CAROL, RAW, SENDER, SHORT, courierTo, serverWith } from './courier-bench.ts';
import { DROP, SILENT } from './scripted-server.ts';
import type { Script } from './scripted-server.ts';

const SECRET = 'mailbox bob@example.net at mx7.internal.example is no good';

const failures: [name: string, script: Script, outcome: Partial<Outcome>][] = [
  [
    'a greeting of 421',
    { greeting: `421 4.3.2 ${SECRET}` },
    { stage: 'GREETING', permanent: false, code: 421, enhanced: '4.3.2' },
  ],
  ['a greeting of 554', { greeting: `554 5.7.1 ${SECRET}` }, { stage: 'GREETING', permanent: false, code: 554 }],
  ['a connection dropped before the greeting', { greeting: DROP }, { stage: 'GREETING', permanent: false }],
  ['no greeting', { greeting: SILENT }, { stage: 'GREETING', permanent: false }],
  ['a greeting that is not SMTP', { greeting: 'HTTP/1.1 400 Bad Request' }, { stage: 'GREETING', permanent: false }],
  [
    'EHLO and HELO refused',
    { ehlo: `500 5.5.1 ${SECRET}`, helo: `500 5.5.1 ${SECRET}` },
    { stage: 'EHLO', permanent: false, code: 500 },
  ],
  ['a connection dropped at EHLO', { ehlo: DROP }, { stage: 'EHLO', permanent: false }],
  ['no answer to EHLO', { ehlo: SILENT }, { stage: 'EHLO', permanent: false }],
  ['MAIL put off', { mail: `451 4.3.0 ${SECRET}` }, { stage: 'MAIL', permanent: false, code: 451, enhanced: '4.3.0' }],
  ['MAIL refused', { mail: `550 5.7.1 ${SECRET}` }, { stage: 'MAIL', permanent: true, code: 550, enhanced: '5.7.1' }],
  ['MAIL refused for want of a login', { mail: `530 5.7.0 ${SECRET}` }, { stage: 'MAIL', permanent: false, code: 530 }],
  ['MAIL out of order', { mail: `503 5.5.1 ${SECRET}` }, { stage: 'MAIL', permanent: false, code: 503 }],
  ['a connection dropped at MAIL', { mail: DROP }, { stage: 'MAIL', permanent: false }],
  ['MAIL answered by 421', { mail: `421 4.3.2 ${SECRET}` }, { stage: 'MAIL', permanent: false, code: 421 }],
  ['no answer to MAIL', { mail: SILENT }, { stage: 'MAIL', permanent: false }],
  ['RCPT put off', { rcpt: `450 4.2.0 ${SECRET}` }, { stage: 'RCPT', permanent: false, code: 450, enhanced: '4.2.0' }],
  ['RCPT refused', { rcpt: `550 5.1.1 ${SECRET}` }, { stage: 'RCPT', permanent: true, code: 550, enhanced: '5.1.1' }],
  ['RCPT refused without an enhanced code', { rcpt: `550 ${SECRET}` }, { stage: 'RCPT', permanent: true, code: 550 }],
  ['a connection dropped at RCPT', { rcpt: DROP }, { stage: 'RCPT', permanent: false }],
  ['RCPT answered by 421', { rcpt: `421 4.3.2 ${SECRET}` }, { stage: 'RCPT', permanent: false, code: 421 }],
  ['no answer to RCPT', { rcpt: SILENT }, { stage: 'RCPT', permanent: false }],
  ['DATA put off', { data: `452 4.3.1 ${SECRET}` }, { stage: 'DATA', permanent: false, code: 452, enhanced: '4.3.1' }],
  ['DATA refused', { data: `554 5.7.1 ${SECRET}` }, { stage: 'DATA', permanent: true, code: 554 }],
  ['a connection dropped at DATA', { data: DROP }, { stage: 'DATA', permanent: false }],
  ['no answer to DATA', { data: SILENT }, { stage: 'DATA', permanent: false }],
  ['the content put off', { end: `451 4.7.1 ${SECRET}` }, { stage: 'END', permanent: false, code: 451 }],
  [
    'the content refused',
    { end: `550 5.7.1-${SECRET}`.replace('5.7.1-', '5.7.1 ') },
    { stage: 'END', permanent: true, code: 550, enhanced: '5.7.1' },
  ],
  ['a connection dropped after the dot', { end: DROP }, { stage: 'END', permanent: false }],
  ['no answer to the dot', { end: SILENT }, { stage: 'END', permanent: false }],
];

for (const pipelined of [false, true]) {
  for (const [name, script, expected] of failures) {
    test(`${name} is told as ${'stage' in expected ? expected.stage : ''}${pipelined ? ' with pipelining' : ''}`, async (t) => {
      const server = await serverWith(t, { ...script, extensions: pipelined ? ['PIPELINING'] : [] });
      const courier = courierTo(t, server.port, { timeouts: SHORT });
      const outcome = await courier.send({ from: SENDER, to: BOB, raw: RAW });
      for (const [key, value] of Object.entries({ kind: 'failed', ...expected })) {
        assert.equal(Reflect.get(outcome, key), value, `${key} of ${JSON.stringify(outcome)}`);
      }
      if (!('code' in expected)) assert.ok(!('code' in outcome));
      assert.doesNotMatch(JSON.stringify(outcome), /bob|example|mx7/);
    });
  }
}

test('nobody listening is told as CONNECT', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP, so it is one
  await new Promise((resolve) => server.close(resolve));
  const outcome = await courierTo(t, port).send({ from: SENDER, to: BOB, raw: RAW });
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'CONNECT' });
});

test('a host that does not exist is told as CONNECT', async (t) => {
  const courier = courierTo(t, 25, { host: 'nowhere.invalid', timeouts: SHORT });
  const outcome = await courier.send({ from: SENDER, to: BOB, raw: RAW });
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'CONNECT' });
});

test('a mail that was taken says the numbers of the reply and nothing else of it', async (t) => {
  const server = await serverWith(t, {});
  const outcome = await courierTo(t, server.port).send({ from: SENDER, to: BOB, raw: RAW });
  assert.deepEqual(outcome, { kind: 'sent', response: '250 2.0.0', tls: 'none' });
  assert.deepEqual(server.contents, [RAW.toString()]);
  assert.deepEqual(server.commands.slice(0, 4), [
    'EHLO portal.example.com',
    `MAIL FROM:<${SENDER}>`,
    `RCPT TO:<${BOB}>`,
    'DATA',
  ]);
});

test('the empty sender goes out as <>', async (t) => {
  const server = await serverWith(t, {});
  await courierTo(t, server.port).send({ from: '', to: BOB, raw: RAW });
  assert.ok(server.commands.includes('MAIL FROM:<>'));
});

test('a server that takes the EHLO only as HELO gets the mail', async (t) => {
  const server = await serverWith(t, { ehlo: '500 5.5.1 what?' });
  const outcome = await courierTo(t, server.port).send({ from: SENDER, to: BOB, raw: RAW });
  assert.equal(outcome.kind, 'sent');
});

test('a "250" that comes before the content has ended is no success', async (t) => {
  // More than fits into the buffers between, so that the dot cannot have left when the reply comes.
  const raw = Buffer.from('A line of some length that goes on and on\r\n'.repeat(400_000));
  const server = await serverWith(t, { early: '250 2.0.0 queued' });
  const courier = courierTo(t, server.port);
  assert.equal((await courier.send({ from: SENDER, to: BOB, raw: RAW })).kind, 'sent');
  const outcome = await courier.send({ from: SENDER, to: BOB, raw });
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'DATA' });
});

test('a refusal in the middle of the content ends the connection', async (t) => {
  const raw = Buffer.from('A line of some length that goes on and on\r\n'.repeat(400_000));
  const server = await serverWith(t, { early: '552 5.3.4 too much' });
  const courier = courierTo(t, server.port);
  const outcome = await courier.send({ from: SENDER, to: BOB, raw });
  assert.deepEqual(outcome, { kind: 'failed', permanent: true, stage: 'END', code: 552, enhanced: '5.3.4' });
  await courier.send({ from: SENDER, to: BOB, raw: RAW });
  assert.equal(server.sessions(), 2);
});

test('a mail over the size that the server announced is refused as the server would', async (t) => {
  const server = await serverWith(t, { extensions: ['SIZE 20'] });
  const outcome = await courierTo(t, server.port).send({ from: SENDER, to: BOB, raw: RAW });
  assert.deepEqual(outcome, { kind: 'failed', permanent: true, stage: 'MAIL', code: 552, enhanced: '5.3.4' });
  assert.deepEqual(server.contents, []);
});

test('of several recipients those refused are named by their place', async (t) => {
  const server = await serverWith(t, { rcpt: (line) => (line.includes('carol') ? '550 5.1.1 who?' : '250 ok') });
  const outcome = await courierTo(t, server.port).send({ from: SENDER, to: [BOB, CAROL], raw: RAW });
  assert.deepEqual(outcome, {
    kind: 'sent',
    response: '250 2.0.0',
    tls: 'none',
    refused: [{ n: 1, permanent: true, code: 550, enhanced: '5.1.1' }],
  });
});

test('when all recipients are refused, one that may come through later keeps the mail', async (t) => {
  const server = await serverWith(t, {
    rcpt: (line) => (line.includes('carol') ? '550 5.1.1 who?' : '450 4.2.0 later'),
  });
  const outcome = await courierTo(t, server.port).send({ from: SENDER, to: [BOB, CAROL], raw: RAW });
  assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'RCPT', code: 450, enhanced: '4.2.0' });
});

test('an envelope that is not made of addresses reaches no server', async (t) => {
  const server = await serverWith(t, {});
  const courier = courierTo(t, server.port);
  const bad = ['', 'bob', 'bob@example.net>\r\nRCPT TO:<eve@example.org', 'b\u00f6b@example.net', '<bob@example.net>'];
  for (const to of bad) {
    // A caller that broke the type: the guard at run time is what is tested.
    await assert.rejects(courier.send({ from: SENDER, to: to as typeof BOB, raw: RAW }), /not made of addresses/);
    if (to !== '') await assert.rejects(courier.send({ from: to as typeof BOB, to: BOB, raw: RAW }), /not made of/);
  }
  await assert.rejects(courier.send({ from: SENDER, to: [], raw: RAW }), /not made of addresses/);
  assert.equal(server.sessions(), 0);
});

test(
  'one mail takes no longer than the whole time allowed, whatever the single steps may take',
  { timeout: 20_000 },
  async (t) => {
    const server = await serverWith(t, { ehlo: SILENT });
    const timeouts = { ...SHORT, socketMs: 3_600_000, totalMs: 300 };
    const outcome = await courierTo(t, server.port, { timeouts }).send({ from: SENDER, to: BOB, raw: RAW });
    assert.deepEqual(outcome, { kind: 'failed', permanent: false, stage: 'EHLO' });
  },
);

test('after the dot the server may take longer than at other steps', async (t) => {
  const server = await serverWith(t, { endAfterMs: 500 });
  const timeouts = { ...SHORT, socketMs: 150, endMs: 8_000 };
  const outcome = await courierTo(t, server.port, { timeouts }).send({ from: SENDER, to: BOB, raw: RAW });
  assert.equal(outcome.kind, 'sent');
});

test('the log is told numbers and fixed words only', async (t) => {
  const server = await serverWith(t, { rcpt: (line) => (line.includes('carol') ? `550 5.1.1 ${SECRET}` : '250 ok') });
  const events: unknown[] = [];
  const courier = courierTo(t, server.port, { log: (event, fields) => events.push([event, fields]) });
  await courier.send({ from: SENDER, to: BOB, raw: RAW });
  await courier.send({ from: SENDER, to: CAROL, raw: RAW });
  assert.deepEqual(events, [
    ['courier.sent', { response: '250 2.0.0', tls: 'none' }],
    ['courier.failed', { permanent: true, stage: 'RCPT', code: 550, enhanced: '5.1.1' }],
  ]);
});
