// What becomes of notices that the relay refuses, puts off or takes long over.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { readFailedDelivery } from '../../server/mail/delivery-status.ts';
import { Visitor } from '../support/browser.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

describe('a notice', () => {
  let relay: TestRelay;
  let running: Running;

  before(async () => {
    relay = await startRelay();
    running = await startProgram({ env: relayEnv(relay, 'opportunistic') });
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });
  beforeEach(() => {
    relay.refusals.clear();
    relay.mails.length = 0;
    relay.attempts.length = 0;
  });

  const recipients = (id: string) =>
    running.store.db.selectFrom('recipients').selectAll().where('message_id', '=', id).orderBy('position').execute();
  const attempts = (address: string): number => relay.attempts.filter((one) => one === address).length;

  test('refused for good is told to the sender once, without a word of the message, and others get theirs', async () => {
    relay.refusals.set('gone@recipient.example', '550 5.1.1 no such mailbox here');
    const id = await send(running, {
      to: 'gone@recipient.example, carol@elsewhere.example',
      subject: 'The sealed subject',
    });
    await running.drain();
    running.clock.forward(2 * DAY_MS);
    await running.drain();

    const [gone, carol] = await recipients(id);
    assert.equal(gone?.notified_at, null);
    assert.equal(gone?.failure, 'RCPT 550 5.1.1');
    assert.notEqual(carol?.notified_at, null);
    assert.equal(attempts('gone@recipient.example'), 1);

    const told = relay.mails.filter((mail) => mail.to === 'alice@example.com');
    assert.equal(told.length, 1);
    const text = readable(told[0]?.raw ?? '');
    assert.equal(told[0]?.from, '');
    assert.match(text, /gone@recipient\.example/);
    assert.match(text, /did not take mail for recipient\.example\. Its answer: 550 5\.1\.1\./);
    assert.match(text, new RegExp(`/sent/${id}`));
    assert.match(text, /^In-Reply-To: <test-/m);
    assert.doesNotMatch(text, /sealed subject|no such mailbox here|carol@/);
    assert.doesNotMatch(text, /\/m\/[A-Za-z0-9_-]{22}/);
    assert.match(text, /^Content-Type: multipart\/report; report-type=delivery-status;/m);
    assert.match(text, /^Auto-Submitted: auto-generated\r$/m);
    assert.match(text, /^Reporting-MTA: dns; example\.com\r\nArrival-Date: /m);
    assert.match(text, /^Final-Recipient: rfc822; gone@recipient\.example\r\nAction: failed\r\nStatus: 5\.1\.1\r$/m);
    const [, inReplyTo] = /^In-Reply-To: (<test-[^>]+>)\r$/m.exec(text) ?? [];
    assert.match(text, new RegExp(`text/rfc822-headers\\r\\n[^]+\\r\\n\\r\\nMessage-ID: ${inReplyTo}\\r\\n`));
    assert.deepEqual(readFailedDelivery(told[0]?.raw ?? ''), { codes: '550 5.1.1' });
  });

  test('put off is tried again later and later, and goes out when the server is well again', async () => {
    relay.refusals.set('slow@recipient.example', '451 4.3.0 try again later');
    const id = await send(running, { to: 'slow@recipient.example' });
    const gapsMs: number[] = [];
    for (let lastMs = running.clock.nowMs(), tries = 0; gapsMs.length < 9; running.clock.forward(MINUTE_MS / 2)) {
      await running.drain();
      if (attempts('slow@recipient.example') === tries) continue;
      tries += 1;
      gapsMs.push(running.clock.nowMs() - lastMs);
      lastMs = running.clock.nowMs();
    }
    const waits = gapsMs.slice(1);
    assert.deepEqual(
      waits.map((ms) => ms / MINUTE_MS),
      [1, 3, 10, 30, 60, 120, 240, 240],
    );
    assert.equal((await recipients(id))[0]?.failed_at, null);

    relay.refusals.clear();
    running.clock.forward(4 * HOUR_MS);
    await running.drain();
    assert.notEqual((await recipients(id))[0]?.notified_at, null);
    assert.equal(relay.mails.filter((mail) => mail.to === 'alice@example.com').length, 0);
  });

  test('put off for days is given up, and the sender hears of it once', async () => {
    relay.refusals.set('never@recipient.example', '451 4.3.0 try again later');
    const id = await send(running, { to: 'never@recipient.example' });
    for (let hours = 0; hours < 5 * 24; hours += 2) {
      await running.drain();
      running.clock.forward(2 * HOUR_MS);
    }
    const [never] = await recipients(id);
    assert.equal(never?.failure, 'RCPT 451 4.3.0');
    assert.equal(relay.mails.filter((mail) => mail.to === 'alice@example.com').length, 1);
    const before = attempts('never@recipient.example');
    assert.ok(before > 15);
    running.clock.forward(3 * DAY_MS);
    await running.drain();
    assert.equal(attempts('never@recipient.example'), before);
  });

  test('of a message that is taken back before it leaves is never sent', async () => {
    const id = await send(running, { to: 'early@recipient.example' });
    await running.store.db
      .updateTable('recipients')
      .set({ revoked_at: '2026-01-01T00:00:00.000Z' })
      .where('message_id', '=', id)
      .execute();
    await running.drain();
    assert.equal(attempts('early@recipient.example'), 0);
  });

  test('goes out whatever the length of its author’s name', async () => {
    await send(running, { from: `${'N'.repeat(400)} <alice@example.com>`, to: 'named@recipient.example' });
    await running.drain();
    const notice = relay.mails.find((mail) => mail.to === 'named@recipient.example');
    assert.ok(notice);
    const header = notice.raw.replace(/\?=\s+=\?UTF-8\?Q\?/g, '').replaceAll('_', ' ');
    assert.match(header, /^From: =\?UTF-8\?Q\?N{100,}.* via Example Ltd\?=\s+<secure@example\.com>/m);
  });
});

describe('two programs on one store', () => {
  test('never send one notice between them twice while the first holds it, and lose none when it hangs', async () => {
    const relay = await startRelay();
    const first = await startProgram({ env: relayEnv(relay, 'opportunistic'), keep: true });
    const second = await startProgram({
      env: relayEnv(relay, 'opportunistic'),
      dataDir: first.dataDir,
      clock: first.clock,
    });
    try {
      const { arrived, release } = relay.hold();
      const id = await send(first, { to: 'bob@recipient.example' });
      const sending = first.drain();
      await arrived;

      await second.drain();
      assert.equal(relay.attempts.length, 1);
      first.clock.forward(MINUTE_MS - 1);
      await second.drain();
      assert.equal(relay.attempts.length, 1);

      first.clock.forward(1);
      const takingOver = second.drain();
      await until(() => relay.attempts.length === 2);
      release();
      await Promise.all([sending, takingOver]);
      const told = await first.store.db
        .selectFrom('audit')
        .select('seq')
        .where('event', '=', 'notice-sent')
        .where('message_id', '=', id)
        .execute();
      assert.equal(told.length, 1, 'the one who lost its lease says nothing');
      const jobs = await first.store.db
        .selectFrom('outbox')
        .select(['state', 'attempts'])
        .where('message_id', '=', id)
        .execute();
      assert.deepEqual(jobs, [{ state: 'done', attempts: 2 }]);
    } finally {
      await first.stop();
      await second.stop();
      await relay.close();
    }
  });

  test('share a pile of work so that every notice goes out once', async () => {
    const relay = await startRelay();
    const first = await startProgram({ env: relayEnv(relay, 'opportunistic'), keep: true });
    const second = await startProgram({
      env: relayEnv(relay, 'opportunistic'),
      dataDir: first.dataDir,
      clock: first.clock,
    });
    try {
      const to = Array.from({ length: 40 }, (_, n) => `reader${n}@recipient.example`);
      await send(first, { to: to.join(', ') });
      await Promise.all([first.drain(), second.drain(), first.drain(), second.drain()]);
      assert.deepEqual(relay.mails.map((mail) => mail.to).toSorted(), to.toSorted());
    } finally {
      await first.stop();
      await second.stop();
      await relay.close();
    }
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('who was never told', () => {
  let relay: TestRelay;
  let running: Running;

  before(async () => {
    relay = await startRelay();
    running = await startProgram({ env: relayEnv(relay, 'opportunistic') });
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });

  test('because the message was taken back before its notice left, is told when it is given back', async () => {
    const id = await send(running, { to: 'early@recipient.example' });
    const alice = await signIn(running, relay);
    // The notice left with the sign-in's code; make it untold, as a relay that puts it off would.
    await running.store.db.updateTable('recipients').set({ notified_at: null }).where('message_id', '=', id).execute();
    const told = () => relay.mails.filter(({ to }) => to === 'early@recipient.example').length;
    const before = told();
    assert.equal((await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`)).status, 303);
    await running.drain();
    assert.equal(told(), before);
    assert.equal((await alice.post(`/sent/${id}/restore`, {}, `/sent/${id}`)).status, 303);
    await running.drain();
    assert.equal(told(), before + 1);
    assert.equal((await alice.post(`/sent/${id}/restore`, {}, `/sent/${id}`)).status, 303);
    await running.drain();
    assert.equal(told(), before + 1, 'and once only');
  });

  test('the sender of a message that failed hears of it also when the relay refuses everything for a while', async () => {
    relay.refusals.set('gone@recipient.example', '550 5.1.1');
    relay.refusals.set('alice@example.com', '550 5.7.1');
    relay.mails.length = 0;
    await send(running, { to: 'gone@recipient.example' });
    await running.drain();
    assert.equal(relay.mails.length, 0);
    relay.refusals.clear();
    running.clock.forward(2 * MINUTE_MS);
    await running.drain();
    assert.deepEqual(
      relay.mails.map(({ to }) => to),
      ['alice@example.com'],
    );
  });
});

async function signIn(running: Running, relay: TestRelay): Promise<Visitor> {
  const visitor = new Visitor(running.url);
  await visitor.post('/sign-in/passcode', { address: 'alice@example.com' }, '/sign-in');
  await running.drain();
  const mail = relay.mails.findLast(({ to }) => to === 'alice@example.com');
  const code = /^(\d{8})\r?$/m.exec(readable(mail?.raw ?? ''))?.[1] ?? '';
  await visitor.post('/sign-in/verify', { code }, '/sign-in/verify');
  return visitor;
}

describe('the places of the worker', () => {
  let relay: TestRelay;
  let running: Running;

  before(async () => {
    relay = await startRelay();
    running = await startProgram({ env: relayEnv(relay, 'opportunistic'), workerRuns: true });
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });

  test('notices to a server that hangs do not hold up a code', async () => {
    const gate = relay.hold();
    for (let n = 0; n < 9; n += 1) await send(running, { to: `slow${n}@recipient.example` });
    await gate.arrived;
    const visitor = new Visitor(running.url);
    await visitor.post('/sign-in/passcode', { address: 'alice@example.com' }, '/sign-in');
    // The held mails count as attempts too; the code's is the one to a sender.
    while (!relay.attempts.includes('alice@example.com')) await new Promise((resolve) => setTimeout(resolve, 20));
    gate.release();
  });

  test('a job whose payload does not open holds up no other', async () => {
    const { db, keyring } = running.store;
    const now = new Date(running.clock.nowMs()).toISOString();
    await db
      .insertInto('outbox')
      .values({
        id: '0'.repeat(26),
        kind: 'passcode',
        message_id: null,
        recipient_id: null,
        sealed: keyring.sealRecord('outbox another', '{}'),
        state: 'ready',
        attempts: 0,
        next_at: now,
        give_up_at: now,
        lease_until: null,
        lease_token: null,
        last_error: null,
        created_at: now,
      })
      .execute();
    const before = relay.attempts.length;
    const visitor = new Visitor(running.url);
    await visitor.post('/sign-in/passcode', { address: 'alice@example.com' }, '/sign-in');
    while (relay.attempts.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
    const state = () =>
      db.selectFrom('outbox').select('state').where('id', '=', '0'.repeat(26)).executeTakeFirstOrThrow();
    while ((await state()).state !== 'dead') await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
