// What the API tells of a message, and how it is taken back, given back and destroyed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { linkTo, mailTo, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiAnswer, ApiClient } from './api-client.ts';
import { ALICE, BOB } from './mails.ts';
import { filesIn } from './stored.ts';

const CAROL = 'carol@recipient.example';

describe('messages over the API', () => {
  let running: Running;
  let api: ApiClient;
  let sent = 0;

  before(async () => {
    running = await startProgram();
    api = await makeClient(running);
  });
  after(() => running.stop());

  const send = async (to: readonly string[] = [BOB, CAROL], more: object = {}): Promise<string> => {
    const answer = await api.sendJson('/messages', {
      from: ALICE,
      to,
      subject: `Message ${++sent}`,
      text: 'Secret.',
      ...more,
    });
    assert.equal(answer.status, 201, answer.text);
    return String(answer.json['id']);
  };
  const change = (id: string, what: string, body: object): Promise<ApiAnswer> =>
    api.sendJson(`/messages/${id}/${what}`, body);

  test('the answer to a new one is what asking for it tells', async () => {
    const answer = await api.sendJson('/messages', { from: ALICE, to: [BOB] });
    assert.equal((await api.get(`/messages/${String(answer.json['id'])}`)).text, answer.text);
    assert.deepEqual(Object.keys(answer.json).sort(), [
      'createdAt',
      'demands',
      'destroyed',
      'expiresAt',
      'hold',
      'id',
      'keptUntil',
      'protection',
      'reasons',
      'recipients',
      'reminderDays',
      'requests',
      'subject',
      'transit',
    ]);
  });

  test('each recipient goes from queued by notified and opened to replied', async () => {
    const reader = 'reader@recipient.example';
    const id = await send([reader, 'other@recipient.example']);
    assert.deepEqual(await statuses(id), ['queued', 'queued']);
    await running.drain();
    assert.deepEqual(await statuses(id), ['notified', 'notified']);
    const visitor = await signInByLink(running, reader);
    assert.deepEqual(await statuses(id), ['notified', 'notified']);
    await visitor.get(`/messages/${id}`);
    assert.deepEqual(await statuses(id), ['opened', 'notified']);
    await visitor.postMultipart(`/messages/${id}/reply`, { text: 'Thanks.' }, [], `/messages/${id}`);
    assert.deepEqual(await statuses(id), ['replied', 'notified']);

    const { events } = (await api.get(`/messages/${id}/events`)).json;
    assert.ok(Array.isArray(events));
    const told = events.map(({ event, recipient }) => [event, recipient]);
    assert.deepEqual(told.at(-1), ['message-accepted', null]);
    for (const entry of [
      ['notice-sent', 0],
      ['notice-sent', 1],
      ['link-fetched', 0],
      ['message-read', 0],
      ['message-replied', 0],
    ]) {
      assert.ok(
        told.some((one) => one[0] === entry[0] && one[1] === entry[1]),
        `${entry.join(' ')} in ${JSON.stringify(told)}`,
      );
    }
    const times = events.map(({ at }) => String(at));
    assert.deepEqual(times, times.toSorted().toReversed());
  });

  test('no answer holds a link or its token, or a word of the content', async () => {
    const id = await send([BOB], { text: 'Unspeakable words.' });
    const token = (await linkTo(running, BOB)).split('/').at(-1) ?? '';
    assert.equal(token.length, 22);
    const hash = (await running.store.db.selectFrom('recipients').select('token_hash').execute()).map(
      (row) => row.token_hash,
    );
    const answers = [
      await api.get('/messages?limit=200'),
      await api.get(`/messages/${id}`),
      await api.get(`/messages/${id}/events`),
      await change(id, 'revoke', { reason: 'A mistake' }),
      await change(id, 'restore', {}),
      await api.sendJson(`/messages/${id}`, { expiresAt: '5d' }, {}, 'PATCH'),
      await change(id, 'revoke', { destroy: true }),
    ];
    for (const { status, text } of answers) {
      assert.equal(status, 200, text);
      for (const secret of [token, ...hash, 'Unspeakable']) assert.ok(!text.includes(secret), text);
    }
  });

  test('lists come page by page, newest first, each message once', async () => {
    const author = await makeClient(running, { senders: ['lister@example.com'] });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      running.clock.forward(1); // ids sort by time, of which a test's clock has as much as it is given
      ids.push(String((await author.sendJson('/messages', { from: 'lister@example.com', to: [BOB] })).json['id']));
    }
    const seen: string[] = [];
    let cursor = '';
    for (const size of [2, 2, 1]) {
      const { json } = await author.get(`/messages?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page = messageIds(json['messages']);
      assert.equal(page.length, size);
      seen.push(...page);
      cursor = String(json['cursor'] ?? '');
    }
    assert.deepEqual(seen, ids.toReversed());
    assert.equal(cursor, '');
    assert.equal((await author.get('/messages?limit=5')).json['cursor'], null);
  });

  for (const query of [
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=many',
    'cursor=',
    'cursor=%27',
    'cursor=01JD',
    'limit=1&limit=2',
    'page=2',
  ]) {
    test(`a list is refused with ?${query}`, async () => {
      assertProblem(await api.get(`/messages?${query}`), 422, 'request/malformed');
    });
  }

  describe('are found', () => {
    const FINDER = 'finder@example.com';
    const ids: string[] = [];
    let finder: ApiClient;
    const found = async (asked: object, by = finder): Promise<readonly string[]> => {
      const answer = await by.sendJson('/messages/find', asked);
      assert.equal(answer.status, 200, answer.text);
      return messageIds(answer.json['messages']);
    };

    before(async () => {
      finder = await makeClient(running, { senders: [FINDER] });
      for (const [to, subject] of [
        [BOB, 'The Lease of May'],
        [CAROL, 'The lease of June'],
        [BOB, 'An invoice'],
      ] as const) {
        running.clock.forward(DAY_MS);
        const answer = await finder.sendJson('/messages', { from: FINDER, to: [to], subject });
        ids.push(String(answer.json['id']));
      }
    });

    test('by recipient, by words of the subject, by day and by state', async () => {
      const [may = '', june = '', invoice = ''] = ids;
      assert.deepEqual(await found({}), [invoice, june, may]);
      assert.deepEqual(await found({ recipient: 'BOB@recipient.example' }), [invoice, may]);
      assert.deepEqual(await found({ subject: 'LEASE the' }), [june, may]);
      assert.deepEqual(await found({ subject: 'lease', recipient: BOB }), [may]);
      const { json } = await finder.get(`/messages/${june}`);
      assert.deepEqual(await found({ from: String(json['createdAt']) }), [invoice, june]);
      assert.deepEqual(await found({ until: String(json['createdAt']) }), [may]);
      await change(may, 'revoke', {});
      assert.deepEqual(await found({ state: 'revoked' }), [may]);
    });

    test('page by page, each once, also where most of what is looked through does not fit', async () => {
      const seen: string[] = [];
      let cursor: unknown;
      for (let pages = 0; pages < 10 && cursor !== null; pages += 1) {
        const body = { subject: 'lease', limit: 1, ...(cursor === undefined ? {} : { cursor }) };
        const { json } = await finder.sendJson('/messages/find', body);
        seen.push(...messageIds(json['messages']));
        cursor = json['cursor'];
      }
      assert.equal(cursor, null);
      assert.deepEqual(seen, ids.slice(0, 2).toReversed());
    });

    test('among the senders of the key only, by an unbound key among all', async () => {
      const other = await makeClient(running, { senders: ['other@example.com'] });
      assert.deepEqual(await found({}, other), []);
      assert.deepEqual(await found({ sender: FINDER }, other), []);
      assert.deepEqual(await found({ sender: FINDER, subject: 'invoice' }, api), [ids[2]]);
      assert.ok((await found({ recipient: BOB, limit: 200 }, api)).length > 2);
      assert.deepEqual(await found({ sender: 'nobody@example.com' }, api), []);
    });

    for (const wrong of [
      { state: 'lost' },
      { recipient: 'bob' },
      { from: '2027-02-30' },
      { limit: 0 },
      { limit: '5' },
      { cursor: 'x' },
      { words: 'lease' },
      { subject: 'x'.repeat(201) },
    ]) {
      test(`not by ${JSON.stringify(wrong).slice(0, 40)}`, async () => {
        assertProblem(await finder.sendJson('/messages/find', wrong), 422, 'request/malformed');
      });
    }

    test('not without the scope, and with nothing in the address', async () => {
      const sender = await makeClient(running, { scopes: ['messages:send'] });
      assertProblem(await sender.sendJson('/messages/find', {}), 403, 'request/forbidden');
      assertProblem(await finder.sendJson(`/messages/find?recipient=${BOB}`, {}), 422, 'request/malformed');
    });
  });

  test('one is taken back from one recipient, from all, and given back', async () => {
    const id = await send();
    const bob = await signInByLink(running, BOB);
    const carol = await signInByLink(running, CAROL);
    const read = async (): Promise<number[]> => [
      (await bob.get(`/messages/${id}`)).status,
      (await carol.get(`/messages/${id}`)).status,
    ];
    assert.deepEqual(await read(), [200, 200]);
    assert.equal((await change(id, 'revoke', { recipients: ['BOB@Recipient.example'] })).status, 200);
    assert.deepEqual(await read(), [410, 200]);
    assert.deepEqual(await statuses(id), ['revoked', 'opened']);
    assert.equal((await change(id, 'revoke', {})).status, 200);
    assert.deepEqual(await read(), [410, 410]);
    assert.equal((await change(id, 'restore', { recipients: [CAROL] })).status, 200);
    assert.deepEqual(await read(), [410, 200]);
    assert.equal((await change(id, 'restore', {})).status, 200);
    assert.deepEqual(await read(), [200, 200]);
  });

  test('a body is not needed to take back all of it', async () => {
    const id = await send();
    assert.equal((await api.call('POST', `/messages/${id}/revoke`)).status, 200);
    assert.deepEqual(await statuses(id), ['revoked', 'revoked']);
  });

  test('its last day moves, and it is readable just so long', async () => {
    const id = await send([BOB]);
    const bob = await signInByLink(running, BOB);
    const answer = await api.sendJson(`/messages/${id}`, { expiresAt: '2d' }, {}, 'PATCH');
    assert.equal(answer.status, 200, answer.text);
    const leftMs = Date.parse(String(answer.json['expiresAt'])) - running.clock.nowMs();
    assert.ok(Math.abs(leftMs - 2 * DAY_MS) < 60_000);
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    running.clock.forward(2 * DAY_MS + 1);
    assert.equal((await (await signInByLink(running, BOB)).get(`/messages/${id}`)).status, 410);
    assert.deepEqual(await statuses(id), ['expired']);
    // It was only a date: a later one brings it back.
    assert.equal((await api.sendJson(`/messages/${id}`, { expiresAt: '2d' }, {}, 'PATCH')).status, 200);
    assert.equal((await (await signInByLink(running, BOB)).get(`/messages/${id}`)).status, 200);
  });

  test('once destroyed nothing of it is left: no subject, no address, no file, no way back', async () => {
    const content = Buffer.alloc(200_000, 'a').toString('base64');
    const before = await filesIn(running.dataDir);
    const id = await send([BOB], { attachments: [{ filename: 'a.bin', content }] });
    assert.equal((await filesIn(running.dataDir)).length, before.length + 1);
    const { status, json, text } = await change(id, 'revoke', { destroy: true });
    assert.equal(status, 200);
    assert.equal(json['destroyed'], true);
    assert.equal(json['subject'], null);
    assert.doesNotMatch(text, /bob|Message \d/);
    assert.deepEqual(await filesIn(running.dataDir), before);
    assertProblem(await change(id, 'restore', {}), 410, 'request/gone');
    assertProblem(await api.sendJson(`/messages/${id}`, { expiresAt: '5d' }, {}, 'PATCH'), 410, 'request/gone');
    assert.equal((await change(id, 'revoke', { destroy: true })).status, 200);
    assert.deepEqual(await statuses(id), ['revoked']);
  });

  test('a change that does not fit changes nothing', async () => {
    const id = await send();
    const faults: readonly [answer: ApiAnswer, status: number, code: string][] = [
      [await change(id, 'revoke', { recipients: ['eve@recipient.example'] }), 422, 'mail/recipients'],
      [await change(id, 'revoke', { recipients: [BOB, 'nonsense'] }), 422, 'mail/recipients'],
      [await change(id, 'revoke', { recipients: [] }), 422, 'request/malformed'],
      [await change(id, 'revoke', { recipient: BOB }), 422, 'request/malformed'],
      [await change(id, 'revoke', { destroy: 'yes' }), 422, 'request/malformed'],
      [await change(id, 'revoke', { destroy: true, recipients: [BOB] }), 422, 'request/malformed'],
      [await change(id, 'revoke', { reason: 'x'.repeat(501) }), 422, 'request/malformed'],
      [await change(id, 'restore', { reason: 'x' }), 422, 'request/malformed'],
      [await api.sendJson(`/messages/${id}`, { expiresAt: 'soon' }, {}, 'PATCH'), 422, 'policy/unknown-value'],
      [await api.sendJson(`/messages/${id}`, { expiresAt: '1999-12-31' }, {}, 'PATCH'), 422, 'policy/unknown-value'],
      [await api.sendJson(`/messages/${id}`, { expiresAt: '731d' }, {}, 'PATCH'), 422, 'policy/unknown-value'],
      [await api.sendJson(`/messages/${id}`, {}, {}, 'PATCH'), 422, 'request/malformed'],
      [
        await api.sendJson(`/messages/${id}`, { expiresAt: '3d', protection: 'x' }, {}, 'PATCH'),
        422,
        'request/malformed',
      ],
    ];
    for (const [answer, status, code] of faults) assertProblem(answer, status, code);
    assert.deepEqual(await statuses(id), ['queued', 'queued']);
    const { events } = (await api.get(`/messages/${id}/events`)).json;
    assert.ok(Array.isArray(events));
    assert.equal(events.length, 1);
  });

  test('an answer of a reader is no message of the sender', async () => {
    const id = await send(['writer@recipient.example']);
    const visitor = await signInByLink(running, 'writer@recipient.example');
    const posted = await visitor.postMultipart(`/messages/${id}/reply`, { text: 'Thanks.' }, [], `/messages/${id}`);
    assert.equal(posted.status, 303);
    const reply = await running.store.db
      .selectFrom('messages')
      .select('id')
      .where('kind', '=', 'reply')
      .where('thread_id', '=', id)
      .executeTakeFirstOrThrow();
    assertProblem(await api.get(`/messages/${reply.id}`), 404, 'request/not-found');
    assert.doesNotMatch((await api.get('/messages?limit=200')).text, new RegExp(reply.id));
  });

  test('what is no call and no id is answered with a problem', async () => {
    for (const path of [
      '/',
      '/messages/x',
      '/messages/01JD0000000000000000000000',
      '/messages/%00',
      '/brand',
      '/messages/x/events',
    ]) {
      assertProblem(await api.get(path), 404, 'request/not-found');
    }
    assertProblem(await api.call('DELETE', `/messages/${await send()}`), 404, 'request/not-found');
  });

  test('a notice that cannot be delivered shows as bounced, with stage and code only', async () => {
    const id = await send(['lost@recipient.example']);
    await running.store.db
      .updateTable('recipients')
      .set({ failed_at: '2026-11-21T10:00:00.000Z', failure: 'RCPT 550 5.1.1' })
      .where('message_id', '=', id)
      .execute();
    const { recipients } = (await api.get(`/messages/${id}`)).json;
    assert.ok(Array.isArray(recipients));
    assert.equal(recipients[0].status, 'bounced');
    assert.equal(recipients[0].failure, 'RCPT 550 5.1.1');
  });

  test('the mailbox got one notice for each recipient of each message', async () => {
    const before = (await mailTo(running, BOB)).length;
    await send([BOB]);
    assert.equal((await mailTo(running, BOB)).length, before + 1);
  });

  async function statuses(id: string): Promise<string[]> {
    const { recipients } = (await api.get(`/messages/${id}`)).json;
    assert.ok(Array.isArray(recipients));
    return recipients.map(({ status }) => String(status));
  }
});

function messageIds(messages: unknown): string[] {
  assert.ok(Array.isArray(messages));
  return messages.map(({ id }) => String(id));
}
