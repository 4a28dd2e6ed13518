// Owns driving the real program through all that it does with its database: mail in and out, codes, reading,
// answers, lists, taking back, the API, sweeping.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAuditHead, loadAuditPoint } from '../../server/audit/audit-head.store.ts';
import { verifyAudit } from '../../server/audit/verify-audit.ts';
import { DAY_MS, isoNow } from '../../server/core/clock.ts';
import { getBrand, insertBrandVersion } from '../../server/brands/brand.store.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { messageKeyIds, messagesUnder, recordsOf } from '../../server/keys/rewrap.store.ts';
import { listNamedBlobs, newestBlobs, unnamedBlobs } from '../../server/messages/parts.store.ts';
import { listTombstones } from '../../server/messages/shred.store.ts';
import { isStillNamed, listMessagesAfter } from '../../server/messages/verify.store.ts';
import { bindIdentity } from '../../server/signin/identities.store.ts';
import { Authenticator, passkeyOptions } from '../support/authenticator.ts';
import { orderReminders } from '../../server/worker/remind.ts';
import { sealedColumns } from '../../server/sealed-columns.ts';
import { makeClient } from '../roads/api-client.ts';
import { Visitor } from '../support/browser.ts';
import { linkTo, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { mimeMail, send } from '../support/mime.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';
const CAROL = 'carol@recipient.example';
const PAGE = 100;
const PDF = { name: 'figures.pdf', content: Buffer.alloc(100_000, 'x') };

/** Each through the program's own doors. */
export async function tellStories(running: Running): Promise<void> {
  await wishForNews(running);
  const id = await send(running, { to: `${BOB}, ${CAROL}`, text: 'Secret.', parts: [PDF] });
  await readAndAnswer(running, id);
  await writeFirst(running);
  await lookAndTakeBack(running, id);
  await findTheWay(running, id);
  await askForMoreTime(running);
  await callTheApi(running);
  await tryAPolicy(running);
  await comeInOtherwise(running);
  await setItUp(running);
  for (const path of ['/readyz', '/try/mailbox', '/']) assert.equal((await fetch(`${running.url}${path}`)).status, 200);
  await running.program.watcher.look();
  await goThroughAll(running);
  await letTimePass(running);
}

// What commands, backups and rewrapping do a page at a time. What counts all there is, is not among it.
async function goThroughAll({ store }: Running): Promise<void> {
  const { db } = store;
  assert.equal((await verifyAudit(store)).holds, true);
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

// Kept on through all that follows, so that readings and answers are told of.
async function wishForNews(running: Running): Promise<void> {
  const alice = await signInByAddress(running, 'alice@example.com');
  const wishes = { firstRead: '1', digest: '1', subjects: '1' };
  assert.equal((await alice.post('/sent/notices', wishes, '/sent/notices')).status, 303);
  const zoe = await signInByAddress(running, 'zoe@example.com');
  assert.equal((await zoe.post('/sent/notices', {}, '/sent/notices')).status, 303);
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

async function comeInOtherwise(running: Running): Promise<void> {
  const api = await makeClient(running);
  const phrase = 'Correct Horse Battery';
  const mail = { from: 'alice@example.com', to: [BOB], text: 'x', accessPhrase: phrase };
  const id = String((await api.sendJson('/messages', mail)).json['id']);
  const bob = await signInByLink(running, BOB);
  const path = `/messages/${id}`;
  assert.equal((await bob.post(`${path}/phrase`, { phrase: 'Wrong Horse' }, path)).status, 422);
  assert.equal((await bob.post(`${path}/phrase`, { phrase }, path)).status, 303);
  assert.equal((await bob.get(path)).status, 200);
  await bob.get('/messages');
  assert.equal((await api.sendJson(`/messages/${id}`, { accessPhrase: 'Another Horse' }, {}, 'PATCH')).status, 200);
  const key = new Authenticator(running.url);
  const page = '/account/passkeys';
  const made = key.make(await passkeyOptions(bob, `${page}/options`, page));
  assert.equal((await bob.post(page, { answer: made, name: 'Key' }, page)).status, 303);
  const used = key.use(await passkeyOptions(bob, '/sign-in/passkey/options', page));
  assert.equal((await bob.post(`${path}/prove/passkey`, { answer: used }, page)).status, 303);
  const [row = ''] = /name="passkey" value="([^"]+)"/.exec((await bob.get(page)).text)?.slice(1) ?? [];
  for (const act of ['rename', 'remove']) {
    assert.equal((await bob.post(`${page}/${act}`, { passkey: row, name: 'Mine' }, page)).status, 303, act);
  }
  const { db, keyring } = running.store;
  const account = { issuer: 'https://accounts.google.com', subject: '1', provider: 'google', addressIndex: 'x' };
  const bind = (): Promise<boolean> =>
    inTransaction(db, (tx) => bindIdentity(keyring, tx, account, isoNow(running.clock)));
  assert.deepEqual([await bind(), await bind()], [true, true]);
  assert.equal((await api.sendJson(`/messages/${id}/revoke`, { destroy: true })).status, 200);
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
  // The codes that were asked for on the way are older than the one that is read now.
  await running.drain();
  running.clock.forward(1);
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
  await composeThere(alice);
  for (const page of ['/sent', path, `/sent?before=${id}`, `/sent?after=${'0'.repeat(26)}`]) await alice.get(page);
  for (const fields of [{ to: BOB, state: 'notified' }, { words: 'x', from: '2026-01-01' }, { state: 'held' }]) {
    const found = await alice.post('/sent/find', fields, '/sent');
    for (const way of ['', `&before=${id}`, `&after=${'0'.repeat(26)}`]) {
      assert.equal((await alice.get(`${found.location ?? ''}${way}`)).status, 200);
    }
  }
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

async function composeThere(alice: Visitor): Promise<void> {
  const whole = { to: BOB, bcc: CAROL, subject: 'x', text: 'y', protection: 'encrypt-only', phrase: 'Correct Horse' };
  assert.equal((await alice.postMultipart('/compose', { ...whole, subject: '' }, [], '/compose')).status, 422);
  assert.equal((await alice.postMultipart('/compose', whole, [PDF], '/compose')).status, 303);
}

// Waiting for a code, a notice that is lost, and whether it is genuine.
async function findTheWay(running: Running, id: string): Promise<void> {
  const link = await linkTo(running, BOB);
  const bob = new Visitor(running.url);
  await bob.post(`${link}/passcode`, {}, link);
  await running.drain();
  for (const path of [`${link}/verify`, `${link}/verify/status`]) assert.equal((await bob.get(path)).status, 200);
  assert.equal((await bob.post('/sign-in/notices', { address: CAROL }, '/sign-in/notices')).status, 303);
  assert.equal((await bob.post('/genuine', { reference: 'AAAA-AAAA' }, '/genuine')).status, 200);
  const alice = await signInByAddress(running, 'alice@example.com');
  assert.equal((await alice.post(`/sent/${id}/resend`, {}, `/sent/${id}`)).status, 303);
  await inTransaction(running.store.db, async (tx) => {
    const brand = await getBrand(tx, 'default', 'Example Ltd');
    const card = { actor: 'admin@example.com', note: '', changed: [] };
    await insertBrandVersion(running.store.vault, tx, { ...brand, reminderDays: 60 }, card);
  });
  running.clock.forward(DAY_MS);
  assert.ok((await orderReminders(running.store, PAGE)) > 0);
  await running.drain();
}

async function askForMoreTime(running: Running): Promise<void> {
  const ids = [];
  for (let n = 0; n < 3; n += 1) {
    ids.push(await send(running, { to: `${BOB}, ${CAROL}`, text: 'x', headers: ['X-Sealpost-Expires: 1d'] }));
  }
  running.clock.forward(DAY_MS);
  const bob = await signInByAddress(running, BOB);
  const alice = await signInByAddress(running, 'alice@example.com');
  for (const [n, id] of ids.entries()) {
    assert.equal((await bob.post(`/messages/${id}/more-time`, {}, `/messages/${id}`)).status, 303);
    await running.drain();
    const [mail] = await mailTo(running, 'alice@example.com');
    const path = /\/sent\/[0-9a-z]{26}\/requests\/[0-9a-z]{26}/.exec(mail?.text ?? '')?.[0] ?? '';
    const answers = [
      { decision: 'give', days: '7' },
      { decision: 'give', days: '7', whom: 'all' },
      { decision: 'refuse' },
    ];
    assert.equal((await alice.post(path, answers[n] ?? {}, path)).status, 303);
    await running.drain();
    await alice.get(path);
    await alice.get(`/sent/${id}`);
  }
}

async function tryAPolicy(running: Running): Promise<void> {
  const api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
  const begun = await api.call('POST', '/simulate?days=90');
  assert.equal(begun.status, 202, begun.text);
  const path = (begun.headers.get('location') ?? '').replace('/api/v1', '');
  while ((await api.get(path)).json['state'] === 'running') await sleep(10);
  assert.equal((await api.get(path)).json['state'], 'done');
  assert.equal((await api.get('/rules/hits')).status, 200);
  const admin = await signInByAddress(running, 'admin@example.com');
  assert.equal((await admin.get('/admin/policy')).status, 200);
  // That there is no such rule is found out by looking for what it met.
  assert.equal((await admin.get('/admin/policy/rules/unknown/hits')).status, 404);
}

async function setItUp(running: Running): Promise<void> {
  const admin = await signInByAddress(running, 'admin@example.com');
  const page = '/admin/setup/test';
  assert.equal((await admin.post(page, {}, page)).status, 303);
  for (const path of ['/admin/today', '/admin/setup', page]) assert.equal((await admin.get(path)).status, 200, path);
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
  for (const act of ['revoke', 'restore', 'resend']) {
    assert.equal((await all.sendJson(`/messages/${id}/${act}`, { recipients: reader })).status, 200, act);
  }
}
