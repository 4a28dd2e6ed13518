// A delegate of a shared mailbox sees what it sent and acts for it, under their own name; to all others it stays as it was.

import { ledTo } from '../support/browser.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { messageAudit } from '../../server/audit/audit-list.store.ts';
import type { Visitor } from '../support/browser.ts';
import { mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { setRoster } from '../support/staff.ts';
import { plainMail, submit } from '../support/submit.ts';

const letter = {
  to: 'bob@recipient.example',
  subject: 'Claim 4713',
  text: 'We have it.',
  protection: 'encrypt-only',
};
const DELEGATES = ['dora@example.com', 'emil@example.com'];

describe('a delegate of a shared mailbox', () => {
  let running: Running;
  let dora: Visitor;
  let id: string;
  let shared: string;

  before(async () => {
    running = await startProgram();
    await setRoster(running, { mailboxes: [{ address: 'Claims@example.com', delegates: DELEGATES }] });
    id = await submitFrom('claims@example.com', 'Claim 4711');
    dora = await signInByAddress(running, 'dora@example.com');
    const key = /href="\/sent\?mailbox&#x3D;([\w-]+)"/.exec((await dora.get('/sent')).text)?.[1];
    shared = `/sent?mailbox=${key}`;
  });
  after(() => running.stop());

  async function submitFrom(from: string, subject: string): Promise<string> {
    const raw = plainMail({ from, subject, to: 'bob@recipient.example' });
    return (await submit(running.smtpPort, { from, to: ['bob@recipient.example'], raw })).split(' ')[2] ?? '';
  }

  test('chooses the mailbox, whose address stands in no link, and sees what it sent', async () => {
    assert.match(shared, /^\/sent\?mailbox=[\w-]{22}$/);
    assert.doesNotMatch((await dora.get('/sent')).text, /Claim 4711/);
    const list = await dora.get(shared);
    assert.match(list.text, /Claim 4711/);
    assert.match(list.text, /aria-current="page"><bdi>Claims@example\.com/);
    const page = await dora.get(`/sent/${id}`);
    assert.equal(page.status, 200);
    assert.ok(
      page.text.includes(`class="back"><a href="${shared.replace('=', '&#x3D;')}"`),
      'leads back to the mailbox',
    );
  });

  test('acts for it, each under their own name', async () => {
    await mailTo(running, 'bob@recipient.example');
    const emil = await signInByAddress(running, 'emil@example.com');
    const from = `/sent/${id}`;
    for (const [visitor, act, fields, done] of [
      [dora, 'resend', { recipient: '0' }, 'resent'],
      [dora, 'revoke', { recipient: '0' }, 'revoked'],
      [emil, 'restore', { recipient: '0' }, 'restored'],
      [emil, 'expiry', { expires: '3d' }, 'expiry'],
      [dora, 'phrase', { phrase: 'a long enough phrase' }, 'phrase'],
    ] as const)
      assert.equal(
        ledTo(await visitor.post(`${from}/${act}`, fields, from))?.replace(/&undo=.*/, ''),
        `${from}?done=${done}`,
        act,
      );
    const entries = await messageAudit(running.store.keyring, running.store.db, id, 50);
    const acts = new Map(entries.map(({ event, details }) => [event, details]));
    for (const [event, actor] of [
      ['notice-resent', 'dora@example.com'],
      ['message-revoked', 'dora@example.com'],
      ['message-restored', 'emil@example.com'],
      ['expiry-changed', 'emil@example.com'],
      ['phrase-changed', 'dora@example.com'],
    ] as const) {
      const details: unknown = acts.get(event);
      assert.ok(typeof details === 'object' && details !== null && 'actor' in details, event);
      assert.equal(details.actor, actor, event);
    }
  });

  test('undoes nothing of what a fellow delegate changed meanwhile, and is told so', async () => {
    const other = await submitFrom('claims@example.com', 'Claim 4714');
    const emil = await signInByAddress(running, 'emil@example.com');
    const from = `/sent/${other}`;
    const undoOf = async (act: string, fields: Record<string, string>): Promise<Record<string, string>> => {
      const page = await dora.get((await dora.post(`${from}/${act}`, fields, from)).location ?? '');
      const note = /<div class="note" data-tone="good".*?<\/div>/s.exec(page.text)?.[0] ?? '';
      return Object.fromEntries(
        [...note.matchAll(/name="(after|expires|recipient)" value="([^"]+)"/g)].map(([, name = '', value = '']) => [
          name,
          value,
        ]),
      );
    };
    const row = async () =>
      running.store.db
        .selectFrom('recipients')
        .innerJoin('messages', 'messages.id', 'recipients.message_id')
        .select(['revoked_at', 'messages.expires_at'])
        .where('message_id', '=', other)
        .executeTakeFirstOrThrow();

    const ofEnd = await undoOf('expiry', { expires: '3d' });
    await emil.post(`${from}/expiry`, { expires: '5d' }, from);
    const kept = await row();
    const refused = await dora.post(`${from}/expiry`, ofEnd, from);
    assert.equal(refused.status, 409);
    assert.match(refused.text, /Somebody else has changed this message since then/);
    assert.deepEqual(await row(), kept);

    // What the fellow delegate did leaves it as it was, and is still the last that was decided.
    const ofGiving = await undoOf('revoke', {}).then(() => undoOf('restore', {}));
    await emil.post(`${from}/revoke`, {}, from);
    await emil.post(`${from}/restore`, {}, from);
    assert.equal((await dora.post(`${from}/revoke`, ofGiving, from)).status, 409);
    assert.equal((await row()).revoked_at, null);

    const ofTaking = await undoOf('revoke', {});
    assert.equal((await dora.post(`${from}/restore`, { ...ofTaking, after: '0' }, from)).status, 409);
    assert.equal((await dora.post(`${from}/restore`, { ...ofTaking, after: 'x' }, from)).status, 422);
    assert.equal((await dora.post(`${from}/restore`, ofTaking, from)).status, 303);
    assert.equal((await row()).revoked_at, null);
    assert.equal((await dora.post(`${from}/restore`, ofTaking, from)).status, 409, 'once');
  });

  test('sees the answers in the conversation, with no link into the mailbox itself', async () => {
    const other = await submitFrom('claims@example.com', 'Claim 4712');
    const bob = await signInByLink(running, 'bob@recipient.example');
    await bob.postMultipart(`/messages/${other}/reply`, { text: 'Thank you for 4712.' }, [], `/messages/${other}`);
    const page = await dora.get(`/sent/${other}`);
    assert.match(page.text, /Thank you for 4712\./);
    assert.doesNotMatch(page.text, /href="\/messages\/[0-9a-z]{26}/);
  });

  test('writes in its name on the portal, and finds it in its mailbox', async () => {
    const form = await dora.get(shared.replace('/sent', '/compose'));
    const key = shared.replace(/^.*=/, '');
    assert.match(form.text, new RegExp(`<option value="${key}" selected>Claims@example\\.com`));
    const sent = await dora.postMultipart('/compose', { ...letter, from: key }, [], '/compose');
    assert.match(ledTo(sent) ?? '', /^\/sent\/[0-9a-z]{26}\?done=composed$/);
    assert.match((await dora.get(shared)).text, /Claim 4713/);
    assert.doesNotMatch((await dora.get('/sent')).text, /Claim 4713/);
    const notice = (await mailTo(running, 'bob@recipient.example'))[0]?.text ?? '';
    assert.match(notice, /claims@example\.com/i);
    assert.doesNotMatch(notice, /dora/i);
    const written = sent.location?.slice('/sent/'.length, '/sent/'.length + 26) ?? '';
    const [entry] = (await messageAudit(running.store.keyring, running.store.db, written, 50)).slice(-1);
    assert.equal(entry?.event, 'message-accepted');
    assert.ok(JSON.stringify(entry.details).includes('dora@example.com'), 'under their own name');
  });

  test('writes in no other name: not of a mailbox that is not there, not of one that is another’s', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    const key = shared.replace(/^.*=/, '');
    assert.doesNotMatch((await alice.get('/compose')).text, /name="from"/);
    for (const [visitor, from] of [
      [dora, 'A'.repeat(22)],
      [dora, 'claims@example.com'],
      [alice, key],
    ] as const) {
      const refused = await visitor.postMultipart('/compose', { ...letter, subject: 'Forged', from }, [], '/compose');
      assert.equal(refused.status, 422);
      assert.match(refused.text, /You do not write for that mailbox any more/);
    }
    assert.equal((await alice.get(`/compose?mailbox=${key}`)).status, 404);
    for (const path of ['/sent', shared]) assert.doesNotMatch((await dora.get(path)).text, /Forged/);
    assert.doesNotMatch((await alice.get('/sent')).text, /Forged/);
  });

  test('of another mailbox, a stranger and the organisation’s others find no such page', async () => {
    const own = await submitFrom('alice@example.com', 'Private');
    const missing = await dora.get(`/sent/${'0'.repeat(26)}`);
    for (const path of [`/sent/${own}`, '/sent?mailbox=', `/sent?mailbox=${'A'.repeat(22)}`, `${shared}&mailbox=x`]) {
      assert.equal((await dora.get(path)).status, 404, path);
    }
    assert.equal(
      (await dora.get(`/sent/${own}`)).text.replace(/value="[^"]*"/g, ''),
      missing.text.replace(/value="[^"]*"/g, ''),
    );
    const alice = await signInByAddress(running, 'alice@example.com');
    for (const path of [shared, `/sent/${id}`, `/sent/${id}/destroy`])
      assert.equal((await alice.get(path)).status, 404, path);
    assert.equal((await alice.post(`/sent/${id}/revoke`, {}, '/sent')).status, 404);
    assert.doesNotMatch((await alice.get('/sent')).text, /\?mailbox/);
  });

  test('is none any more from the moment on when an administrator says so', async () => {
    await setRoster(running, { mailboxes: [{ address: 'claims@example.com', delegates: ['emil@example.com'] }] });
    assert.equal((await dora.get(shared)).status, 404);
    assert.equal((await dora.get(`/sent/${id}`)).status, 404);
    assert.equal((await dora.post(`/sent/${id}/revoke`, {}, '/sent')).status, 404);
  });
});
