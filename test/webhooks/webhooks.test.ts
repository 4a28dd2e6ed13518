// What happens is told to other programs: signed, once more until it is heard, and without a word that is anybody's.

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { readAudit } from '../../server/audit/audit-list.store.ts';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { feedWebhooks } from '../../server/switchboard/feed.ts';
import { bindSwitchboard } from '../../server/switchboard/switchboard.ts';
import type { Switchboard } from '../../server/switchboard/switchboard.ts';
import { describeEngines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { isSigned, startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';

const BY = { actor: 'admin@example.com' };

describeEngines('a webhook', (engine) => {
  let running: Running;
  let receiver: Receiver;
  let board: Switchboard;

  before(async () => {
    receiver = await startReceiver({
      'inside.example.org': ['10.0.0.5'],
      'mixed.example.org': ['127.0.0.1', '10.0.0.5'],
    });
    running = await startProgram({ env: await engine.newDatabase(), outside: receiver.outside });
    board = bindSwitchboard({ ...running.store, kick: () => undefined });
  });
  after(async () => {
    await running.stop();
    await receiver.stop();
  });
  afterEach(async () => {
    receiver.answer((response) => response.writeHead(204).end());
    for (const { id, version } of await board.list()) await board.remove(id, version, BY);
    await running.drain();
    receiver.got.length = 0;
  });

  const add = (url = receiver.url, events: Parameters<Switchboard['add']>[0]['events'] = ['message-read']) =>
    board.add({ url, events }, BY);

  async function outcomesOf(id: string): Promise<string[]> {
    return (await board.deliveries(id)).flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome));
  }

  async function audited(event: string): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const entry of readAudit(running.store.keyring, running.store.db))
      if (entry.event === event) found.push(entry.details);
    return found;
  }

  test('gets each event it wants once, in order, signed, and nothing of a person in it', async () => {
    const { secret } = await add(receiver.url, ['message-accepted', 'message-read']);
    const id = await send(running, { to: 'bob@recipient.example', subject: 'The sealed subject' });
    const bob = await signInByLink(running, 'bob@recipient.example');
    await bob.get(`/messages/${id}`);
    await running.drain();
    await running.drain();
    assert.equal(receiver.got.length, 2);
    for (const one of receiver.got) {
      assert.ok(isSigned(one, secret, running.clock.nowMs()), 'by the specification');
      assert.ok(!isSigned({ ...one, body: `${one.body} ` }, secret, running.clock.nowMs()), 'and not when changed');
      assert.doesNotMatch(one.body, /example|subject|127\.0/);
    }
    const bodies = receiver.got.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });
    const byType = new Map(bodies.map((body) => [body.type, body.data]));
    assert.equal(byType.get('message-read')?.['message'], id);
    assert.equal(byType.get('message-read')?.['recipient'], 0);
    assert.equal(byType.get('message-accepted')?.['recipient'], null);
    assert.deepEqual(Object.keys(bodies[0] ?? {}), ['type', 'timestamp', 'data']);
    assert.deepEqual(Object.keys(bodies[0]?.data ?? {}), ['entry', 'message', 'recipient']);
  });

  test('gets nothing from before it was made, or while it is off', async () => {
    await send(running, { to: 'bob@recipient.example' });
    const { webhook } = await add(receiver.url, ['message-accepted']);
    await running.drain();
    assert.equal(receiver.got.length, 0);
    const events = ['message-accepted'] as const;
    const off = await board.save(webhook.id, 1, { url: receiver.url, events, state: 'off' }, BY);
    await send(running, { to: 'bob@recipient.example' });
    await running.drain();
    await board.save(webhook.id, off.version, { url: receiver.url, events, state: 'on' }, BY);
    await send(running, { to: 'bob@recipient.example' });
    await running.drain();
    assert.equal(receiver.got.length, 1);
  });

  test('is fed by several at once with each entry once, and with what a kill left undone', async () => {
    const { webhook } = await add(receiver.url, ['message-accepted']);
    for (let n = 0; n < 3; n += 1) await send(running, { to: 'bob@recipient.example' });
    // As when the process dies before it commits.
    let asked = 0;
    const nowMs = (): number => {
      if ((asked += 1) > 6) throw new Error('killed');
      return running.clock.nowMs();
    };
    const vault = { keyring: running.store.keyring, clock: { nowMs } };
    await assert.rejects(feedWebhooks({ db: running.store.db, vault }, 500), /killed/);
    assert.equal((await board.deliveries(webhook.id)).length, 0);
    await Promise.all([1, 2, 3].map((most) => feedWebhooks(running.store, most)));
    while ((await feedWebhooks(running.store, 2)) > 0);
    assert.equal((await board.deliveries(webhook.id)).length, 3);
  });

  test('that does not answer well is tried again, and what it said is not kept', async () => {
    const { webhook } = await add();
    receiver.answer((response) => response.writeHead(500).end('alice@example.com'));
    const delivery = await board.sendTest(webhook.id, BY);
    await running.drain();
    assert.deepEqual(await outcomesOf(webhook.id), ['HTTP 500']);
    receiver.answer((response) => response.writeHead(200).end('x'.repeat(200_000)));
    running.clock.forward(HOUR_MS);
    await running.drain();
    assert.deepEqual(await outcomesOf(webhook.id), ['HTTP 500', 'HTTP 200']);
    assert.deepEqual([...new Set(receiver.got.map(({ id }) => id))], [delivery], 'under one id');
    assert.ok((receiver.got[1]?.timestamp ?? 0) > (receiver.got[0]?.timestamp ?? 0));
  });

  test('is sent what it had once more under the same id, by one of those who ask', async () => {
    const { webhook, secret } = await add();
    const delivery = await board.sendTest(webhook.id, BY);
    assert.equal(await board.replay(webhook.id, delivery, BY), false, 'while it waits there is nothing to replay');
    await running.drain();
    const orders = await Promise.all([1, 2, 3].map(() => board.replay(webhook.id, delivery, BY)));
    assert.deepEqual(orders.filter((ordered) => ordered).length, 1);
    assert.equal(await board.replay(webhook.id, '0'.repeat(26), BY), false);
    await running.drain();
    assert.deepEqual(
      receiver.got.map(({ id }) => id),
      [delivery, delivery],
    );
    assert.ok(receiver.got.every((one) => isSigned(one, secret, running.clock.nowMs())));
  });

  test('signs with both secrets for a day after a new one was made', async () => {
    const { webhook, secret: first } = await add();
    const { secret: second } = await board.rotate(webhook.id, BY);
    const last = async () => {
      await board.sendTest(webhook.id, BY);
      await running.drain();
      return receiver.got.at(-1) ?? assert.fail('nothing came');
    };
    const during = await last();
    assert.match(during.signature, /^v1,\S+ v1,\S+$/);
    for (const secret of [first, second]) assert.ok(isSigned(during, secret, running.clock.nowMs()));
    running.clock.forward(DAY_MS + 1);
    const later = await last();
    assert.ok(isSigned(later, second, running.clock.nowMs()));
    assert.ok(!isSigned(later, first, running.clock.nowMs()));
  });

  test('that is gone is switched off at once, and one that fails for days as well; the audit tells', async () => {
    const { webhook } = await add();
    receiver.answer((response) => response.writeHead(410).end());
    await board.sendTest(webhook.id, BY);
    await running.drain();
    const gone = await board.get(webhook.id);
    assert.deepEqual([gone.state, gone.offBecause], ['off', 'gone']);
    await assert.rejects(board.sendTest(webhook.id, BY), /switched off/);
    const { webhook: failing } = await add();
    receiver.answer((response) => response.writeHead(503).end());
    await board.sendTest(failing.id, BY);
    for (let hours = 0; hours < 72; hours += 4) {
      await running.drain();
      assert.equal((await board.get(failing.id)).state, 'on');
      running.clock.forward(4 * HOUR_MS);
    }
    await running.drain();
    assert.equal((await board.get(failing.id)).offBecause, 'failing');
    const told = await audited('webhook-switched-off');
    assert.equal(told.length, 2);
    assert.match(JSON.stringify(told), /"because":"gone"[^]*"because":"failing"/);
  });

  test('never reaches inside, by name or by number, nor follows a redirect or a wrong certificate, nor waits long', async () => {
    const { port } = new URL(receiver.url);
    for (const text of [
      'https://127.0.0.1/',
      'https://[::ffff:10.0.0.1]/',
      'https://0x7f.1/',
      'https://169.254.169.254/',
      'http://hooks.example.org/',
      'https://me:pass@hooks.example.org/',
      'https://localhost/',
      'no address',
    ])
      await assert.rejects(add(text), { code: 'request/malformed' }, text);
    for (const [host, outcome] of [
      ['inside.example.org', 'REFUSED-TARGET'],
      ['mixed.example.org', 'REFUSED-TARGET'],
      ['nowhere.example.org', 'DNS'],
    ] as const) {
      const { webhook } = await add(`https://${host}:${port}/in`);
      await board.sendTest(webhook.id, BY);
      await running.drain();
      assert.deepEqual(await outcomesOf(webhook.id), [outcome]);
    }
    assert.equal(receiver.got.length, 0);
    const { webhook } = await add();
    receiver.answer((response) => response.writeHead(307, { location: receiver.url }).end());
    await board.sendTest(webhook.id, BY);
    await running.drain();
    assert.deepEqual(await outcomesOf(webhook.id), ['HTTP 307']);
    assert.equal(receiver.got.length, 1);
    const { webhook: slow } = await add();
    receiver.answer((response) => void response.writeHead(200).write('.'));
    await board.sendTest(slow.id, BY);
    await running.drain();
    assert.deepEqual(await outcomesOf(slow.id), ['TIMEOUT']);
  });

  test('is sent each event once by several programs on one database', async () => {
    const other = await startProgram({
      env: {
        ...(running.config.database.kind === 'postgres' ? { DATABASE_URL: running.config.database.url } : {}),
      },
      dataDir: running.dataDir,
      keep: true,
      clock: running.clock,
      outside: receiver.outside,
    });
    try {
      const { webhook } = await add();
      for (let n = 0; n < 12; n += 1) await board.sendTest(webhook.id, BY);
      await Promise.all([running.drain(), other.drain(), running.drain()]);
      assert.equal(receiver.got.length, 12);
      assert.equal(new Set(receiver.got.map(({ id }) => id)).size, 12);
    } finally {
      await other.stop();
    }
  });
});

test('a webhook that hangs holds up no mail', async () => {
  const receiver = await startReceiver();
  const running = await startProgram({ outside: { ...receiver.outside, waitMs: 60_000 }, workerRuns: true });
  try {
    const board = bindSwitchboard({ ...running.store, kick: () => running.program.worker.kick() });
    const { webhook } = await board.add({ url: receiver.url, events: ['message-read'] }, BY);
    const hanging: ServerResponse[] = [];
    receiver.answer((response) => hanging.push(response));
    for (let n = 0; n < 12; n += 1) await board.sendTest(webhook.id, BY);
    await eventually(() => hanging.length === 4);
    const id = await send(running, { to: 'bob@recipient.example' });
    const notified = () =>
      running.store.db.selectFrom('recipients').select('notified_at').where('message_id', '=', id).executeTakeFirst();
    await eventually(async () => typeof (await notified())?.notified_at === 'string');
    assert.equal(hanging.length, 4, 'and not one more begins before one of them ends');
    receiver.answer((response) => response.writeHead(204).end());
    for (const response of hanging) response.writeHead(204).end();
    await eventually(async () => (await board.deliveries(webhook.id)).every(({ state }) => state === 'delivered'));
  } finally {
    await running.stop();
    await receiver.stop();
  }
});
