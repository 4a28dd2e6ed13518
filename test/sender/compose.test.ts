// Writing in the portal: a sender without a mail program that leads here composes a protected message, which becomes what
// the same API call would become; what is refused stands in the form again, and nothing of it is stored.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS, MINUTE_MS, isoTime } from '../../server/core/clock.ts';
import { messageAudit } from '../../server/audit/audit-list.store.ts';
import { openMessage } from '../../server/messages/open.ts';
import { makeClient } from '../roads/api-client.ts';
import { Visitor, ledTo } from '../support/browser.ts';
import type { Answer, TestFile } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { codeFor, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';
const CAROL = 'carol@recipient.example';
const ARCHIVE = 'archive@other.example';
const FILE: TestFile = { name: 'plan.txt', content: Buffer.from('the plan') };
const BYTES_MAX = 1024 * 1024;

const whole = {
  to: BOB,
  cc: '',
  bcc: '',
  subject: 'The lease',
  text: 'Dear Bob,\n\nread **section 4**.',
  protection: 'encrypt-only',
  expires: '',
  phrase: '',
};

const policy = {
  format: 1,
  templates: [
    { name: 'legal', title: 'Legal, seven days', rights: ['reply'], expiry: { days: 7 }, signIn: ['phrase'] },
    { name: 'partner', title: 'By account only', rights: ['reply'], signIn: ['federated'] },
    { name: 'past', title: 'Until last year', rights: [], expiry: { until: '2020-01-31' } },
  ],
  rules: [
    {
      id: 'no-plans',
      name: 'No <plans>',
      when: { subject: { contains: 'battle plan' } },
      then: [{ refuse: 'Ask the “general”.' }],
    },
    {
      id: 'four-eyes',
      name: 'Two pairs of eyes',
      when: { subject: { contains: 'offer' } },
      then: [{ hold: { approvers: ['pat@example.com'] } }],
    },
    { id: 'spoken', name: 'Spoken word', when: { subject: { contains: 'spoken' } }, then: [{ apply: 'legal' }] },
    { id: 'account', name: 'Accounts', when: { subject: { contains: 'account' } }, then: [{ signIn: ['federated'] }] },
    {
      id: 'strict',
      name: 'Strict',
      when: { anyRecipient: { is: ['@strict.example'] } },
      then: [{ apply: 'do-not-forward' }],
    },
    {
      id: 'copy',
      name: 'A copy',
      when: { subject: { contains: 'reviewed' } },
      then: [{ reviewer: 'ruth@example.com' }],
    },
  ],
};

describeEngines('a message that a sender writes in the portal', (engine) => {
  let running: Running;
  let alice: Visitor;

  before(async () => {
    running = await startProgram({
      env: { ...(await engine.newDatabase()), MESSAGE_BYTES_MAX: String(BYTES_MAX), SESSION_IDLE_MINUTES: '30' },
    });
    const admin = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const saved = await admin.sendJson('/policy', policy, { 'if-match': '"0"' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
    alice = await signInByAddress(running, 'alice@example.com');
  });
  after(() => running.stop());

  const compose = (fields: Record<string, string>, files: readonly TestFile[] = [], who = alice): Promise<Answer> =>
    who.postMultipart('/compose', { ...whole, ...fields }, files, '/compose');
  const messages = () => running.store.db.selectFrom('messages').selectAll().orderBy('id').execute();
  const parts = () => running.store.db.selectFrom('parts').select('message_id').execute();
  const idOf = ({ status, location, text }: Answer): string => {
    assert.equal(status, 303, text);
    return /^\/sent\/([0-9a-z]{26})\?done=composed/.exec(location ?? '')?.[1] ?? assert.fail(String(location));
  };
  const theMessage = async (id: string) => {
    const row = (await messages()).find((one) => one.id === id);
    assert.ok(row);
    return { row, meta: openMessage(running.store.vault, row).meta };
  };

  test('reaches those it is to and in copy; who gets a blind copy, nobody else learns', async () => {
    assert.match((await alice.get('/sent')).text, /href="\/compose">Write a message</);
    const sent = await compose(
      { to: `Bob Reader <${BOB}>; dan@recipient.example`, cc: `${CAROL},\r\n ${BOB}`, bcc: ARCHIVE },
      [FILE],
    );
    const id = idOf(sent);
    const own = (await alice.get(sent.location ?? '')).text;
    assert.match(own, /on its way/);
    for (const who of [BOB, CAROL, ARCHIVE, 'dan@recipient.example']) assert.ok(own.includes(who), who);
    await running.drain();
    for (const who of [BOB, CAROL, ARCHIVE]) {
      const mails = await mailTo(running, who);
      assert.equal(mails.length, 1, who);
      assert.doesNotMatch(JSON.stringify(mails), /section 4|The lease|archive@.*bob|plan\.txt/);
      const reader = await signInByLink(running, who);
      const page = (await reader.get(`/messages/${id}`)).text;
      assert.match(page, /The lease/);
      assert.match(page, /Bob Reader/);
      assert.match(page, /carol@recipient\.example/);
      assert.match((await reader.get(`/messages/${id}/body`)).text, /<strong>section 4<\/strong>/);
      assert.equal((await reader.bytes(`/messages/${id}/attachments/1`)).content.toString(), 'the plan');
      if (who !== ARCHIVE) assert.doesNotMatch(page, /archive@other/);
    }
  });

  test('is stored as the same API call is, with the same reasons and the same entry in the audit', async () => {
    const expires = isoTime(running.clock.nowMs() + 5 * DAY_MS).slice(0, 10);
    const asked = { subject: 'Equal', text: 'Plain.', protection: 'do-not-forward' };
    const id = idOf(await compose({ ...asked, to: 'x@strict.example', expires, phrase: 'the name of our ship' }));
    const api = await makeClient(running);
    const called = await api.sendJson('/messages', {
      ...asked,
      from: 'alice@example.com',
      to: ['x@strict.example'],
      expiresAt: expires,
      accessPhrase: 'the name of our ship',
    });
    const [mine, theirs] = [await theMessage(id), await theMessage(String(called.json['id']))];
    const told = ({ row, meta }: typeof mine) => {
      const { protection, rights, demands, expires_at, brand, kind, sender_index } = row;
      return { protection, rights, demands, expires_at, brand, kind, sender_index, meta: { ...meta, sentAt: '' } };
    };
    assert.deepEqual(told(mine), told(theirs));
    assert.ok(mine.row.phrase_id !== null);
    const entries = await messageAudit(running.store.keyring, running.store.db, id, 10);
    assert.deepEqual(
      entries.map(({ event }) => event),
      ['message-accepted'],
    );
    assert.match(JSON.stringify(entries), /"road":"compose","actor":"alice@example\.com"/);
    assert.doesNotMatch(JSON.stringify(entries), /our ship|Plain\./);
  });

  test('is once, however often the form is sent; a form that was changed is another', async () => {
    const page = (await alice.get('/compose')).text;
    const form = (text: string): FormData => {
      const body = new FormData();
      for (const name of ['csrf', 'once'])
        body.append(name, new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '');
      for (const [name, value] of Object.entries({ ...whole, text })) body.append(name, value);
      return body;
    };
    const post = (text: string): Promise<Answer> => alice.send('POST', '/compose', form(text));
    const before = (await messages()).length;
    const answers = await Promise.all([post('Once.'), post('Once.'), post('Once.')]);
    answers.push(await post('Once.'));
    assert.equal(new Set(answers.map(idOf)).size, 1);
    assert.equal((await messages()).length, before + 1);
    assert.notEqual(idOf(await post('Twice.')), answers.map(idOf)[0]);
  });

  test('is refused with what is wrong beside its field, and what was typed; nothing is stored', async () => {
    const before = await messages();
    const partsBefore = await parts();
    const far = isoTime(running.clock.nowMs() + 2_000 * DAY_MS).slice(0, 10);
    const crowd = Array.from({ length: 501 }, (_, n) => `n${n}@r.example`).join(', ');
    for (const [fields, told, at] of [
      [{ to: '' }, /Say to whom the message goes/, 'to'],
      [{ to: 'bob@recipient' }, /bob@recipient.* is not a whole e-mail address/, 'to'],
      [{ to: `${BOB} ${CAROL}` }, /is not a whole e-mail address/, 'to'],
      [{ cc: '<script>alert(1)</script>' }, /is not a whole e-mail address/, 'cc'],
      [{ bcc: 'a@b.example\u0000@c' }, /is not a whole e-mail address/, 'bcc'],
      [{ 'book-7': 'nobody' }, /nobody.* is not a whole e-mail address/, 'to'],
      [{ to: crowd }, /at most 500 people/, 'to'],
      [{ subject: ' \u202e ' }, /Give the message a subject/, 'subject'],
      [{ text: ' \n' }, /Write something, or add a file/, 'text'],
      [{ protection: 'top-secret' }, /not offered any more/, 'protection'],
      [{ protection: '' }, /not offered any more/, 'protection'],
      [{ protection: 'partner' }, /not offered any more/, 'protection'],
      [{ protection: 'past' }, /not offered any more/, 'protection'],
      [{ expires: 'soon' }, /Choose a day from today on/, 'expires'],
      [{ expires: '2020-01-31' }, /Choose a day from today on/, 'expires'],
      [{ expires: far }, /Choose a day from today on/, 'expires'],
      [{ phrase: 'short' }, /phrase of 8 to 200 characters/, 'phrase'],
      [{ protection: 'legal' }, /needs an access phrase/, 'phrase'],
      [{ subject: 'spoken' }, /“.?Spoken word.?” wants readers to be asked/, 'phrase'],
    ] as const) {
      const typed: typeof whole = { ...whole, ...fields };
      const answer = await compose(typed);
      const what = JSON.stringify(fields).slice(0, 80);
      assert.equal(answer.status, 422, what);
      assert.match(answer.text, told, what);
      assert.match(answer.text, new RegExp(`href="#${at}"`), what);
      assert.match(answer.text, new RegExp(`id="${at}-error"`), what);
      assert.match(answer.text, /<title>Not done yet/);
      if (at !== 'text') assert.match(answer.text, /read \*\*section 4\*\*\.<\/textarea>/, what);
      if (typed.protection === 'legal') assert.match(answer.text, /value="legal" checked/);
      assert.doesNotMatch(answer.text, /<script>alert/);
    }
    assert.deepEqual(await messages(), before);
    assert.deepEqual(await parts(), partsBefore);
  });

  test('with files that are too large, too many or protected already is refused, and leaves nothing', async () => {
    const before = await parts();
    const large = { name: 'large.bin', content: Buffer.alloc(BYTES_MAX + 1, 'x') };
    const many = Array.from({ length: 51 }, (_, n) => ({ name: `${n}.txt`, content: Buffer.from('x') }));
    const rights = { name: 'message.rpmsg', content: Buffer.from('x') };
    for (const [files, status, told] of [
      [[large], 413, /at most/],
      [many, 422, /at most 50|50 files/],
      [[rights], 422, /rights-protected already/],
    ] as const) {
      const answer = await compose({}, files);
      assert.equal(answer.status, status, answer.text.slice(0, 200));
      assert.match(answer.text, told);
      assert.match(answer.text, /section 4/);
    }
    assert.deepEqual(await parts(), before);
  });

  test('that a rule refuses comes back whole, with the rule’s own words', async () => {
    const before = await messages();
    const typed = { subject: 'The battle plan', cc: CAROL, bcc: ARCHIVE, phrase: 'the name of our ship' };
    const answer = await compose(typed, [FILE]);
    assert.equal(answer.status, 422);
    assert.match(answer.text, /Nothing was sent\. The rule “.?No &lt;plans&gt;.?” says: .?Ask the “general”\./);
    for (const value of Object.values(typed)) assert.ok(answer.text.includes(`value="${value}"`), value);
    assert.match(answer.text, /<details class="inner-fold" open>\s*<summary>Copies/);
    const cannot = await compose({ subject: 'By account' });
    assert.match(cannot.text, /The rule “.?Accounts.?” asks for something that cannot be had here now/);
    const german = await alice.send('POST', '/compose', await formOf(typed), {
      headers: { 'Accept-Language': 'de' },
    });
    assert.match(german.text, /Es wurde nichts gesendet\. Die Regel „.?No &lt;plans&gt;.?“ sagt:/);
    const scripted = await alice.send('POST', '/compose', await formOf(typed), {
      headers: { Accept: 'application/json' },
    });
    assert.equal(scripted.status, 422);
    assert.match(scripted.text, /^\{"error":"Nothing was sent/);
    assert.deepEqual(await messages(), before);
  });

  test('that a rule holds says so, and is told to nobody', async () => {
    const sent = await compose({ subject: 'An offer', to: 'held@recipient.example' });
    assert.match(ledTo(sent) ?? '', /done=composed-held$/);
    const own = (await alice.get(sent.location ?? '')).text;
    assert.match(own, /does not go out yet: it waits for approval/);
    assert.match(own, /Two pairs of eyes/);
    await running.drain();
    assert.deepEqual(await mailTo(running, 'held@recipient.example'), []);
    const scripted = await alice.send('POST', '/compose', await formOf({ subject: 'An offer' }), {
      headers: { Accept: 'application/json' },
    });
    assert.match(scripted.text, /^\{"next":"\/sent\/[0-9a-z]{26}\?done=composed-held\.[\w.-]+"\}$/);
  });

  test('offers the protections that can be had, and the strictest of wish and rule holds', async () => {
    const form = (await alice.get('/compose')).text;
    assert.match(form, /value="legal"[^>]*><label for="protection-legal"><bdi>Legal, seven days</);
    assert.match(form, /It needs an access phrase/);
    assert.match(form, /value="encrypt-only" checked/);
    assert.doesNotMatch(form, /By account only|Until last year/);
    const legal = idOf(await compose({ protection: 'legal', phrase: 'the name of our ship' }));
    const { row } = await theMessage(legal);
    assert.deepEqual([row.protection, row.rights, row.demands], ['legal', 'reply', 'phrase']);
    assert.equal(Date.parse(row.expires_at ?? '') - Date.parse(row.created_at), 7 * DAY_MS);
    const strict = await theMessage(idOf(await compose({ to: `${BOB}, x@strict.example` })));
    assert.equal(strict.row.protection, 'do-not-forward');
  });

  test('finds the people this sender wrote to, and nobody else’s', async () => {
    const erin = await signInByAddress(running, 'erin@example.com');
    assert.doesNotMatch((await erin.get('/compose')).text, /<datalist|name="book-0"/);
    await send(running, { from: 'mallory@example.com', to: 'private@mallory.example', text: 'x' });
    const gone = await send(running, { from: 'erin@example.com', to: 'gone@recipient.example', text: 'x' });
    await erin.post(`/sent/${gone}/revoke`, { destroy: '1' }, `/sent/${gone}`);
    await send(running, { from: 'erin@example.com', to: 'Fay <fay@recipient.example>', cc: BOB, text: 'x' });
    // The latest stands first, and ids of one moment have no order.
    running.clock.forward(1);
    const reviewed = await compose({ to: 'gil@recipient.example', subject: 'To be reviewed', bcc: ARCHIVE }, [], erin);
    await running.drain();
    const gil = await signInByLink(running, 'gil@recipient.example');
    const path = `/messages/${idOf(reviewed)}`;
    assert.equal((await gil.post(`${path}/forward`, { to: 'passed@on.example', text: '' }, path)).status, 303);
    const page = (await erin.get('/compose')).text;
    const book = [...page.matchAll(/name="book-\d+" value="([^"]+)"/g)].map(([, address]) => address);
    assert.deepEqual(book, ['gil@recipient.example', ARCHIVE, 'fay@recipient.example', BOB]);
    assert.match(page, /<option value="fay@recipient\.example">Fay<\/option>/);
    // Held and waiting, they are among hers as well.
    running.clock.forward(1);
    await compose({ to: 'held@recipient.example', subject: 'offer' }, [], erin);
    assert.match((await erin.get('/compose')).text, /name="book-0" value="held@recipient\.example"/);

    const ticked = { to: '', 'book-1': 'fay@recipient.example', 'book-3': BOB };
    const refused = await compose({ ...ticked, subject: '' }, [], erin);
    assert.equal((refused.text.match(/name="book-\d+" value="[^"]+" checked/g) ?? []).length, 2);
    const { meta } = await theMessage(idOf(await compose(ticked, [], erin)));
    assert.deepEqual(
      meta.to.map(({ address }) => address),
      ['fay@recipient.example', BOB],
    );
  });

  test('is there for senders alone: not for readers, strangers, or without the form’s token', async () => {
    const before = await messages();
    const bob = await signInByAddress(running, BOB);
    assert.equal((await bob.get('/compose')).status, 404);
    assert.doesNotMatch((await bob.get('/messages')).text, /\/compose/);
    const his = await formOf({}, await bob.csrf('/messages'));
    assert.equal((await bob.send('POST', '/compose', his)).status, 404);
    const nobody = new Visitor(running.url);
    assert.equal((await nobody.get('/compose')).location, '/sign-in');
    assert.equal((await nobody.send('POST', '/compose', await formOf({}, 'A'.repeat(22)))).status, 401);
    for (const token of ['A'.repeat(22), '', await bob.csrf('/messages')]) {
      assert.equal((await alice.send('POST', '/compose', await formOf({}, token))).status, 403);
    }
    assert.equal((await alice.post('/compose', whole, '/compose')).status, 422);
    assert.deepEqual(await messages(), before);
  });

  test('leads back here after signing in', async () => {
    const visitor = new Visitor(running.url);
    await visitor.get('/compose');
    await visitor.post('/sign-in/passcode', { address: 'erin@example.com' }, '/sign-in');
    const code = await codeFor(running, 'erin@example.com');
    assert.equal((await visitor.post('/sign-in/verify', { code }, '/sign-in/verify')).location, '/compose');
  });

  test('typed when the session has ended is kept sealed for its writer in this browser, but for the phrase', async () => {
    const hal = await signInByAddress(running, 'hal@example.com');
    const typed = { cc: CAROL, 'book-2': ARCHIVE, protection: 'do-not-forward', phrase: 'the name of our ship' };
    const form = await formOf(typed, await hal.csrf('/compose'));
    running.clock.forward(31 * MINUTE_MS);
    const before = await messages();
    const late = await hal.send('POST', '/compose', form);
    assert.equal(late.status, 401);
    assert.match(late.text, /nothing was sent[\s\S]*section 4/);
    assert.deepEqual(await messages(), before);
    const kept = await running.store.db.selectFrom('kept_letters').selectAll().execute();
    assert.equal(kept.length, 1);
    assert.doesNotMatch(Buffer.from(kept[0]?.sealed ?? []).toString('latin1'), /section|lease|carol/);

    await hal.post('/sign-in/passcode', { address: 'hal@example.com' }, '/sign-in');
    const code = await codeFor(running, 'hal@example.com');
    assert.equal((await hal.post('/sign-in/verify', { code }, '/sign-in/verify')).location, '/compose');
    const page = (await hal.get('/compose')).text;
    assert.match(page, /You were signed out before this was sent/);
    assert.match(page, /read \*\*section 4\*\*\.<\/textarea>/);
    assert.ok(page.includes(`value="${BOB}, ${ARCHIVE}"`));
    assert.match(page, /value="do-not-forward" checked/);
    assert.doesNotMatch(page, /our ship/);
    const elsewhere = await signInByAddress(running, 'hal@example.com');
    assert.doesNotMatch((await elsewhere.get('/compose')).text, /section 4/);
    idOf(await compose({ to: BOB }, [], hal));
    assert.deepEqual(await running.store.db.selectFrom('kept_letters').selectAll().execute(), []);
  });

  test('is refused with words when its subject is too long, and none of it is cut', async () => {
    const before = await messages();
    const ida = await signInByAddress(running, 'ida@example.com');
    const refused = await compose({ subject: `${'x'.repeat(998)}y` }, [], ida);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /The subject is too long: it takes at most 998 characters/);
    assert.ok(refused.text.includes(`${'x'.repeat(998)}y`));
    assert.deepEqual(await messages(), before);
    idOf(await compose({ subject: 'x'.repeat(998) }, [], ida));
  });

  test('stops at five hundred a day, and what was typed stands again', async () => {
    const ida = await signInByAddress(running, 'ida@example.com');
    await running.store.db.updateTable('counters').set({ count: 0 }).execute();
    idOf(await compose({}, [], ida));
    await running.store.db.updateTable('counters').set({ count: 500 }).where('count', '=', 1).execute();
    const answer = await compose({}, [], ida);
    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.match(answer.text, /section 4/);
  });

  async function formOf(fields: Record<string, string>, token?: string): Promise<FormData> {
    const body = new FormData();
    body.append('csrf', token ?? (await alice.csrf('/compose')));
    for (const [name, value] of Object.entries({ ...whole, ...fields })) body.append(name, value);
    return body;
  }
});
