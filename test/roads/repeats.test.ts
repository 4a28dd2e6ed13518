// The same mail handed in again: one message and one notice, whatever got lost between two servers, and
// however many of them knock at once.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mailTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiAnswer, ApiClient } from './api-client.ts';
import { ALICE, mailWith } from './mails.ts';
import { filesIn, rowsOf, storedIn } from './stored.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the same mail again', () => {
  let running: Running;
  let api: ApiClient;
  let readers = 0;
  /** A reader whom nothing was sent to yet. */
  const newReader = (): string => `reader${++readers}@recipient.example`;
  const notices = async (reader: string): Promise<number> => (await mailTo(running, reader)).length;

  before(async () => {
    running = await startProgram();
    api = await makeClient(running);
  });
  after(() => running.stop());

  test('has the same id and no second notice, on any connection and after the notice went out', async () => {
    const reader = newReader();
    const mail = { from: ALICE, to: [reader], raw: plainMail({}) };
    const first = await submit(running.smtpPort, mail);
    assert.match(first, /^250 2\.0\.0 [0-9a-z]{26}$/);
    assert.equal(await submit(running.smtpPort, mail), first);
    assert.equal(await notices(reader), 1);
    assert.equal(await submit(running.smtpPort, mail), first);
    assert.equal(await notices(reader), 1);
  });

  test('leaves nothing behind: no row, and no file of its attachments', async () => {
    const raw = mailWith({ attachments: [{ filename: 'a.bin', content: Buffer.alloc(300_000, 'a') }] });
    const mail = { from: ALICE, to: [newReader(), newReader()], raw };
    const first = await submit(running.smtpPort, mail);
    const stored = await storedIn(running.dataDir);
    assert.equal(await submit(running.smtpPort, mail), first);
    assert.deepEqual(await storedIn(running.dataDir), stored);
  });

  test('is the same whatever the order and the case of its recipients', async () => {
    const [one, two] = [newReader(), newReader()];
    const raw = plainMail({});
    const first = await submit(running.smtpPort, { from: ALICE, to: [one, two], raw });
    assert.equal(
      await submit(running.smtpPort, { from: 'Alice@EXAMPLE.com', to: [two.toUpperCase(), one], raw }),
      first,
    );
  });

  test('is known over the API, too', async () => {
    const mail = { from: ALICE, to: [newReader()], raw: plainMail({}) };
    const first = await submit(running.smtpPort, mail);
    const again = await api.sendRaw(mail);
    assert.equal(again.status, 201);
    assert.equal(again.json['id'], first.split(' ')[2]);
  });

  test('is another mail with another byte, another sender or other recipients', async () => {
    const [one, two] = [newReader(), newReader()];
    const raw = plainMail({ messageId: '<same@example.com>' });
    const mails = [
      { from: ALICE, to: [one], raw },
      { from: ALICE, to: [one], raw: raw.replace('very', 'most') },
      { from: 'carol@example.com', to: [one], raw },
      { from: ALICE, to: [two], raw },
      { from: ALICE, to: [one, two], raw },
      { from: ALICE, to: [one], raw: raw.replace('<same@', '<other@') },
    ];
    const replies: string[] = [];
    for (const mail of mails) replies.push(await submit(running.smtpPort, mail));
    assert.ok(replies.every((reply) => reply.startsWith('250 ')));
    assert.equal(new Set(replies).size, mails.length);
  });

  test('is known after its last day and after it was destroyed, and does not come back', async () => {
    const mail = { from: ALICE, to: [newReader()], raw: plainMail({ headers: ['X-Sealpost-Expires: 2d'] }) };
    const first = await submit(running.smtpPort, mail);
    const id = first.split(' ')[2] ?? '';
    assert.equal((await api.sendJson(`/messages/${id}/revoke`, { destroy: true })).status, 200);
    assert.equal(await submit(running.smtpPort, mail), first);
    assert.equal((await api.get(`/messages/${id}`)).json['destroyed'], true);
  });

  test('is known when what it asked for would be refused by now', async () => {
    const date = new Date(running.clock.nowMs() + 3_600_000).toISOString();
    const mail = { from: ALICE, to: [newReader()], raw: plainMail({ headers: [`X-Sealpost-Expires: ${date}`] }) };
    const first = await submit(running.smtpPort, mail);
    running.clock.forward(2 * 3_600_000);
    assert.equal(await submit(running.smtpPort, mail), first);
  });

  test('twenty times at once is one message with one notice for each recipient', async () => {
    const to = [newReader(), newReader()];
    const raw = mailWith({ attachments: [{ filename: 'a.bin', content: Buffer.alloc(200_000, 'a') }] });
    const before = { files: (await filesIn(running.dataDir)).length, messages: rowsOf(running.dataDir, 'messages') };
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => submit(running.smtpPort, { from: ALICE, to, raw })),
    );
    assert.equal(new Set(replies).size, 1, replies.join('\n'));
    assert.match(replies[0] ?? '', /^250 2\.0\.0 /);
    assert.equal(rowsOf(running.dataDir, 'messages'), before.messages + 1);
    assert.equal((await filesIn(running.dataDir)).length, before.files + 1);
    for (const reader of to) assert.equal(await notices(reader), 1);
  });
});

describe('an Idempotency-Key', () => {
  let running: Running;
  let api: ApiClient;
  let other: ApiClient;
  let readers = 0;
  const newReader = (): string => `reader${++readers}@recipient.example`;

  before(async () => {
    running = await startProgram();
    api = await makeClient(running);
    other = await makeClient(running);
  });
  after(() => running.stop());

  for (const form of ['JSON', 'raw'] as const) {
    const send = (client: ApiClient, to: readonly string[], text: string, key?: string): Promise<ApiAnswer> => {
      const headers = key === undefined ? {} : { 'idempotency-key': key };
      if (form === 'JSON') return client.sendJson('/messages', { from: ALICE, to, text }, headers);
      return client.sendRaw(
        { from: ALICE, to, raw: plainMail({ body: text, messageId: '<constant@example.com>' }) },
        headers,
      );
    };

    test(`makes two equal calls one message (${form})`, async () => {
      const reader = newReader();
      const first = await send(api, [reader], 'Hello', `${form}-1`);
      assert.equal(first.status, 201, first.text);
      const again = await send(api, [reader], 'Hello', `${form}-1`);
      assert.equal(again.status, 201, again.text);
      assert.equal(again.json['id'], first.json['id']);
      assert.equal((await mailTo(running, reader)).length, 1);
    });

    test(`with other content is a conflict, and nothing is stored (${form})`, async () => {
      const reader = newReader();
      await send(api, [reader], 'Hello', `${form}-2`);
      const stored = await storedIn(running.dataDir);
      assertProblem(await send(api, [reader], 'Good-bye', `${form}-2`), 409, 'request/conflict');
      // Else the second reader would be taken for served.
      assertProblem(await send(api, [reader, newReader()], 'Hello', `${form}-2`), 409, 'request/conflict');
      assert.deepEqual(await storedIn(running.dataDir), stored);
    });

    test(`of another API key is another one (${form})`, async () => {
      const reader = newReader();
      const first = await send(api, [reader], 'Hello', `${form}-3`);
      const second = await send(other, [reader], 'Good-bye', `${form}-3`);
      assert.equal(second.status, 201, second.text);
      assert.notEqual(second.json['id'], first.json['id']);
    });

    test(`twenty times at once is one message (${form})`, async () => {
      const reader = newReader();
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(api, [reader], 'Hello', `${form}-4`)));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
      assert.equal(new Set(answers.map(({ json }) => json['id'])).size, 1);
      assert.equal((await mailTo(running, reader)).length, 1);
    });

    test(`that differs makes equal calls two messages (${form})`, async () => {
      const reader = newReader();
      const first = await send(api, [reader], 'Hello', `${form}-5`);
      const second = await send(api, [reader], 'Hello', `${form}-6`);
      assert.notEqual(second.json['id'], first.json['id']);
    });

    test(`that cannot be one refuses the call (${form})`, async () => {
      const stored = await storedIn(running.dataDir);
      for (const key of ['', 'a b', 'x'.repeat(256), 'ä']) {
        assertProblem(await send(api, [newReader()], 'Hello', key), 422, 'request/malformed', /^Idempotency-Key/);
      }
      assert.deepEqual(await storedIn(running.dataDir), stored);
    });
  }

  test('is no matter of how the JSON is written', async () => {
    const to = [newReader()];
    const headers = { ...JSON_TYPE, 'idempotency-key': 'written' };
    const call = (body: string): Promise<ApiAnswer> => api.call('POST', '/messages', { headers, body });
    const first = await call(JSON.stringify({ from: ALICE, to, text: 'Hello' }));
    const again = await call(JSON.stringify({ text: 'Hello', to, from: ALICE, cc: [] }, undefined, 2));
    assert.equal(again.json['id'], first.json['id']);
  });

  test('covers every file, by its bytes', async () => {
    const to = [newReader()];
    const call = (text: string): Promise<ApiAnswer> => {
      const attachments = [{ filename: 'a.txt', content: Buffer.from(text).toString('base64') }];
      return api.sendJson('/messages', { from: ALICE, to, attachments }, { 'idempotency-key': 'files' });
    };
    assert.equal((await call('one')).status, 201);
    assertProblem(await call('two'), 409, 'request/conflict');
  });

  test('without one, equal calls in JSON are messages of their own', async () => {
    const body = { from: ALICE, to: [newReader()], text: 'Hello' };
    const first = await api.sendJson('/messages', body);
    const second = await api.sendJson('/messages', body);
    assert.notEqual(second.json['id'], first.json['id']);
  });

  test('is known when what was asked for would be refused by now', async () => {
    const expiresAt = new Date(running.clock.nowMs() + 3_600_000).toISOString();
    const call = (): Promise<ApiAnswer> =>
      api.sendJson(
        '/messages',
        { from: ALICE, to: ['late@recipient.example'], expiresAt },
        { 'idempotency-key': 'late' },
      );
    const first = await call();
    running.clock.forward(2 * 3_600_000);
    const again = await call();
    assert.equal(again.status, 201, again.text);
    assert.equal(again.json['id'], first.json['id']);
  });
});
