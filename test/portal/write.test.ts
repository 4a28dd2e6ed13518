// Writing first: who may begin a message, to whom, and what becomes of it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { sweepKeptLetters } from '../../server/messages/kept-letters.store.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { codeFor, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { allRows, gained } from '../support/tables.ts';

const BOB = 'bob@recipient.example';
const STRANGER = 'stranger@elsewhere.example';
const WRITE_TO = '"Claims, all" <claims@example.com>, info@example.com';

const write = (visitor: Visitor, fields: Record<string, string>): Promise<Answer> =>
  visitor.postMultipart('/write', fields, [{ name: 'claim.txt', content: Buffer.from('my claim') }], '/write');

const whole = { to: 'claims@example.com', subject: 'My claim', text: 'It **broke**.' };

describe('writing first, where those who were written to may', () => {
  let running: Running;
  let bob: Visitor;

  before(async () => {
    running = await startProgram({ env: { WRITE_TO } });
    await send(running, { text: 'Hello.' });
    bob = await signInByLink(running, BOB);
  });
  after(() => running.stop());

  test('goes sealed to the listed address, whose answer comes back into the same conversation', async () => {
    assert.match((await bob.get('/messages')).text, /href="\/write"/);
    assert.match((await bob.get('/')).text, /href="\/write"/);
    const form = (await bob.get('/write')).text;
    assert.match(form, /<option value="claims@example\.com">Claims, all \(claims@example\.com\)<\/option>/);
    const sent = await write(bob, whole);
    assert.equal(sent.status, 303, sent.text);
    const own = await bob.get(sent.location ?? '');
    assert.match(own.text, /Your message is on its way/);
    assert.match(own.text, /It <strong>broke<\/strong>\./);
    assert.match(own.text, /On its way to Claims, all\./);

    const [notice] = await mailTo(running, 'claims@example.com');
    assert.ok(notice);
    assert.match(notice.raw, /Subject: .*sent you a sealed message/);
    assert.doesNotMatch(notice.text, /My claim|broke|answered/);
    const claims = await signInByLink(running, 'claims@example.com');
    const id = /\/written\/(\w+)/.exec(sent.location ?? '')?.[1] ?? '';
    assert.match((await claims.get(`/messages/${id}/body`)).text, /It <strong>broke<\/strong>/);
    assert.equal((await claims.bytes(`/messages/${id}/attachments/1`)).content.toString(), 'my claim');
    const inbox = (await bob.get('/messages')).text;
    assert.match(inbox, /Sent by you[\s\S]*My claim[\s\S]*Read by Claims, all\./);

    assert.equal(
      (await claims.postMultipart(`/messages/${id}/reply`, { text: 'We see to it.' }, [], `/messages/${id}`)).status,
      303,
    );
    await running.drain();
    assert.match((await bob.get(`/written/${id}`)).text, /You have not opened this message yet/);
    assert.match((await bob.get('/account')).text, /You wrote a message[\s\S]*My claim/);
  });

  test('is once, however often the form is sent', async () => {
    const page = (await bob.get('/write')).text;
    const body = (): FormData => {
      const form = new FormData();
      for (const name of ['csrf', 'once'])
        form.append(name, new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '');
      for (const [name, value] of Object.entries(whole)) form.append(name, value);
      return form;
    };
    const [first, second] = [await bob.send('POST', '/write', body()), await bob.send('POST', '/write', body())];
    assert.equal(first.location, second.location);
  });

  test('is refused without a subject or a text, and to anybody who is not listed; what was typed stands again', async () => {
    const before = await running.store.db.selectFrom('messages').select('id').execute();
    for (const [fields, told] of [
      [{ ...whole, to: 'alice@example.com' }, /Choose to whom/],
      [{ ...whole, to: 'victim@world.example' }, /Choose to whom/],
      [{ ...whole, to: 'claims@example.com, victim@world.example' }, /Choose to whom/],
      [{ ...whole, subject: ' \u202e ' }, /Give the message a subject/],
    ] as const) {
      const answer = await write(bob, fields);
      assert.equal(answer.status, 422);
      assert.match(answer.text, told);
      assert.match(answer.text, /It \*\*broke\*\*\.<\/textarea>/);
    }
    assert.equal((await bob.post('/write', whole, '/write')).status, 422);
    assert.deepEqual(await running.store.db.selectFrom('messages').select('id').execute(), before);
  });

  test('is not there for the organisation itself, for a stranger, or without the form’s token', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.get('/write')).status, 404);
    assert.doesNotMatch((await alice.get('/messages')).text, /href="\/write"/);
    const hers = new FormData();
    for (const [name, value] of Object.entries({ ...whole, csrf: await alice.csrf('/messages') }))
      hers.append(name, value);
    assert.equal((await alice.send('POST', '/write', hers)).status, 404);
    const nobody = new Visitor(running.url);
    assert.equal((await nobody.get('/write')).location, '/sign-in');
    for (const path of ['/write/passcode', '/write/verify']) {
      assert.equal((await nobody.post(path, { address: STRANGER, code: '1' }, '/sign-in')).status, 404);
    }
    const forged = new FormData();
    for (const [name, value] of Object.entries({ ...whole, csrf: 'A'.repeat(22) })) forged.append(name, value);
    assert.equal((await bob.send('POST', '/write', forged)).status, 403);
  });

  test('what somebody else wrote is not there', async () => {
    const sent = await write(bob, whole);
    const eve = await signInByAddress(running, 'alice@example.com');
    assert.equal((await eve.get(sent.location ?? '')).status, 404);
    assert.equal((await new Visitor(running.url).get(sent.location ?? '')).location, '/sign-in');
    assert.equal((await bob.get(`/written/${'0'.repeat(26)}`)).status, 404);
  });
});

describe('writing first, where anyone may', () => {
  let running: Running;

  before(async () => {
    running = await startProgram({ env: { WRITE_TO, WRITE_FROM: 'anyone' } });
  });
  after(() => running.stop());

  test('begins with proving a mailbox that nobody here has met, and lets its owner come back', async () => {
    const visitor = new Visitor(running.url);
    assert.match((await visitor.get('/')).text, /href="\/write"/);
    assert.equal((await visitor.post('/write/passcode', { address: STRANGER }, '/write')).location, '/write/verify');
    const wrong = await visitor.post('/write/verify', { code: '00000000' }, '/write/verify');
    assert.equal(wrong.status, 422);
    const code = await codeFor(running, STRANGER);
    assert.equal((await visitor.post('/write/verify', { code }, '/write/verify')).location, '/write');
    assert.equal((await write(visitor, whole)).status, 303);
    await signInByAddress(running, STRANGER);
  });

  test('sends no stranger a code that was asked for elsewhere, and answers alike for everybody', async () => {
    const visitor = new Visitor(running.url);
    await visitor.post('/sign-in/passcode', { address: 'other@elsewhere.example' }, '/sign-in');
    assert.deepEqual(await mailTo(running, 'other@elsewhere.example'), []);
    const before = await allRows(running);
    const unknown = await new Visitor(running.url).post(
      '/write/passcode',
      { address: 'third@elsewhere.example' },
      '/write',
    );
    const middle = await allRows(running);
    const known = await new Visitor(running.url).post('/write/passcode', { address: STRANGER }, '/write');
    assert.deepEqual([unknown.status, unknown.location], [known.status, known.location]);
    const { counters: _, ...first } = gained(before, middle);
    const { counters: __, ...second } = gained(middle, await allRows(running));
    assert.deepEqual(first, second);
  });

  test('asks no more than some twenty mailboxes an hour for one network', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 20; n += 1) {
      const answer = await new Visitor(running.url).post(
        '/write/passcode',
        { address: `n${n}@elsewhere.example` },
        '/write',
      );
      statuses.add(answer.status);
    }
    assert.deepEqual([...statuses], [303, 429]);
    const elsewhere = await new Visitor(running.url).post('/sign-in/passcode', { address: BOB }, '/sign-in');
    assert.equal(elsewhere.status, 303);
  });
});

for (const from of ['recipients', 'anyone'] as const) {
  describe(`what was typed when the session ended, where ${from} may write`, () => {
    let running: Running;

    before(async () => {
      running = await startProgram({ env: { WRITE_TO, WRITE_FROM: from } });
      await send(running, { to: `${BOB}, carol@recipient.example`, text: 'Hello.' });
    });
    after(() => running.stop());

    /** The form as it was sent half an hour too late. */
    async function late(visitor: Visitor, fields: Record<string, string>): Promise<Answer> {
      const form = new FormData();
      for (const [name, value] of Object.entries({ csrf: await visitor.csrf('/write'), ...fields }))
        form.append(name, value);
      running.clock.forward(31 * MINUTE_MS);
      return visitor.send('POST', '/write', form);
    }
    const kept = () => running.store.db.selectFrom('kept_letters').selectAll().execute();
    const typed = { to: 'info@example.com', subject: 'My marzipan', text: 'It broke.' };

    test('is said, lies sealed, and stands there again for the same person in this browser', async () => {
      const bob = await signInByLink(running, BOB);
      const answer = await late(bob, typed);
      assert.equal(answer.status, 401);
      assert.match(answer.text, /nothing was sent[\s\S]*It broke\./);
      assert.match(answer.text, new RegExp(`href="${from === 'anyone' ? '/write' : '/sign-in'}"`));
      const [row] = await kept();
      assert.ok(row && !/marzipan|broke/.test(Buffer.from(row.sealed).toString('latin1')));
      assert.deepEqual(
        await running.store.db.selectFrom('messages').select('id').where('kind', '=', 'reply').execute(),
        [],
      );

      await bob.post('/sign-in/passcode', { address: BOB }, '/sign-in');
      const code = await codeFor(running, BOB);
      assert.equal((await bob.post('/sign-in/verify', { code }, '/sign-in/verify')).location, '/write');
      const page = (await bob.get('/write')).text;
      assert.match(page, /value="My marzipan"/);
      assert.match(page, />It broke\.<\/textarea>/);
      assert.match(page, /value="info@example\.com" selected/);
      assert.match(page, /You were signed out before this was sent/);
      const elsewhere = await signInByAddress(running, BOB);
      assert.doesNotMatch((await elsewhere.get('/write')).text, /marzipan/);
      assert.equal((await write(bob, typed)).status, 303);
      assert.deepEqual(await kept(), []);
      assert.doesNotMatch((await bob.get('/write')).text, /marzipan/);
    });

    test('is gone when somebody else signs in, and after an hour', async () => {
      const bob = await signInByAddress(running, BOB);
      assert.equal((await late(bob, typed)).status, 401);
      await signInByAddress(running, 'carol@recipient.example', bob);
      assert.deepEqual(await kept(), []);
      await bob.post('/sign-out', {}, '/messages');
      await signInByAddress(running, BOB, bob);
      assert.equal((await late(bob, typed)).status, 401);
      running.clock.forward(HOUR_MS + MINUTE_MS);
      await signInByAddress(running, BOB, bob);
      assert.doesNotMatch((await bob.get('/write')).text, /marzipan/);
      await sweepKeptLetters(running.store.db, new Date(running.clock.nowMs()).toISOString(), 100);
      assert.deepEqual(await kept(), []);
    });

    test('is not kept without the form’s token, nor for who may not write', async () => {
      const bob = await signInByAddress(running, BOB);
      assert.equal((await late(bob, { ...typed, csrf: 'A'.repeat(22) })).status, 403);
      const alice = await signInByAddress(running, 'alice@example.com');
      const form = new FormData();
      for (const [name, value] of Object.entries({ csrf: await alice.csrf('/sent'), ...typed }))
        form.append(name, value);
      running.clock.forward(31 * MINUTE_MS);
      assert.equal((await alice.send('POST', '/write', form)).status, 401);
      const nobody = new Visitor(running.url);
      assert.equal((await nobody.send('POST', '/write', new FormData())).status, 401);
      assert.deepEqual(await kept(), []);
    });
  });
}

describe('writing first, where nobody may', () => {
  for (const env of [{}, { WRITE_TO, WRITE_FROM: 'nobody' }, { WRITE_FROM: 'anyone' }]) {
    test(`is no page at all: ${JSON.stringify(env)}`, async () => {
      const running = await startProgram({ env });
      try {
        await send(running, { text: 'x' });
        const bob = await signInByLink(running, BOB);
        for (const visitor of [bob, new Visitor(running.url)]) {
          for (const path of ['/write', '/write/verify']) assert.equal((await visitor.get(path)).status, 404);
          assert.doesNotMatch((await visitor.visit('/')).text, /\/write/);
        }
        assert.equal((await bob.post('/write', whole, '/messages')).status, 404);
      } finally {
        await running.stop();
      }
    });
  }
});
