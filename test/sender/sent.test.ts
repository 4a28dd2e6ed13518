// The sender's pages: what was sent, what became of it, and what can still be done about it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS, isoTime } from '../../server/core/clock.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { openMessage } from '../../server/messages/open.ts';
import { Visitor, said } from '../support/browser.ts';
import { mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';

describe('a sent message', () => {
  let running: Running;
  let alice: Visitor;

  before(async () => {
    running = await startProgram({ env: { EXPIRY_DAYS_MAX: '100' } });
    alice = await signInByAddress(running, 'alice@example.com');
  });
  after(() => running.stop());

  const expiryOf = async (id: string): Promise<string | null> => {
    const row = await running.store.db
      .selectFrom('messages')
      .select('expires_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return row.expires_at;
  };
  const day = (days: number): string => isoTime(running.clock.nowMs() + days * DAY_MS).slice(0, 10);

  test('shows of each reader how far it came, with the times', async () => {
    const id = await send(running, {
      to: 'Bob Recipient <bob@recipient.example>, carol@elsewhere.example',
      subject: 'The figures',
      text: 'Here they are.',
    });
    assert.match((await alice.get(`/sent/${id}`)).text, /Notice on its way/);
    await mailTo(running, 'bob@recipient.example');
    const notified = await alice.get(`/sent/${id}`);
    assert.match(notified.text, /Notified, not read yet/);
    assert.match(said(notified), /<li>Notified \w+, \d+ \w+ \d{4}/);

    const bob = await signInByLink(running, 'bob@recipient.example');
    await bob.get(`/messages/${id}`);
    const read = await alice.get(`/sent/${id}`);
    assert.match(read.text, /First read/);
    assert.match(read.text, /Notified, not read yet/);
    const list = await alice.get('/sent');
    assert.match(list.text, /The figures/);
    assert.match(list.text, /Bob Recipient and 1 more/);
    assert.match(list.text, /Notified, not read yet \(1 of 2\)/);

    await bob.postMultipart(`/messages/${id}/reply`, { text: 'Thanks.' }, [], `/messages/${id}`);
    assert.match((await alice.get(`/sent/${id}`)).text, /Answered/);
    // That one has not looked yet does not hide that the other has answered.
    assert.match((await alice.get('/sent')).text, /Notified, not read yet \(1 of 2\), answered by 1/);
    assert.match(read.text, /Here they are\./);
  });

  test('shows what a reader may and may not do with it', async () => {
    const id = await send(running, { text: 'x', headers: ['X-Sealpost-Protection: do-not-forward'] });
    const page = await alice.get(`/sent/${id}`);
    assert.match(page.text, /Do not forward/);
    assert.match(page.text, /It cannot be forwarded from here/);
    assert.match(page.text, /Its readers may read and answer this message/);
    assert.match(page.text, /You can take it back at any time/);
    assert.doesNotMatch(page.text, /You may|your address|The sender/);
  });

  test('that is over says until when it was open, and a taking back from how many', async () => {
    const id = await send(running, {
      to: 'bob@recipient.example, carol@elsewhere.example, dan@third.example',
      text: 'x',
      headers: ['X-Sealpost-Expires: 5h'],
    });
    assert.match((await alice.get(`/sent/${id}`)).text, />Take back from everyone \(3\)</);
    await alice.post(`/sent/${id}/revoke`, { recipient: '1' }, `/sent/${id}`);
    const page = await alice.get(`/sent/${id}`);
    assert.match(page.text, />Take back from everyone \(2\)</);
    assert.match(page.text, />Give back to everyone \(1\)</);
    assert.match(page.text, /Open until/);
    running.clock.forward(6 * HOUR_MS);
    alice = await signInByAddress(running, 'alice@example.com');
    const over = await alice.get(`/sent/${id}`);
    assert.match(over.text, /It was open until/);
    assert.doesNotMatch(over.text, /Open until/);
  });

  test('is announced again five times a day, and then in hours', async () => {
    const id = await send(running, { text: 'x' });
    for (let n = 0; n < 5; n += 1) {
      assert.equal((await alice.post(`/sent/${id}/resend`, {}, `/sent/${id}`)).status, 303);
    }
    const much = await alice.post(`/sent/${id}/resend`, {}, `/sent/${id}`);
    assert.equal(much.status, 429);
    assert.match(much.text, /Wait 24 hours, then go on/);
    assert.doesNotMatch(much.text, /minutes/);
  });

  test('says which field of a form is too long, and how long it may be', async () => {
    const id = await send(running, { text: 'x' });
    const long = await alice.post(`/sent/${id}/phrase`, { phrase: 'x'.repeat(1_001) }, `/sent/${id}`);
    assert.equal(long.status, 422);
    assert.match(long.text, /The field “phrase” is too long: it takes at most 1,000 characters/);
    assert.doesNotMatch(long.text, /missing/);
  });

  test('has its whole subject on its page, and no more than a line of it in the tab', async () => {
    const subject = `${'A long matter '.repeat(60)}in the end`;
    const id = await send(running, { subject, text: 'x' });
    const page = await alice.get(`/sent/${id}`);
    assert.match(page.text, new RegExp(`<h1[^>]*>${subject}</h1>`));
    assert.match(page.text, /<title>(?:A long matter ){7}A… · Example Ltd<\/title>/);
    assert.match((await alice.get('/')).text, /<title>Sealed messages · Example Ltd<\/title>/);
  });

  test('ends on the day that is chosen, up to its last moment', async () => {
    const id = await send(running, { text: 'x' });
    for (const [expires, ends] of [
      [day(0), `${day(1)}T00:00:00.000Z`],
      [day(99), `${day(100)}T00:00:00.000Z`],
    ] as const) {
      const answer = await alice.post(`/sent/${id}/expiry`, { expires }, `/sent/${id}`);
      assert.equal(answer.status, 303, answer.text);
      assert.equal(await expiryOf(id), ends);
      const page = await alice.visit(answer.location ?? '');
      assert.match(page.text, /The last day is changed/);
      assert.match(
        page.text,
        new RegExp(`name="expires" type="date" required value="${expires}" min="${day(0)}" max="${day(99)}"`),
      );
    }
  });

  test('keeps its end when the day is past, too far, or none at all', async () => {
    const id = await send(running, { text: 'x' });
    const before = await expiryOf(id);
    for (const expires of [day(-1), day(101), '2027-02-31', 'tomorrow', '', '-5d', '0d', '101d']) {
      const answer = await alice.post(`/sent/${id}/expiry`, { expires }, `/sent/${id}`);
      assert.equal(answer.status, 422, expires);
      assert.match(answer.text, /Choose a day from today on, and at most 100 days ahead/);
    }
    assert.equal(await expiryOf(id), before);
  });

  test('is destroyed only after a page that says what that means', async () => {
    const id = await send(running, {
      subject: 'To be gone',
      text: 'x',
      to: 'bob@recipient.example, carol@elsewhere.example',
    });
    const page = await alice.get(`/sent/${id}`);
    assert.doesNotMatch(page.text, /name="destroy"/);
    assert.match(page.text, new RegExp(`href="/sent/${id}/destroy"`));
    const confirm = await alice.get(`/sent/${id}/destroy`);
    assert.match(confirm.text, /To be gone/);
    assert.match(confirm.text, /All 2 recipients/);
    assert.match(confirm.text, /name="destroy" value="1"/);
    assert.equal((await alice.get(`/sent/${id}`)).status, 200);

    const gone = await alice.visit(
      (await alice.post(`/sent/${id}/revoke`, { destroy: '1' }, `/sent/${id}/destroy`)).location ?? '',
    );
    assert.match(gone.text, /Destroyed\./);
    assert.equal((await alice.post(`/sent/${id}/expiry`, { expires: '9d' }, '/sent')).status, 410);
    assert.equal((await alice.post(`/sent/${id}/revoke`, { destroy: '1' }, '/sent')).status, 303);
  });

  test('is taken back from some, from all, and given back, and says so', async () => {
    const id = await send(running, { text: 'x', to: 'a@third.example, b@third.example, c@third.example' });
    const revoked = async (): Promise<boolean[]> => {
      const rows = await running.store.db
        .selectFrom('recipients')
        .select('revoked_at')
        .where('message_id', '=', id)
        .orderBy('position')
        .execute();
      return rows.map((row) => row.revoked_at !== null);
    };
    const done = await alice.visit(
      (await alice.post(`/sent/${id}/revoke`, { recipient: ['0', '2'] }, `/sent/${id}`)).location ?? '',
    );
    assert.deepEqual(await revoked(), [true, false, true]);
    assert.match(done.text, /Taken back\. From now on/);
    assert.match(done.text, /Give back to/);
    await alice.post(`/sent/${id}/restore`, { recipient: '2' }, `/sent/${id}`);
    assert.deepEqual(await revoked(), [true, false, false]);
    for (const words of [/Taken back\. From now on/, /Nothing had to be changed/]) {
      const answer = await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`);
      assert.match((await alice.visit(answer.location ?? '')).text, words);
    }
    assert.deepEqual(await revoked(), [true, true, true]);
    await alice.post(`/sent/${id}/restore`, {}, `/sent/${id}`);
    assert.deepEqual(await revoked(), [false, false, false]);
    const again = await alice.post(`/sent/${id}/restore`, { recipient: '0' }, `/sent/${id}`);
    assert.match((await alice.visit(again.location ?? '')).text, /Nothing had to be changed/);
    for (const recipient of ['x', '-1', '1.5', '', '3', '9999', ['0', '3']]) {
      for (const act of ['revoke', 'restore']) {
        const answer = await alice.post(`/sent/${id}/${act}`, { recipient }, `/sent/${id}`);
        assert.equal(answer.status, 422, `${act} ${String(recipient)}`);
      }
    }
    assert.deepEqual(await revoked(), [false, false, false]);
    const events = await running.store.db
      .selectFrom('audit')
      .select('event')
      .where('message_id', '=', id)
      .orderBy('seq')
      .execute();
    assert.deepEqual(
      events.map(({ event }) => event).filter((event) => /revoked|restored/.test(event)),
      ['message-revoked', 'message-restored', 'message-revoked', 'message-restored'],
    );
  });

  test('changes nothing by being looked at, or by a form without the token of its page', async () => {
    const id = await send(running, { text: 'x' });
    for (const route of ['revoke', 'restore', 'expiry']) {
      assert.equal((await alice.get(`/sent/${id}/${route}`)).location, `/sent/${id}`, route);
      const forged = await alice.send(
        'POST',
        `/sent/${id}/${route}`,
        new URLSearchParams({ csrf: 'x'.repeat(43), expires: '9d' }),
      );
      assert.equal(forged.status, 403, route);
    }
    const row = await running.store.db
      .selectFrom('recipients')
      .select('revoked_at')
      .where('message_id', '=', id)
      .executeTakeFirstOrThrow();
    assert.equal(row.revoked_at, null);
  });

  test('shows nothing of what another wrote in its conversation before it was opened on its own page', async () => {
    const id = await send(running, { to: 'carol@example.com, bob@recipient.example', text: 'The offer.' });
    const row = await loadMessage(running.store.db, id);
    assert.ok(row);
    const { mailId } = openMessage(running.store.vault, row).meta;
    const theirs = await send(running, {
      from: 'carol@example.com',
      to: 'alice@example.com, bob@recipient.example',
      text: 'Not for that price.',
      headers: [`In-Reply-To: ${mailId}`],
    });
    const before = await alice.get(`/sent/${id}`);
    assert.match(before.text, /You have not opened this message yet/);
    assert.doesNotMatch(before.text, /Not for that price/);
    await alice.get(`/messages/${theirs}`);
    assert.match((await alice.get(`/sent/${id}`)).text, /Not for that price/);
  });

  test("words in the address are not put into the page's mouth", async () => {
    const id = await send(running, { text: 'x' });
    const other = await send(running, { text: 'x' });
    const at = (await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`)).location ?? '';
    assert.match((await alice.get(at)).text, /role="status"/);
    const done = new URL(at, running.url).searchParams.get('done') ?? '';
    assert.doesNotMatch((await alice.get(`/sent/${other}?done=${done}`)).text, /role="status"/, 'on another page');
    const again = await signInByAddress(running, 'alice@example.com');
    assert.doesNotMatch((await again.get(at)).text, /role="status"/, 'in another browser');
    const forged = [done.replace('revoked', 'restored'), done.replace(/\.\w+\./, '.zzzzzzzz.'), 'revoked', 'destroyed'];
    for (const done of [...forged, 'toString', '__proto__', 'hello', 'destroyed&done=x']) {
      assert.doesNotMatch((await alice.get(`/sent/${id}?done=${done}`)).text, /role="status"/, done);
    }
    running.clock.forward(11 * MINUTE_MS);
    assert.doesNotMatch((await alice.get(at)).text, /role="status"/, 'long after');
  });
});

describe('the list of sent messages', () => {
  let running: Running;
  let alice: Visitor;

  before(async () => {
    running = await startProgram();
    alice = await signInByAddress(running, 'alice@example.com');
  });
  after(() => running.stop());

  test('says so when it is empty', async () => {
    assert.match((await alice.get('/sent')).text, /Nothing sent|No sent messages|sent no|empty/i);
  });

  test('goes through seventy messages in pages, each message once, newest first, and none of others', async () => {
    for (let n = 0; n < 70; n += 1) await send(running, { subject: `Number ${n}.`, text: 'x' });
    await send(running, { from: 'dora@example.com', subject: 'Not hers.', text: 'x' });
    for (const [visitor, start] of [
      [alice, '/sent'],
      [await signInByLink(running, 'bob@recipient.example'), '/messages'],
    ] as const) {
      const subjects: string[] = [];
      const sizes: number[] = [];
      for (let path: string | undefined = start; path !== undefined;) {
        const text: string = (await visitor.get(path)).text.replaceAll('&#x3D;', '=');
        const found = [...text.matchAll(/(Number \d+\.|Not hers\.)<\/bdi>/g)].map((match) => match[1] ?? '');
        subjects.push(...found);
        sizes.push(found.length);
        path = new RegExp(`href="(${start}\\?before=[0-9a-z]{26})"`).exec(text)?.[1];
      }
      const bobs = start === '/messages' ? ['Not hers.'] : [];
      assert.deepEqual(sizes, [30, 30, 10 + bobs.length]);
      assert.deepEqual(
        subjects.toSorted(),
        [...bobs, ...Array.from({ length: 70 }, (_, n) => `Number ${n}.`)].toSorted(),
      );
    }
  });
});

test('a reader who cannot be reached is named on the page, with what their server said in numbers', async () => {
  const relay = await startRelay();
  const running = await startProgram({ env: relayEnv(relay, 'opportunistic') });
  try {
    relay.refusals.set('gone@recipient.example', '550 5.1.1 secret words of the server');
    const id = await send(running, { to: 'gone@recipient.example', text: 'x' });
    await running.drain();
    const alice = new Visitor(running.url);
    await alice.post('/sign-in/passcode', { address: 'alice@example.com' }, '/sign-in');
    await running.drain();
    const code =
      /^(\d{8})\r?$/m.exec(relay.mails.findLast((mail) => mail.to === 'alice@example.com')?.raw ?? '')?.[1] ?? '';
    assert.equal((await alice.post('/sign-in/verify', { code }, '/sign-in/verify')).status, 303);
    const page = await alice.get(`/sent/${id}`);
    assert.match(page.text, /Could not be reached/);
    assert.match(page.text, /Our mail server did not take mail for recipient\.example\. Its answer: 550 5\.1\.1/);
    assert.doesNotMatch(page.text, /secret words/);
    assert.match((await alice.get('/sent')).text, /Could not be reached/);
  } finally {
    await running.stop();
    await relay.close();
  }
});
