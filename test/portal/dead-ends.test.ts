// Where a reader's way would end: another mailbox, a link that leads nowhere, a notice that is lost.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { Visitor, said, ledTo } from '../support/browser.ts';
import { linkTo, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { allRows, gained } from '../support/tables.ts';

const BOB = 'bob@recipient.example';
const CAROL = 'carol@elsewhere.example';
const UNKNOWN = 'eve@recipient.example';

describe('a link for another mailbox than the one that is signed in', () => {
  let running: Running;
  let link: string;

  before(async () => {
    running = await startProgram();
    await send(running, { to: `${BOB}, ${CAROL}`, subject: 'Between two', text: 'x' });
    link = await linkTo(running, CAROL);
  });
  after(() => running.stop());

  test('says which is which, and the way to the other is one button', async () => {
    const bob = await signInByLink(running, BOB);
    const page = await bob.get(link);
    assert.equal(page.status, 200);
    assert.match(page.text, /c•••••@elsewhere\.example/);
    assert.match(page.text, /bob@recipient\.example/);
    assert.doesNotMatch(page.text, /carol@|Between two|Alice/);

    const session = bob.cookie('sealpost');
    const answer = await bob.post(`${link}/switch`, {}, link);
    assert.deepEqual([answer.status, answer.location], [303, link]);
    assert.match(answer.headers.get('clear-site-data') ?? '', /cache/);
    assert.equal(bob.cookie('sealpost'), undefined);
    // Ended at the server, not in the browser alone.
    bob.setCookie('sealpost', session ?? '');
    assert.equal((await bob.get('/messages')).location, '/sign-in');
    assert.match((await new Visitor(running.url).get(link)).text, /Send me a code/);
  });

  test('neither a look nor a forged form ends the session', async () => {
    const bob = await signInByLink(running, BOB);
    assert.equal((await bob.get(`${link}/switch`)).location, link);
    const forged = new URLSearchParams({ csrf: 'x'.repeat(43) });
    assert.equal((await bob.send('POST', `${link}/switch`, forged)).status, 403);
    assert.equal((await bob.get('/messages')).status, 200);
  });
});

describe('a notice that is not at hand', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());
  beforeEach(() => running.clock.forward(2 * HOUR_MS));

  const notices = async (address: string): Promise<number> =>
    (await mailTo(running, address)).filter(({ text }) => text.includes('/m/')).length;
  const ask = (address: string, visitor = new Visitor(running.url)) =>
    visitor.post('/sign-in/notices', { address }, '/sign-in/notices');

  test('comes again for what waits unread, and for nothing else', async () => {
    await send(running, { to: 'one@recipient.example', text: 'x' });
    const read = await send(running, { to: 'one@recipient.example', text: 'y' });
    const taken = await send(running, { to: 'one@recipient.example', text: 'z' });
    const late = await send(running, {
      to: 'one@recipient.example',
      text: 'l',
      headers: ['X-Sealpost-Expires: 1h'],
    });
    const one = await signInByAddress(running, 'one@recipient.example');
    assert.equal((await one.get(`/messages/${read}`)).status, 200);
    const alice = await signInByAddress(running, 'alice@example.com');
    await alice.post(`/sent/${taken}/revoke`, {}, `/sent/${taken}`);
    running.clock.forward(2 * HOUR_MS);
    const before = await notices('one@recipient.example');
    const visitor = new Visitor(running.url);
    const answer = await ask('one@recipient.example', visitor);
    assert.deepEqual([answer.status, ledTo(answer)], [303, '/sign-in/notices?done=1']);
    const page = await visitor.get(answer.location ?? '');
    assert.match(page.text, /If unread messages wait for this address, their notices are on the way/);
    assert.equal((await notices('one@recipient.example')) - before, 1);
    assert.notEqual(late, taken);
  });

  test('an unknown address gets the same answer, the same rows and no mail', async () => {
    await send(running, { to: BOB, text: 'x' });
    await running.drain();
    const seen = [];
    for (const address of [BOB, UNKNOWN]) {
      const visitor = new Visitor(running.url);
      await visitor.get('/sign-in/notices');
      const before = await allRows(running);
      const { status, ...answer } = await ask(address, visitor);
      // The mark in the link is the browser's own.
      const [location, text] = [ledTo(answer), ledTo({ location: answer.text })];
      const after = await allRows(running);
      const job = after.outbox.at(-1);
      const size = job !== null && typeof job === 'object' && 'sealed' in job ? job.sealed : undefined;
      seen.push({
        status,
        location,
        text,
        gained: gained(before, after),
        bytes: size instanceof Uint8Array ? size.length : 0,
      });
    }
    assert.deepEqual(seen[0], seen[1]);
    assert.deepEqual(await mailTo(running, UNKNOWN), []);
  });

  test('is asked for a few times an hour at most, whichever browser asks', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await ask('many@recipient.example')).status);
    assert.deepEqual(statuses, [303, 303, 303, 429, 429]);
    running.clock.forward(HOUR_MS);
    assert.equal((await ask('many@recipient.example')).status, 303);
  });

  test('what is no address is told so', async () => {
    for (const address of ['', 'bob', 'bob@host', 'a@b.example\r\nBcc: c@d.example']) {
      const answer = await ask(address);
      assert.equal(answer.status, 422, address);
      assert.match(answer.text, /Type your whole e-mail address/);
    }
  });

  test('can be had from the page that waits for a code, without typing the address again', async () => {
    await send(running, { to: 'two@recipient.example', text: 'x' });
    const two = new Visitor(running.url);
    await two.post('/sign-in/passcode', { address: 'two@recipient.example' }, '/sign-in');
    const before = await notices('two@recipient.example');
    assert.equal((await two.post('/sign-in/notices', {}, '/sign-in/verify')).status, 303);
    assert.equal((await notices('two@recipient.example')) - before, 1);
  });

  test('a link that leads nowhere offers it, and is the same page whatever the link was', async () => {
    const id = await send(running, { to: BOB, text: 'x' });
    const link = await linkTo(running, BOB);
    const alice = await signInByAddress(running, 'alice@example.com');
    await alice.post(`/sent/${id}/revoke`, { destroy: '1' }, `/sent/${id}`);
    const stranger = new Visitor(running.url);
    const [destroyed, unknown] = [await stranger.get(link), await stranger.get('/m/AAAAAAAAAAAAAAAAAAAAAA')];
    assert.equal(destroyed.status, 404);
    const same = (text: string): string => text.replaceAll(/\/m\/[\w-]{22}/g, '/m/TOKEN');
    assert.equal(same(destroyed.text), same(unknown.text));
    assert.match(destroyed.text, /action="\/sign-in\/notices"/);
    assert.doesNotMatch(destroyed.text, /recipient\.example|Alice/);
  });
});

describe('a message that is over', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('says since when and who sent it, to its reader; its subject stays closed', async () => {
    const id = await send(running, { to: BOB, subject: 'Never shown', text: 'x', headers: ['X-Sealpost-Expires: 2d'] });
    running.clock.forward(2 * DAY_MS + HOUR_MS);
    const bob = await signInByAddress(running, BOB);
    const page = await bob.get(`/messages/${id}`);
    assert.equal(page.status, 410);
    assert.match(page.text, /This message has reached its last day\./);
    assert.match(said(page), /Its last day was \w+,? \d+ \w+ \d{4}\./);
    assert.match(page.text, /It came from Alice Example \(alice@example\.com\)\./);
    assert.match(page.text, /href="mailto:alice@example\.com"/);
    assert.match(page.text, /Ask for more time/);
    assert.doesNotMatch(page.text, /Never shown/);
    assert.equal((await new Visitor(running.url).get(`/messages/${id}`)).location, '/sign-in');
  });

  test('names a sender without a name by the address alone, once', async () => {
    const id = await send(running, { from: 'alice@example.com', to: BOB, text: 'x' });
    const [alice, bob] = [await signInByAddress(running, 'alice@example.com'), await signInByAddress(running, BOB)];
    await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`);
    assert.match(said(await bob.get(`/messages/${id}`)), /It came from alice@example\.com\.</);
  });

  test('taken back, it says since when, and there is nothing to ask for', async () => {
    const id = await send(running, { to: BOB, text: 'x' });
    const [alice, bob] = [await signInByAddress(running, 'alice@example.com'), await signInByAddress(running, BOB)];
    await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`);
    const page = await bob.get(`/messages/${id}`);
    assert.equal(page.status, 410);
    assert.match(page.text, /The sender has taken this message back\./);
    assert.match(said(page), /It was taken back on \w+,? \d+ \w+ \d{4}, at \d\d:\d\d UTC\./);
    assert.match(page.text, /It came from Alice Example/);
    assert.doesNotMatch(page.text, /Ask for more time/);
    await bob.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
    assert.deepEqual((await running.store.db.selectFrom('requests').selectAll().execute()).length, 0);
  });

  test('shredded, it says that nobody can open it, and no more than the reader saw before', async () => {
    const id = await send(running, { to: BOB, text: 'x', headers: ['X-Sealpost-Expires: 1d'] });
    const alice = await signInByAddress(running, 'alice@example.com');
    const other = await send(running, { to: BOB, text: 'x' });
    await alice.post(`/sent/${other}/revoke`, { destroy: '1' }, `/sent/${other}`);
    running.clock.forward(2 * DAY_MS);
    const bob = await signInByAddress(running, BOB);
    const destroyed = await bob.get(`/messages/${other}`);
    assert.match(
      said(destroyed),
      /It is destroyed since \w+,? \d+ \w+ \d{4}, \d\d:\d\d UTC\. Nobody can open it again\./,
    );
    assert.match(destroyed.text, /Ask the person who sent it/);
    assert.doesNotMatch(destroyed.text, /Alice Example/);
    running.clock.forward(15 * DAY_MS);
    const late = await signInByAddress(running, BOB);
    const over = await late.get(`/messages/${id}`);
    assert.match(over.text, /Its last day was/);
    // Due to be shredded, whether or not it is already.
    assert.doesNotMatch(over.text, /Ask for more time/);
  });
});
