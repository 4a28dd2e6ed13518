// A reader whose time is over asks for more; the sender decides, for that reader or for all, and the reader is told.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { makeClient } from '../roads/api-client.ts';
import { Visitor, said, ledTo } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { linkTo, mailTo, signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const ALICE = 'alice@example.com';
const BOB = 'bob@recipient.example';
const CAROL = 'carol@elsewhere.example';

describe('a request for more time', () => {
  let running: Running;
  let n = 0;

  before(async () => {
    running = await startProgram({ env: { EXPIRY_DAYS_MAX: '100', SESSION_IDLE_MINUTES: '720' } });
  });
  after(() => running.stop());

  interface Case {
    readonly id: string;
    readonly bob: Visitor;
    readonly carol: Visitor;
    readonly alice: Visitor;
    /** Asks as Bob; the path of the sender's page about it. */
    ask(): Promise<string>;
    /** The page to which the last asking led. */
    asked(): Promise<Answer>;
  }

  // People of its own for each test: what is counted of one must not stop another.
  async function expired(): Promise<Case & { readonly people: { bob: string; carol: string } }> {
    n += 1;
    const people = { bob: `bob${n}@recipient.example`, carol: `carol${n}@elsewhere.example` };
    const id = await send(running, {
      to: `Bob Recipient <${people.bob}>, ${people.carol}`,
      subject: 'Secret matter',
      text: 'x',
      headers: ['X-Sealpost-Expires: 2d'],
    });
    await running.drain();
    running.clock.forward(2 * DAY_MS + HOUR_MS);
    const bob = await signInByAddress(running, people.bob);
    const carol = await signInByAddress(running, people.carol);
    const alice = await signInByAddress(running, ALICE);
    let askedAt = '';
    const ask = async (): Promise<string> => {
      const answer = await bob.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
      assert.deepEqual([answer.status, ledTo(answer)], [303, `/messages/${id}?done=asked`]);
      askedAt = answer.location ?? '';
      return requestLink();
    };
    const requestLink = async (): Promise<string> => {
      const [mail] = (await mailTo(running, ALICE)).filter(({ text }) => text.includes(`/sent/${id}/requests/`));
      return /\/sent\/[0-9a-z]{26}\/requests\/[0-9a-z]{26}/.exec(mail?.text ?? '')?.[0] ?? '';
    };
    return { id, bob, carol, alice, ask, asked: () => bob.get(askedAt), people };
  }

  const asking = async (id: string): Promise<number> =>
    (await mailTo(running, ALICE)).filter(({ text }) => text.includes(`/sent/${id}/requests/`)).length;
  const decisions = async (address: string) =>
    (await mailTo(running, address)).filter(({ text }) => /You asked Alice Example for more time/.test(text));
  const events = async (id: string) =>
    (
      await running.store.db
        .selectFrom('audit')
        .select(['event', 'recipient_id'])
        .where('message_id', '=', id)
        .orderBy('seq')
        .execute()
    ).filter(({ event }) => event.startsWith('more-time') || event === 'decision-sent');

  test('is answered by a program as well: once, for its senders only, and with what is understood', async () => {
    const { id, bob, ask } = await expired();
    const request = (await ask()).split('/').at(-1) ?? '';
    const api = await makeClient(running);
    const other = await makeClient(running, { senders: ['other@example.com'] });
    const reader = await makeClient(running, { scopes: ['messages:read'] });
    const path = `/messages/${id}/requests/${request}`;
    const give = { decision: 'give', days: 7 };
    assert.equal((await other.sendJson(path, give)).status, 404);
    assert.equal((await reader.sendJson(path, give)).status, 403);
    assert.equal((await api.sendJson(`/messages/${id}/requests/${id}`, give)).status, 404);
    for (const wrong of [
      {},
      { ...give, days: 0 },
      { ...give, days: 731 },
      { ...give, word: 'x' },
      { decision: 'later' },
    ])
      assert.equal((await api.sendJson(path, wrong)).status, 422, JSON.stringify(wrong));
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);

    const answers = await Promise.all([api.sendJson(path, give), api.sendJson(path, { decision: 'refuse' })]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const { requests } = (await api.get(`/messages/${id}`)).json;
    assert.ok(Array.isArray(requests) && requests.length === 1);
    assert.match(JSON.stringify(requests), /"state":"(?:given|refused)"/);
  });

  test('reaches the sender as one mail without a word of the message, however often it is pressed', async () => {
    const { id, bob, ask, asked } = await expired();
    const path = await ask();
    assert.equal(await ask(), path);
    await bob.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
    assert.equal(await asking(id), 1);
    const [mail] = (await mailTo(running, ALICE)).filter(({ text }) => text.includes(path));
    assert.match(mail?.text ?? '', /Bob Recipient asks for more time/);
    assert.doesNotMatch(mail?.text ?? '', /Secret matter|\/m\//);
    assert.match(mail?.raw ?? '', /^Auto-Submitted: auto-generated\r$/m);
    const waits = await asked();
    assert.match(waits.text, /Your request is on its way\./);
    assert.match(waits.text, /Alice Example has not decided yet/);
    assert.doesNotMatch(waits.text, />Ask for more time</);
    assert.deepEqual(
      (await events(id)).map(({ event }) => event),
      ['more-time-asked'],
    );
  });

  test('is granted to its reader alone: nobody else can read again', async () => {
    const { id, bob, carol, alice, ask, people } = await expired();
    const path = await ask();
    const page = await alice.get(path);
    assert.match(said(page), /Was open until<\/dt><dd>\w+, \d+ \w+ \d{4}, \d\d:\d\d UTC/);
    assert.match(page.text, /Bob Recipient<\/bdi> asks for more time/);
    assert.match(page.text, /Secret matter/);
    const answer = await alice.post(path, { decision: 'give', days: '7', whom: 'reader' }, path);
    assert.deepEqual([answer.status, ledTo(answer)], [303, `/sent/${id}?done=answered`]);

    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    assert.equal((await carol.get(`/messages/${id}`)).status, 410);
    const [told] = await decisions(people.bob);
    assert.match(told?.text ?? '', /It is open for you until \w+,? \d+ \w+ \d{4}, 23:59 UTC\./);
    assert.match(told?.text ?? '', /\/m\/[\w-]{22}/);
    assert.doesNotMatch(told?.text ?? '', /Secret matter/);
    assert.deepEqual(await decisions(people.carol), []);

    // Seven days from now, to the end of that day, and no longer.
    running.clock.forward(7 * DAY_MS);
    const late = await signInByAddress(running, people.bob);
    assert.equal((await late.get(`/messages/${id}`)).status, 200);
    running.clock.forward(DAY_MS);
    const tooLate = await signInByAddress(running, people.bob);
    assert.equal((await tooLate.get(`/messages/${id}`)).status, 410);
    const [asked, given] = await events(id);
    assert.deepEqual([asked?.event, given?.event], ['more-time-asked', 'more-time-given']);
    assert.equal(given?.recipient_id, asked?.recipient_id);
  });

  test('of the other reader is granted for less, and neither changes what the first one has', async () => {
    const { id, bob, carol, alice, ask, people } = await expired();
    await alice.post(await ask(), { decision: 'give', days: '30' }, `/sent/${id}`);
    assert.equal((await carol.post(`/messages/${id}/more-time`, {}, `/messages/${id}`)).status, 303);
    await running.drain();
    const open = await running.store.db
      .selectFrom('requests')
      .select('id')
      .where('message_id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow();
    await alice.post(`/sent/${id}/requests/${open.id}`, { decision: 'give', days: '7' }, `/sent/${id}`);
    assert.match(said(await carol.get(`/messages/${id}`)), /Open until [^<]+ 23:59 UTC, in [78] days\./);
    assert.match(said(await bob.get(`/messages/${id}`)), /Open until [^<]+ 23:59 UTC, in 3[01] days\./);
    running.clock.forward(9 * DAY_MS);
    assert.equal((await (await signInByAddress(running, people.carol)).get(`/messages/${id}`)).status, 410);
    assert.equal((await (await signInByAddress(running, people.bob)).get(`/messages/${id}`)).status, 200);
    assert.ok(bob);
  });

  test('is granted for all, and all who asked are told', async () => {
    const { id, bob, carol, alice, ask, people } = await expired();
    const path = await ask();
    await carol.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
    await alice.post(path, { decision: 'give', days: '14', whom: 'all' }, path);
    for (const reader of [bob, carol]) assert.equal((await reader.get(`/messages/${id}`)).status, 200);
    for (const address of [people.bob, people.carol]) assert.equal((await decisions(address)).length, 1, address);
  });

  test('is granted as well by changing the last day, on the page of the message', async () => {
    const { id, bob, carol, alice, ask, people } = await expired();
    await alice.post(await ask(), { decision: 'give', days: '7', whom: 'reader' }, `/sent/${id}`);
    await carol.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
    assert.equal((await alice.post(`/sent/${id}/expiry`, { expires: '9d' }, `/sent/${id}`)).status, 303);
    for (const reader of [bob, carol]) assert.equal((await reader.get(`/messages/${id}`)).status, 200);
    assert.equal((await decisions(people.carol)).length, 1);
  });

  test('is refused with a word, which stands on the page and in no mail', async () => {
    const { id, bob, alice, ask, people } = await expired();
    const path = await ask();
    await alice.post(path, { decision: 'refuse', word: 'It is signed by now.\r\n<b>Call me.</b>' }, path);
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);
    const page = await bob.get(`/messages/${id}`);
    assert.match(said(page), /Alice Example decided on \w+,? \d+ \w+ \d{4} to leave the message closed/);
    assert.match(page.text, /It is signed by now\.\n&lt;b&gt;Call me\.&lt;\/b&gt;/);
    const [told] = await decisions(people.bob);
    assert.match(told?.text ?? '', /has decided to leave it closed/);
    assert.match(told?.text ?? '', /There is a word from Alice Example for you on its page/);
    assert.doesNotMatch(told?.text ?? '', /signed by now/);
    assert.match((await alice.get(`/sent/${id}`)).text, /Left closed on/);
    // It may be asked for again: a no need not be the last word.
    assert.match(page.text, /Ask for more time/);
  });

  test('is answered once, and whoever comes second is told what was decided', async () => {
    const { id, alice, ask, people } = await expired();
    const path = await ask();
    const csrf = await alice.csrf(path);
    const [one, other] = await Promise.all(
      [{ decision: 'refuse' }, { decision: 'give', days: '7' }].map((fields) =>
        alice.send('POST', path, new URLSearchParams({ csrf, ...fields })),
      ),
    );
    assert.deepEqual([one?.status, other?.status].toSorted(), [303, 409]);
    const page = await alice.get(path);
    assert.match(page.text, /You gave more time on|You left the message closed on/);
    assert.doesNotMatch(page.text, /name="decision"/);
    assert.equal((await decisions(people.bob)).length, 1);
    assert.ok(id);
  });

  test('is nobody else’s to see or decide, and a decision that is none is refused', async () => {
    const { id, bob, carol, alice, ask, people } = await expired();
    const path = await ask();
    const dora = await signInByAddress(running, 'dora@example.com');
    for (const visitor of [bob, carol, dora]) {
      assert.equal((await visitor.get(path)).status, 404);
      assert.equal((await visitor.post(path, { decision: 'give', days: '7' }, '/messages')).status, 404);
    }
    assert.equal((await new Visitor(running.url).get(path)).location, '/sign-in');
    for (const fields of [
      {},
      { decision: 'give' },
      { decision: 'give', days: '8' },
      { decision: 'give', days: '7', whom: 'nobody' },
      { decision: 'maybe' },
      { decision: 'refuse', word: 'x'.repeat(1_001) },
    ]) {
      assert.equal((await alice.post(path, fields, path)).status, 422, JSON.stringify(fields));
    }
    const other = await expired();
    const crossed = path.replace(id, other.id);
    assert.equal((await other.alice.get(crossed)).status, 404);
    const again = await signInByAddress(running, people.bob);
    assert.equal((await again.get(`/messages/${id}`)).status, 410);
  });

  test('comes neither from a stranger, nor for a message that can be read, nor for one that was taken back', async () => {
    const { id } = await expired();
    const open = await send(running, { to: BOB, text: 'x' });
    const bob = await signInByAddress(running, BOB);
    assert.equal((await bob.post(`/messages/${id}/more-time`, {}, '/messages')).status, 404);
    await bob.post(`/messages/${open}/more-time`, {}, '/messages');
    assert.equal((await bob.visit(`/messages/${id}/more-time`)).status, 404);
    const rows = await running.store.db
      .selectFrom('requests')
      .select('id')
      .where('message_id', 'in', [id, open])
      .execute();
    assert.deepEqual(rows, []);
  });

  test('after three a week the reader is sent to the sender instead', async () => {
    const { id, bob, alice } = await expired();
    for (let times = 0; times < 3; times += 1) {
      await bob.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
      const open = await running.store.db
        .selectFrom('requests')
        .select('id')
        .where('message_id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirstOrThrow();
      const path = `/sent/${id}/requests/${open.id}`;
      assert.equal((await alice.post(path, { decision: 'refuse' }, path)).status, 303);
    }
    const answer = await bob.post(`/messages/${id}/more-time`, {}, `/messages/${id}`);
    assert.equal(answer.status, 429);
    assert.match(answer.text, /You have asked several times\. Write to the sender instead\./);
  });

  test('is told by the API with the message, and among its events', async () => {
    const { id, ask, alice } = await expired();
    const path = await ask();
    await alice.post(path, { decision: 'give', days: '7' }, path);
    const api = await makeClient(running);
    const { json } = await api.get(`/messages/${id}`);
    const [request] = json['requests'] as Record<string, unknown>[];
    assert.equal(request?.['recipient'], 0);
    assert.equal(request?.['state'], 'given');
    assert.match(String(request?.['expiresAt']), /T00:00:00\.000Z$/);
    assert.match((await api.get(`/messages/${id}/events`)).text, /more-time-given.*more-time-asked/);
  });
});

describe('sending a notice again', () => {
  let running: Running;
  let alice: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram();
    id = await send(running, { to: `${BOB}, ${CAROL}`, text: 'x' });
    alice = await signInByAddress(running, ALICE);
  });
  after(() => running.stop());

  const notices = async (address: string): Promise<number> =>
    (await mailTo(running, address)).filter(({ text }) => /\/m\/[\w-]{22}/.test(text)).length;

  test('reaches the one it is for, by the same link, and is in the audit', async () => {
    const link = await linkTo(running, BOB);
    const [bobs, carols] = [await notices(BOB), await notices(CAROL)];
    const answer = await alice.post(`/sent/${id}/resend`, { recipient: '0' }, `/sent/${id}`);
    assert.match((await alice.visit(answer.location ?? '')).text, /The notice goes out once more\./);
    assert.equal((await notices(BOB)) - bobs, 1);
    assert.equal(await notices(CAROL), carols);
    assert.equal(await linkTo(running, BOB), link);
    const audit = await running.store.db.selectFrom('audit').select('event').where('message_id', '=', id).execute();
    assert.ok(audit.some(({ event }) => event === 'notice-resent'));
  });

  test('that is on its way already does not double it', async () => {
    const before = await notices(BOB);
    for (let times = 0; times < 2; times += 1)
      await alice.post(`/sent/${id}/resend`, { recipient: '0' }, `/sent/${id}`);
    assert.equal((await notices(BOB)) - before, 1);
  });

  test('is refused after a few a day, without using up anything', async () => {
    const statuses = [];
    for (let times = 0; times < 4; times += 1) {
      statuses.push((await alice.post(`/sent/${id}/resend`, { recipient: '0' }, `/sent/${id}`)).status);
      await running.drain();
    }
    assert.deepEqual(statuses, [303, 303, 429, 429]);
    running.clock.forward(DAY_MS);
    const later = await signInByAddress(running, ALICE);
    assert.equal((await later.post(`/sent/${id}/resend`, { recipient: '0' }, `/sent/${id}`)).status, 303);
  });

  test('goes neither to who has read, nor to whom it was taken from, nor to a place that nobody has', async () => {
    const other = await send(running, { to: `${BOB}, ${CAROL}`, text: 'x' });
    const owner = await signInByAddress(running, ALICE);
    await (await signInByAddress(running, BOB)).get(`/messages/${other}`);
    await owner.post(`/sent/${other}/revoke`, { recipient: '1' }, `/sent/${other}`);
    const before = [await notices(BOB), await notices(CAROL)];
    const answer = await owner.post(`/sent/${other}/resend`, {}, `/sent/${other}`);
    assert.match((await owner.visit(answer.location ?? '')).text, /No notice was sent: this reader has opened/);
    assert.deepEqual([await notices(BOB), await notices(CAROL)], before);
    assert.equal((await owner.post(`/sent/${other}/resend`, { recipient: '7' }, `/sent/${other}`)).status, 422);
  });

  test('is a call of the API, under the scope that sends', async () => {
    const api = await makeClient(running);
    const fresh = await send(running, { to: BOB, text: 'x' });
    const before = await notices(BOB);
    assert.equal((await api.sendJson(`/messages/${fresh}/resend`, { recipients: [BOB] })).status, 200);
    assert.equal((await notices(BOB)) - before, 1);
    assert.equal((await api.sendJson(`/messages/${fresh}/resend`, { recipients: ['x@y.example'] })).status, 422);
    assert.equal((await api.sendJson(`/messages/${fresh}/resend`, { all: true })).status, 422);
    const reader = await makeClient(running, { scopes: ['messages:read'] });
    assert.equal((await reader.sendJson(`/messages/${fresh}/resend`, {})).status, 403);
  });
});
