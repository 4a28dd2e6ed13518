// Brands at work in the whole program: which one a message gets on each road in, that it keeps it, and that all its reader
// meets of it wears it: notice, code, pages, answers. Nothing of it names the program.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { readDocumentText } from '../../server/policy/document-text.ts';
import { Visitor, ledTo } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { codeFor, linkTo, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startSecond } from '../support/second-instance.ts';
import { eventually } from '../support/eventually.ts';
import { plainMail, submit } from '../support/submit.ts';
import { ApiClient, assertProblem, makeClient, makeKey } from './api-client.ts';

const ALICE = 'alice@example.com';
const ADMIN = 'admin@example.com';

const north = {
  name: 'North Clinic',
  senderName: 'North Clinic Letters',
  colour: '#7a1f3d',
  texts: {
    any: {
      subject: '{organisation}: a letter from {sender}',
      introduction: '{sender} ({senderAddress}) writes to you for {organisation}.',
      portalIntroduction: 'Letters of {organisation} wait here.',
      portalText: 'Call {organisation} at 0800.',
    },
    de: { subject: '{organisation}: ein Brief von {sender}' },
  },
  footer: 'North Clinic, 1 North Road',
  privacyUrl: 'https://north.example/privacy',
};

describeEngines('a brand', (engine) => {
  let running: Running;
  let api: ApiClient;
  let n = 0;

  before(async () => {
    running = await startProgram({
      env: { ...(await engine.newDatabase()), ORG_DOMAINS: 'example.com,south.example.com' },
    });
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write', 'messages:send'] });
    await made('north', north);
    await made('south', { name: 'South Practice', domains: ['south.example.com'] });
    await savePolicy(`templates:
  - { name: of-the-north, title: Of the north, rights: [reply], brand: north }
rules:
  - { id: south, name: South, when: { subject: { contains: from the south } }, then: [{ brand: south }] }`);
  });
  after(() => running.stop());

  async function made(id: string, brand: object): Promise<void> {
    const answer = await api.sendJson(`/brands/${id}`, brand, { 'if-none-match': '*' }, 'PUT');
    assert.equal(answer.status, 201, answer.text);
  }

  async function savePolicy(text: string): Promise<void> {
    const value = readDocumentText(`format: 1\n${text}`);
    const answer = await api.sendJson('/policy', value, { 'if-match': '*' }, 'PUT');
    assert.equal(answer.status, 200, answer.text);
  }

  /** To somebody who has nothing yet. @returns their address. */
  async function sent(
    headers: readonly string[] = [],
    { from = ALICE, subject = 'Hello', domain = 'recipient.example' } = {},
  ) {
    n += 1;
    const to = `reader-${n}@${domain}`;
    const raw = plainMail({ ...(from === ALICE ? {} : { from }), to, subject, headers });
    assert.match(await submit(running.smtpPort, { from, to: [to], raw }), /^250 /);
    return to;
  }

  async function nameInNotice(to: string): Promise<string | undefined> {
    const [notice] = await mailTo(running, to);
    const unfolded = notice?.raw.replace(/\r\n[ \t]+/g, ' ') ?? '';
    return /^From: .* via (.*?)"? </m.exec(unfolded)?.[1];
  }

  test('is chosen by the header, a template, a rule, the sender’s domain, else it is the default one', async () => {
    assert.equal(await nameInNotice(await sent()), 'Example Ltd');
    assert.equal(await nameInNotice(await sent(['X-Sealpost-Brand: north'])), 'North Clinic Letters');
    assert.equal(await nameInNotice(await sent(['X-Sealpost-Brand:  NORTH '])), 'North Clinic Letters');
    assert.equal(await nameInNotice(await sent(['X-Sealpost-Protection: of-the-north'])), 'North Clinic Letters');
    assert.equal(await nameInNotice(await sent([], { subject: 'News from the south' })), 'South Practice');
    assert.equal(await nameInNotice(await sent([], { from: 'bea@south.example.com' })), 'South Practice');
    const wished = await sent(['X-Sealpost-Brand: north'], {
      from: 'bea@south.example.com',
      subject: 'from the south',
    });
    assert.equal(await nameInNotice(wished), 'North Clinic Letters', 'what its sender wishes comes first');
  });

  test('that does not exist refuses the mail, by SMTP and by the API', async () => {
    for (const name of ['west', 'no', 'north;', '../north', 'x'.repeat(200)]) {
      const raw = plainMail({ to: 'bob@recipient.example', headers: [`X-Sealpost-Brand: ${name}`] });
      const answer = await submit(running.smtpPort, { from: ALICE, to: ['bob@recipient.example'], raw });
      assert.match(answer, /^554 5\.6\.0 /, name);
    }
    const message = { from: ALICE, to: ['bob@recipient.example'], subject: 'x', text: 'x' };
    assertProblem(await api.sendJson('/messages', { ...message, brand: 'west' }), 422, 'policy/unknown-value', /brand/);
    assert.equal((await api.sendJson('/messages', { ...message, brand: 'north' })).status, 201);
  });

  test('says its own words in the notice, in the language of its reader, and never the sealed subject', async () => {
    const [notice] = await mailTo(running, await sent(['X-Sealpost-Brand: north'], { subject: 'Quartz results' }));
    assert.match(notice?.raw ?? '', /^Subject: North Clinic: a letter from Alice Example\r$/m);
    assert.match(notice?.text ?? '', /Alice Example \(alice@example\.com\) writes to you for North Clinic\./);
    assert.match(notice?.text ?? '', /North Clinic, 1 North Road/);
    assert.doesNotMatch(notice?.text ?? '', /Quartz/);
    const [german] = await mailTo(running, await sent(['X-Sealpost-Brand: north'], { domain: 'leser.de' }));
    assert.match(german?.raw ?? '', /^Subject: North Clinic: ein Brief von Alice Example\r$/m);
    assert.match(german?.text ?? '', /writes to you for North Clinic/, 'what German lacks is said as for all');
  });

  test('is worn by the link’s page, the code, the message, the list behind it and what has ended', async () => {
    const to = await sent(['X-Sealpost-Brand: north', 'X-Sealpost-Expires: 2d']);
    const link = await linkTo(running, to);
    const visitor = new Visitor(running.url);
    const door = await visitor.get(link);
    assert.match(door.text, /Letters of North Clinic wait here\.[\s\S]*Call North Clinic at 0800\./);
    assert.match(door.text, /href="https:\/\/north\.example\/privacy"/);
    const style = /href="([^"]+style\.css)"/.exec(door.text)?.[1] ?? '';
    assert.match((await visitor.get(style)).text, /--brand:#7a1f3d/);

    await visitor.post(`${link}/passcode`, {}, link);
    assert.match((await visitor.get(`${link}/verify`)).text, /North Clinic/);
    const [code] = await mailTo(running, to);
    assert.match(code?.raw ?? '', /^From: "?North Clinic Letters"? </m);
    assert.match(code?.text ?? '', /North Clinic, 1 North Road/);
    const opened = await visitor.post(`${link}/verify`, { code: await codeFor(running, to) }, `${link}/verify`);
    const message = new URL(opened.location ?? '', running.url).pathname;
    for (const path of [message, '/messages', '/account', '/messages/nothing']) {
      const { text } = await visitor.get(path);
      assert.match(text, /class="brand-name" dir="auto">North Clinic</, path);
      assert.doesNotMatch(text, /Example Ltd/, path);
    }
    running.clock.forward(3 * DAY_MS);
    const again = await signInByLink(running, to, new Visitor(running.url));
    const ended = await again.get(message);
    assert.equal(ended.status, 410);
    assert.match(ended.text, /class="brand-name" dir="auto">North Clinic</);
  });

  test('of the front door and of people of the organisation is the default one', async () => {
    assert.match((await new Visitor(running.url).get('/sign-in')).text, /class="brand-name" dir="auto">Example Ltd</);
    const alice = await signInByAddress(running, ALICE);
    assert.match((await alice.get('/sent')).text, /class="brand-name" dir="auto">Example Ltd</);
  });

  test('is that of the answer as well', async () => {
    const to = await sent(['X-Sealpost-Brand: north']);
    const reader = await signInByLink(running, to);
    const path = /href="(\/messages\/[0-9a-z]{26})"/.exec((await reader.get('/messages')).text)?.[1] ?? '';
    const answer = await reader.postMultipart(`${path}/reply`, { text: 'Thank you' }, [], path);
    assert.equal(answer.status, 303, answer.text);
    const [mail] = await mailTo(running, ALICE);
    assert.match(mail?.raw ?? '', /via North Clinic Letters/);
  });

  test('is in nothing that its reader sees called by the program’s name', async () => {
    const to = await sent(['X-Sealpost-Brand: north']);
    const visitor = await signInByLink(running, to);
    const link = await linkTo(running, to);
    const stranger = new Visitor(running.url);
    const path = /href="(\/messages\/[0-9a-z]{26})"/.exec((await visitor.get('/messages')).text)?.[1] ?? '';
    const pages = [
      ...(await Promise.all(
        ['/', '/sign-in', '/sign-in/notices', '/genuine', link, '/m/gone'].map((one) => stranger.get(one)),
      )),
      ...(await Promise.all(
        ['/messages', path, `${path}/body`, '/account', '/account/passkeys'].map((one) => visitor.get(one)),
      )),
    ];
    // In try-out mode the pages say so, and the sender's address is that of a mailbox of this name.
    for (const { text } of pages) assert.doesNotMatch(text.replaceAll('sealpost@example.com', ''), /sealpost/i);
    const mails = await mailTo(running, to);
    assert.ok(mails.length >= 2);
    for (const { raw, text } of mails) {
      const told = raw.replaceAll('sealpost', '').replace(/^X-Sealpost-[\w-]+:.*$/gm, '');
      assert.doesNotMatch(told, /Sealpost/);
      assert.doesNotMatch(text.slice(text.indexOf('\r\n\r\n')).replaceAll(/\bsealpost@example\.com/g, ''), /sealpost/i);
    }
  });

  test('of a message stays when the policy asks for another later, and follows what it is shaped into', async () => {
    const to = await sent([], { subject: 'News from the south' });
    const link = await linkTo(running, to);
    await savePolicy(
      'rules: [{ id: south, name: South, when: { subject: { contains: from the south } }, then: [{ brand: north }] }]',
    );
    const page = (): Promise<string> => new Visitor(running.url).get(link).then(({ text }) => text);
    assert.match(await page(), /South Practice/);
    const shaped = { name: 'South Practice & Partners', domains: ['south.example.com'] };
    assert.equal((await api.sendJson('/brands/south', shaped, { 'if-match': '"1"' }, 'PUT')).status, 200);
    assert.match(await page(), /South Practice &amp; Partners/);
  });

  test('that the policy names cannot be removed; of any other it is said how many messages change', async () => {
    const admin = await signInByAddress(running, ADMIN);
    const named = await admin.get('/admin/brands/north/remove');
    assert.match(named.text, /cannot be removed while the policy names it[\s\S]*rules\.south/);
    assert.equal(
      (await admin.post('/admin/brands/north/remove', { version: '1' }, '/admin/brands/north/remove')).status,
      409,
    );
    assertProblem(await api.call('DELETE', '/brands/north', { headers: { 'if-match': '*' } }), 409, 'request/conflict');
    assertProblem(
      await api.call('DELETE', '/brands/default', { headers: { 'if-match': '*' } }),
      409,
      'request/conflict',
    );

    const to = await sent([], { from: 'bea@south.example.com' });
    const link = await linkTo(running, to);
    const confirm = await admin.get('/admin/brands/south/remove');
    const count = /(\d+) messages/.exec(confirm.text)?.[1];
    const { length } = await running.store.db
      .selectFrom('messages')
      .select('id')
      .where('brand', '=', 'south')
      .execute();
    assert.equal(count, String(length));
    const late = await admin.post('/admin/brands/south/remove', { version: '1' }, '/admin/brands/south/remove');
    assert.equal(late.status, 412, 'somebody has shaped it since');
    const gone = await admin.post('/admin/brands/south/remove', { version: '2' }, '/admin/brands/south/remove');
    assert.equal(ledTo(gone), '/admin/brands?done=removed');

    assert.match((await new Visitor(running.url).get(link)).text, /class="brand-name" dir="auto">Example Ltd</);
    assert.equal(await nameInNotice(await sent([], { from: 'bea@south.example.com' })), 'Example Ltd');
    const raw = plainMail({ to, headers: ['X-Sealpost-Brand: south'] });
    assert.match(await submit(running.smtpPort, { from: ALICE, to: [to], raw }), /^554 5\.6\.0 /);
    const restored = await api.sendJson('/brands/south/versions/1/restore', {});
    assert.deepEqual([restored.status, restored.headers.get('etag')], [200, '"3"']);
    assert.match((await new Visitor(running.url).get(link)).text, /class="brand-name" dir="auto">South Practice</);
  });

  test('that is made on one machine is known to the others', async () => {
    const second = await startSecond(running);
    const { key } = await makeKey(running, { scopes: ['messages:send'] });
    const other = new ApiClient(second.url, key);
    try {
      await made('east', { name: 'East Office' });
      await eventually(async () => {
        const message = { from: ALICE, to: ['bob@recipient.example'], subject: 'x', text: 'x', brand: 'east' };
        return (await other.sendJson('/messages', message)).status === 201;
      });
    } finally {
      await second.stop();
    }
  });
});
