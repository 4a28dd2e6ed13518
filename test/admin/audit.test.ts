// The audit log in the console and the API: what is chosen, paged and taken along, and by whom.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { appendAudit } from '../../server/audit/audit.store.ts';
import { verifyAudit } from '../../server/audit/verify-audit.ts';
import { inTransaction } from '../../server/db/engine.ts';
import type { Visitor } from '../support/browser.ts';
import { makeClient } from '../roads/api-client.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

const page = '/admin/audit';

describe('the page of the audit log', () => {
  let running: Running;
  let admin: Visitor;
  let id = '';

  before(async () => {
    running = await startProgram();
    admin = await signInByAddress(running, 'admin@example.com');
    await submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw: plainMail({}) });
    const bob = await signInByLink(running, 'bob@recipient.example');
    id = /\/messages\/([0-9a-z]{26})/.exec((await bob.get('/messages')).text)?.[1] ?? '';
    await bob.get(`/messages/${id}`);
  });
  after(() => running.stop());

  const find = (fields: Record<string, string>) => admin.post(`${page}/find`, fields, page);
  const rowsIn = (text: string) =>
    [...text.matchAll(/<td data-label="No\." class="number">(\d+)/g)].map(([, n]) => Number(n));
  const count = async (path: string) => rowsIn((await admin.get(path)).text).length;

  test('tells who did what, from where, and about which message', async () => {
    const { text } = await admin.get(page);
    for (const words of [
      'Message taken in',
      'Signed in',
      'Message read',
      'bob@recipient.example',
      '127.0.0.1',
      `?message=${id}`,
    ]) {
      assert.ok(text.replaceAll('&#x3D;', '=').includes(words), words);
    }
  });

  test('finds by event, person, message and day, and its links bear no address', async () => {
    const byPerson = await find({ address: 'BOB@recipient.example' });
    assert.equal(byPerson.status, 303);
    assert.match(byPerson.location ?? '', /\?person=[\w-]+$/);
    assert.doesNotMatch(byPerson.location ?? '', /recipient|%40/i);
    const { text } = await admin.get(byPerson.location ?? '');
    assert.match(text, /Entries found of <bdi>bob@recipient\.example/);
    assert.ok(rowsIn(text).length >= 3);
    assert.doesNotMatch(text, /alice@example\.com/);
    const both = await find({
      person: new URL(byPerson.location ?? '', 'http://x').searchParams.get('person') ?? '',
      event: 'message-read',
    });
    assert.equal(await count(both.location ?? ''), 1);
    assert.equal(await count(`${page}?message=${id}&event=message-accepted`), 1);
    const today = running.clock.nowMs();
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
    assert.equal(await count(`${page}?from=${day(today)}&until=${day(today)}`), await count(page));
    assert.equal(await count(`${page}?until=${day(today - 86_400_000)}`), 0);
    assert.equal(await count(`${page}?from=${day(today + 86_400_000)}`), 0);
  });

  test('finds what somebody did to messages by their name, and their own page tells them', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    for (const [act, fields] of [
      ['resend', {}],
      ['revoke', {}],
      ['restore', {}],
      ['expiry', { expires: '3d' }],
    ] as const) {
      assert.equal((await alice.post(`/sent/${id}/${act}`, fields, `/sent/${id}`)).status, 303, act);
    }
    const { location } = await find({ address: 'alice@example.com' });
    const { text } = await admin.get(location ?? '');
    for (const words of ['Taken back', 'Given back', 'Last day changed']) {
      assert.ok(text.includes(`<td data-label="What">${words}<`), words);
      assert.ok((await alice.get('/account')).text.includes(words), words);
    }
    assert.doesNotMatch((await alice.get('/account')).text, /Something else was recorded/);
    const bob = await find({ address: 'bob@recipient.example' });
    assert.doesNotMatch((await admin.get(bob.location ?? '')).text, /<td data-label="What">Taken back/);
  });

  test('says what cannot be understood, and refuses what no link of it asks for', async () => {
    for (const [fields, words] of [
      [{ address: 'nobody' }, 'That is no mail address.'],
      [{ message: 'x' }, 'A message’s id has 26 letters and digits.'],
      [{ from: '2026-02-31' }, 'The first day is no day.'],
    ] as const) {
      const answer = await find(fields);
      assert.equal(answer.status, 422);
      assert.ok(answer.text.includes(words), words);
    }
    for (const query of ['event=drop', 'person=bob@x.example', 'message=1', 'before=-1', 'after=x', 'from=tomorrow']) {
      assert.equal((await admin.get(`${page}?${query}`)).status, 422, query);
    }
  });

  test('pages through a long log without leaving anything out', async () => {
    const { db, vault } = running.store;
    for (let n = 0; n < 120; n += 1) {
      const details = { address: 'carol@third.example', n };
      await inTransaction(db, (tx) => appendAudit(vault, tx, { event: 'code-asked', details }));
    }
    const seen: number[] = [];
    const link = (text: string, rel: string) =>
      new RegExp(`rel="${rel}" href="([^"]+)"`).exec(text)?.[1]?.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
    let text = (await admin.get(`${page}?event=code-asked`)).text;
    for (let next: string | undefined = page; next !== undefined; next = link(text, 'next')) {
      if (next !== page) text = (await admin.get(next)).text;
      seen.push(...rowsIn(text));
    }
    assert.equal(seen.length, new Set(seen).size);
    assert.ok(seen.length >= 122, String(seen.length));
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => b - a),
    );
    const back = await admin.get(link(text, 'prev') ?? '');
    assert.equal(rowsIn(back.text).length, 50);
  });

  test('is taken along whole or as chosen, which stands in it', async () => {
    const taken = await admin.post(`${page}/export`, { format: 'csv', event: 'message-read' }, page);
    assert.equal(taken.status, 200);
    assert.match(
      taken.text,
      /^seq,at,event,who,network,message,recipient,details\r\n\d+,.*,message-read,bob@recipient\.example,127\.0\.0\.1,/,
    );
    assert.equal(taken.text.trimEnd().split('\r\n').length, 2);
    const all = await admin.post(`${page}/export`, { format: 'jsonl' }, page);
    const last = JSON.parse(all.text.trimEnd().split('\n').at(-1) ?? '') as {
      event: string;
      details: { actor: string };
    };
    assert.deepEqual([last.event, last.details.actor], ['audit-exported', 'admin@example.com']);
    assert.match((await admin.post(`${page}/export`, { format: 'cef' }, page)).text, /^CEF:0\|Sealpost\|/);
    assert.equal((await admin.post(`${page}/export`, { format: 'exe' }, page)).status, 422);
    assert.equal((await verifyAudit(running.store)).holds, true);
  });

  test('does not exist for a sender, a reader and a stranger', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    const bob = await signInByLink(running, 'bob@recipient.example');
    for (const visitor of [alice, bob]) {
      assert.equal((await visitor.get(page)).status, 404);
      assert.equal((await visitor.post(`${page}/export`, { format: 'csv' }, '/messages')).status, 404);
    }
  });

  test('is told by the API to a key that may read the house, a page at a time', async () => {
    const api = await makeClient(running, { scopes: ['admin:read'] });
    const first = (await api.get('/audit?event=code-asked&limit=100')).json as {
      entries: { seq: number }[];
      cursor: number;
    };
    assert.equal(first.entries.length, 100);
    const rest = (await api.get(`/audit?event=code-asked&limit=100&cursor=${first.cursor}`)).json as {
      entries: { seq: number }[];
      cursor: null;
    };
    assert.equal(rest.cursor, null);
    assert.equal(
      new Set([...first.entries, ...rest.entries].map(({ seq }) => seq)).size,
      first.entries.length + rest.entries.length,
    );
    const ofBob = (await api.get('/audit?address=bob@recipient.example&message=' + id)).json as {
      entries: { details: { address: string } }[];
    };
    assert.deepEqual([...new Set(ofBob.entries.map(({ details }) => details.address))], ['bob@recipient.example']);
    for (const query of ['event=drop', 'limit=0', 'cursor=x', 'address=x', 'who=bob', 'from=2026-02-31']) {
      assert.equal((await api.get(`/audit?${query}`)).status, 422, query);
    }
    assert.equal((await (await makeClient(running, { scopes: ['messages:read'] })).get('/audit')).status, 403);
  });
});
