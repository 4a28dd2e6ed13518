// Owns driving the real program through all that it does with its database: mail in and out, codes, reading,
// answers, lists, taking back, the API, sweeping.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAuditHead, loadAuditPoint } from '../../server/audit/audit-head.store.ts';
import { verifyAudit } from '../../server/audit/audit.store.ts';
import { DAY_MS } from '../../server/core/clock.ts';
import { messageKeyIds, messagesUnder, recordsOf } from '../../server/keys/rewrap.store.ts';
import { listNamedBlobs, newestBlobs, unnamedBlobs } from '../../server/messages/parts.store.ts';
import { listTombstones } from '../../server/messages/shred.store.ts';
import { isStillNamed, listMessagesAfter } from '../../server/messages/verify.store.ts';
import { sealedColumns } from '../../server/sealed-columns.ts';
import { makeClient } from '../roads/api-client.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { mimeMail, send } from '../support/mime.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';
const CAROL = 'carol@recipient.example';
const PAGE = 100;
const PDF = { name: 'figures.pdf', content: Buffer.alloc(100_000, 'x') };

/** Each through the program's own doors. */
export async function tellStories(running: Running): Promise<void> {
  const id = await send(running, { to: `${BOB}, ${CAROL}`, text: 'Secret.', parts: [PDF] });
  await readAndAnswer(running, id);
  await writeFirst(running);
  await lookAndTakeBack(running, id);
  await callTheApi(running);
  for (const path of ['/readyz', '/try/mailbox', '/']) assert.equal((await fetch(`${running.url}${path}`)).status, 200);
  await goThroughAll(running);
  await letTimePass(running);
}

// What commands, backups and rewrapping do a page at a time. What counts all there is, is not among it.
async function goThroughAll({ store: { db, keyring } }: Running): Promise<void> {
  assert.equal((await verifyAudit(keyring, db)).holds, true);
  const head = await loadAuditHead(db);
  await loadAuditPoint(db, head?.seq ?? 0);
  for (const keyId of await messageKeyIds(db)) await messagesUnder(db, keyId, '', PAGE);
  for (const column of sealedColumns) await recordsOf(db, column, column.before, PAGE);
  await listMessagesAfter(db, '', PAGE);
  await listTombstones(db, '', PAGE);
  const named = await listNamedBlobs(db, '', PAGE);
  const [part] = named;
  assert.ok(part);
  await isStillNamed(db, part);
  await newestBlobs(db, PAGE);
  await unnamedBlobs(
    db,
    named.map(({ blobId }) => blobId),
  );
}

// Past the last day of everything: the notices are settled, the sessions over.
async function letTimePass(running: Running): Promise<void> {
  const left = (): Promise<unknown> => running.store.db.selectFrom('outbox').select('id').limit(1).executeTakeFirst();
  await running.drain();
  running.clock.forward(800 * DAY_MS);
  await running.drain();
  running.clock.forward(8 * DAY_MS);
  running.program.worker.start();
  for (let looks = 0; (await left()) !== undefined; looks += 1) {
    assert.ok(looks < 1_000, 'nothing is swept');
    running.program.worker.kick();
    await sleep(10);
  }
}

async function readAndAnswer(running: Running, id: string): Promise<void> {
  const bob = await signInByLink(running, BOB);
  const path = `/messages/${id}`;
  for (const page of ['/messages', path, `${path}/body`]) await bob.get(page);
  for (const page of [`/messages?before=${id}`, `/messages?after=${'0'.repeat(26)}`]) await bob.get(page);
  assert.equal((await bob.bytes(`${path}/attachments/1`)).status, 200);
  const file = { name: 'answer.txt', content: Buffer.from('Yes.') };
  assert.equal((await bob.postMultipart(`${path}/reply`, { text: 'Thanks.', all: '1' }, [file], path)).status, 303);
  for (const fields of [{ text: 'Not yet.' }, { text: 'Not yet.', do: 'discard' }]) {
    assert.equal((await bob.post(`${path}/draft`, fields, path)).status, 303);
  }
  for (const kind of ['eml', 'pdf']) assert.equal((await bob.bytes(`${path}/copy.${kind}`)).status, 200);
  await bob.get('/account');
  await loseTheSession(running, path);
  assert.equal((await bob.post(`${path}/forward`, { to: 'dan@third.example', text: 'See.' }, path)).status, 303);
  await running.drain();
  await bob.get(path);
  await bob.post('/sign-out', {}, '/messages');
  // A wrong code, and a right one after it.
  await bob.post('/sign-in/passcode', { address: BOB }, '/sign-in');
  await bob.post('/sign-in/verify', { code: '00000000' }, '/sign-in/verify');
}

// An answer whose session has ended is set aside, and found again.
async function loseTheSession(running: Running, path: string): Promise<void> {
  const carol = await signInByLink(running, CAROL);
  const csrf = await carol.csrf(path);
  const cookie = carol.cookie('sealpost') ?? '';
  await carol.post('/account/sign-out-everywhere', {}, '/account');
  carol.setCookie('sealpost', cookie);
  const late = await carol.send('POST', `${path}/draft`, new URLSearchParams({ csrf, text: 'Late.' }));
  assert.equal(late.status, 401);
}

async function writeFirst(running: Running): Promise<void> {
  const bob = await signInByAddress(running, BOB);
  const whole = { to: 'alice@example.com', subject: 'x', text: 'y' };
  const sent = await bob.postMultipart('/write', whole, [], '/write');
  assert.equal(sent.status, 303);
  await bob.get(sent.location ?? '');
  await bob.get('/messages');
  await bob.get('/account?before=7');
  await bob.post('/account/sign-out-everywhere', {}, '/account');
}

async function lookAndTakeBack(running: Running, id: string): Promise<void> {
  const alice = await signInByAddress(running, 'alice@example.com');
  const path = `/sent/${id}`;
  for (const page of ['/sent', path, `/sent?before=${id}`, `/sent?after=${'0'.repeat(26)}`]) await alice.get(page);
  for (const [act, fields] of [
    ['revoke', { recipient: '1' }],
    ['restore', { recipient: '1' }],
    ['revoke', {}],
    ['restore', {}],
    ['expiry', { expires: '9d' }],
  ] as const) {
    assert.equal((await alice.post(`${path}/${act}`, fields, path)).status, 303, act);
  }
  // A conversation goes on by its References.
  await send(running, { to: BOB, text: 'More.', headers: ['References: <a@example.com> <b@example.com>'] });
  const other = await send(running, { to: BOB, text: 'To be gone.', parts: [PDF] });
  assert.equal((await alice.post(`/sent/${other}/revoke`, { destroy: '1' }, `/sent/${other}`)).status, 303);
}

async function callTheApi(running: Running): Promise<void> {
  const all = await makeClient(running);
  const few = await makeClient(running, { senders: ['alice@example.com', 'dora@example.com'] });
  const mail = { from: 'alice@example.com', to: [BOB], text: 'x' };
  const id = String((await all.sendJson('/messages', mail, { 'idempotency-key': 'once' })).json['id']);
  assert.equal((await all.sendJson('/messages', mail, { 'idempotency-key': 'once' })).json['id'], id);
  const raw = mimeMail({ from: mail.from, to: BOB, text: 'x' });
  assert.equal((await all.sendRaw({ from: mail.from, to: [BOB], raw })).status, 201);
  for (const api of [all, few]) {
    for (const path of ['', `?cursor=${id}`, `/${id}`, `/${id}/events`]) {
      assert.equal((await api.get(`/messages${path}`)).status, 200, path);
    }
  }
  const reader = [BOB];
  for (const act of ['revoke', 'restore']) {
    assert.equal((await all.sendJson(`/messages/${id}/${act}`, { recipients: reader })).status, 200, act);
  }
}
