// A rule holds a mail: nobody can read it or is told of it before somebody who may has let it go, and the sender learns what
// came of it. A rule's reviewer gets a copy that the other readers do not see.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import type { AuditTable } from '../../server/db/tables/administration.ts';
import { makeClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { setRoster } from '../support/staff.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const ALICE = 'alice@example.com';
const PAT = 'pat@example.com';
const QUINN = 'quinn@example.com';
const RUTH = 'ruth@example.com';

const holding = (id: string, word: string, approvers: readonly string[]) => ({
  id,
  name: `Two pairs of eyes (${id})`,
  when: { subject: { contains: word } },
  then: [{ hold: { approvers } }],
});

describeEngines('a message that a rule holds', (engine) => {
  let running: Running;
  let n = 0;

  before(async () => {
    running = await startProgram({ env: { ...(await engine.newDatabase()), SESSION_IDLE_MINUTES: '720' } });
    const admin = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const answer = await admin.sendJson(
      '/policy',
      {
        format: 1,
        rules: [
          holding('one', 'offer', [PAT, QUINN]),
          holding('two', 'big', [QUINN]),
          {
            id: 'copy',
            name: 'Ruth sees it',
            when: { any: [{ subject: { contains: 'advice' } }, { direction: 'in' }] },
            then: [{ reviewer: RUTH }],
          },
        ],
      },
      { 'if-match': '"0"' },
      'PUT',
    );
    assert.equal(answer.status, 200, answer.text);
  });
  after(() => running.stop());

  interface Held {
    readonly id: string;
    readonly bob: string;
  }

  async function sendHeld(subject: string): Promise<Held> {
    n += 1;
    const bob = `bob${n}@recipient.example`;
    const id = await send(running, { to: bob, subject, text: 'the secret figures' });
    await running.drain();
    return { id, bob };
  }

  async function holdPath(approver: string, id: string): Promise<string> {
    const holds = await running.store.db.selectFrom('holds').select('id').where('message_id', '=', id).execute();
    const mails = await mailTo(running, approver);
    const found = holds
      .map((hold) => `/approvals/${hold.id}`)
      .find((path) => mails.some(({ text }) => text.includes(path)));
    assert.ok(found, 'the approver was sent no link');
    return found;
  }

  const answer = (who: Visitor, path: string, answered: 'release' | 'refuse', word = '') =>
    who.post(path, { answer: answered, word }, path);
  const events = async (id: string): Promise<AuditTable['event'][]> =>
    (await running.store.db.selectFrom('audit').select('event').where('message_id', '=', id).orderBy('seq').execute())
      .map(({ event }) => event)
      .filter((event) => /hold|held/.test(event));

  test('is told to its approvers and its sender without a word of it, and to nobody else', async () => {
    const { id, bob } = await sendHeld('An offer');
    assert.equal((await mailTo(running, bob)).length, 0);
    // Something else they may read, so that they are let in at all.
    await send(running, { to: bob, subject: 'Hello', text: 'x' });
    await running.drain();
    const [mail] = (await mailTo(running, PAT)).slice(-1);
    assert.match(mail?.text ?? '', /alice@example\.com sent a message that the rule “Two pairs of eyes \(one\)” holds/);
    for (const one of [...(await mailTo(running, PAT)), ...(await mailTo(running, ALICE))]) {
      assert.doesNotMatch(`${one.text}${JSON.stringify(one)}`, /An offer|secret figures/);
    }
    assert.ok(
      (await mailTo(running, ALICE)).some(({ text }) => text.includes('It goes to nobody until somebody approves it')),
    );
    const reader = await signInByAddress(running, bob);
    for (const path of [`/messages/${id}`, `/messages/${id}/body`, `/messages/${id}/attachments/1`]) {
      assert.equal((await reader.get(path)).status, 404, path);
    }
    assert.doesNotMatch((await reader.get('/messages')).text, /An offer/);
    const sender = await signInByAddress(running, ALICE);
    const page = await sender.get(`/sent/${id}`);
    assert.match(page.text, /Waits for approval/);
    // Which rule decided, and what holds.
    assert.match(page.text, /rule “Two pairs of eyes \(one\)”: /);
    assert.match(page.text, /protection encrypt-only by default/);
    assert.match((await sender.get('/sent')).text, /Waits for approval/);
  });

  test('is answered by somebody with the role of an approver, unless they sent it', async () => {
    await setRoster(running, {
      staff: [
        { address: 'astrid@example.com', role: 'approver' },
        { address: ALICE, role: 'approver' },
      ],
    });
    const { id } = await sendHeld('An offer');
    const path = await holdPath(PAT, id);
    const alice = await signInByAddress(running, ALICE);
    assert.doesNotMatch((await alice.get('/approvals')).text, new RegExp(path));
    assert.equal((await alice.get(path)).status, 404);
    assert.equal((await answer(alice, path, 'release').catch(() => ({ status: 404 }))).status, 404);
    const astrid = await signInByAddress(running, 'astrid@example.com');
    assert.match((await astrid.get('/approvals')).text, new RegExp(path));
    assert.match((await astrid.get(path)).text, /the secret figures/);
    assert.equal((await answer(astrid, path, 'refuse')).status, 303);
    assert.ok((await events(id)).includes('hold-refused'));
    await setRoster(running, {});
    assert.equal((await astrid.get(path)).status, 404);
  });

  test('reaches its reader once the last of its holds is lifted', async () => {
    const { id, bob } = await sendHeld('A big offer');
    const pat = await signInByAddress(running, PAT);
    const quinn = await signInByAddress(running, QUINN);
    const first = await holdPath(PAT, id);
    assert.match((await pat.get(first)).text, /the secret figures/);
    assert.equal((await answer(pat, first, 'release')).status, 303);
    await running.drain();
    assert.equal((await mailTo(running, bob)).length, 0);
    const approved = async () =>
      (await mailTo(running, ALICE)).filter(({ text }) => text.includes('Your message has been approved')).length;
    assert.equal(await approved(), 0, 'one is still missing');
    const holds = await running.store.db.selectFrom('holds').selectAll().where('message_id', '=', id).execute();
    const second = holds.find(({ rule_id: rule }) => rule === 'two');
    assert.equal((await answer(quinn, `/approvals/${second?.id ?? ''}`, 'release')).status, 303);
    await running.drain();
    const reader = await signInByLink(running, bob);
    assert.match((await reader.get(`/messages/${id}`)).text, /the secret figures/);
    // Each look is noted, before any answer.
    const noted = await events(id);
    assert.deepEqual(new Set(noted.slice(0, 2)), new Set(['message-held']));
    assert.ok(noted.indexOf('held-message-read') < noted.indexOf('hold-released'));
    assert.equal(noted.filter((event) => event === 'hold-released').length, 2);
    assert.equal(await approved(), 1);
  });

  test('goes to nobody once it is refused, and its sender reads why', async () => {
    const { id, bob } = await sendHeld('A big offer, refused');
    const pat = await signInByAddress(running, PAT);
    const path = await holdPath(PAT, id);
    assert.equal((await answer(pat, path, 'refuse', 'The price is wrong.')).status, 303);
    await running.drain();
    assert.equal((await mailTo(running, bob)).length, 0);
    const sender = await signInByAddress(running, ALICE);
    assert.match((await sender.get(`/sent/${id}`)).text, /The price is wrong\./);
    assert.ok((await mailTo(running, ALICE)).some(({ text }) => text.includes('Your message has not been approved')));
    // The other hold closes with it.
    const states = await running.store.db.selectFrom('holds').select('state').where('message_id', '=', id).execute();
    assert.deepEqual(new Set(states.map(({ state }) => state)), new Set(['refused']));
    assert.equal(
      (await running.store.db.selectFrom('held_recipients').selectAll().where('message_id', '=', id).execute()).length,
      0,
    );
  });

  test('is read by its approver as its readers would see it, and by the clock of whoever looks', async () => {
    n += 1;
    const to = `bob${n}@recipient.example`;
    const id = await send(running, {
      to,
      subject: 'An offer',
      text: 'Harmless',
      html: '<p>What <b>readers</b> see</p>',
    });
    await running.drain();
    const pat = await signInByAddress(running, PAT);
    const page = (await pat.get(await holdPath(PAT, id))).text;
    assert.match(page, /What readers see/);
    assert.doesNotMatch(page, /Harmless|You find it in your mail program|What you wrote/);
    assert.match(page, /<time datetime="[^"]+" data-as="moment">/);
  });

  test('of two approvers at once the first counts, and the other is told', async () => {
    const { id } = await sendHeld('An offer for two');
    const path = await holdPath(PAT, id);
    const approvers = await Promise.all([PAT, QUINN].map((one) => signInByAddress(running, one)));
    // From another page: one that loads when it is answered has no form any more.
    const answers = await Promise.all(
      approvers.map((who, i) => who.post(path, { answer: i === 0 ? 'release' : 'refuse' }, '/account')),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 409]);
    assert.equal(
      (await events(id)).filter((event) => event !== 'message-held' && event !== 'held-message-read').length,
      1,
    );
  });

  test('is no page for its sender, a stranger, an approver of other rules or a wrong id', async () => {
    const { id } = await sendHeld('An offer of mine');
    const big = await sendHeld('Something big');
    const path = await holdPath(PAT, id);
    for (const who of [ALICE, 'admin@example.com', 'ruth@example.com']) {
      const visitor = await signInByAddress(running, who);
      assert.equal((await visitor.get(path)).status, 404, who);
      assert.equal((await visitor.post(path, { answer: 'release' }, '/account')).status, 404, who);
    }
    const pat = await signInByAddress(running, PAT);
    assert.equal((await pat.get(await holdPath(QUINN, big.id))).status, 404);
    assert.equal((await pat.get('/approvals/nonsense')).status, 404);
    assert.equal((await pat.post(path, { answer: 'maybe' }, path)).status, 422);
    assert.match((await pat.get('/approvals')).text, /An offer of mine/);
  });

  test('cannot be let go any more when it is over', async () => {
    const { id, bob } = await sendHeld('An offer that waits too long');
    const path = await holdPath(PAT, id);
    running.clock.forward(40 * DAY_MS);
    const later = await signInByAddress(running, PAT);
    assert.doesNotMatch((await later.get(path)).text, /the secret figures/);
    assert.equal((await later.post(path, { answer: 'release' }, '/account')).status, 409);
    await running.drain();
    assert.equal((await mailTo(running, bob)).length, 0);
  });

  test('that its sender takes back reaches nobody, though it is let go afterwards', async () => {
    const { id, bob } = await sendHeld('An offer to the wrong one');
    const client = await makeClient(running);
    const taken = await client.sendJson(`/messages/${id}/revoke`, {});
    assert.deepEqual([taken.status, statusesOf(taken.json)], [200, ['revoked']]);
    const sender = await signInByAddress(running, ALICE);
    assert.match((await sender.get('/sent')).text, /Taken back/);
    const pat = await signInByAddress(running, PAT);
    assert.equal((await answer(pat, await holdPath(PAT, id), 'release')).status, 303);
    await running.drain();
    assert.equal((await mailTo(running, bob)).length, 0);
    // Given back, it goes out after all: it was let go.
    assert.equal((await client.sendJson(`/messages/${id}/restore`, {})).status, 200);
    await running.drain();
    assert.equal((await mailTo(running, bob)).length, 1);
  });

  test('taken back by its place while it is let go is taken back in either order', async () => {
    const pat = await signInByAddress(running, PAT);
    const client = await makeClient(running);
    for (let round = 0; round < 5; round += 1) {
      const { id, bob } = await sendHeld('An offer in a hurry');
      const path = await holdPath(PAT, id);
      const [taken] = await Promise.all([
        client.sendJson(`/messages/${id}/revoke`, { recipients: [bob] }),
        answer(pat, path, 'release'),
      ]);
      assert.equal(taken.status, 200, taken.text);
      await running.drain();
      assert.deepEqual(statusesOf((await client.get(`/messages/${id}`)).json), ['revoked']);
    }
  });

  test('says over the API how it stands, while it waits and afterwards', async () => {
    const client = await makeClient(running);
    const standing = async (id: string): Promise<unknown> => (await client.get(`/messages/${id}`)).json['hold'];
    const pat = await signInByAddress(running, PAT);
    for (const [given, becomes] of [
      ['release', 'released'],
      ['refuse', 'refused'],
    ] as const) {
      const { id } = await sendHeld(`An offer to ${given}`);
      assert.equal(await standing(id), 'open');
      await answer(pat, await holdPath(PAT, id), given);
      assert.equal(await standing(id), becomes);
      const sender = await signInByAddress(running, ALICE);
      assert.doesNotMatch((await sender.get(`/sent/${id}`)).text, /Something else was recorded/);
    }
  });

  test('that is destroyed takes with it what its approver wrote', async () => {
    const { id } = await sendHeld('An offer, destroyed');
    const pat = await signInByAddress(running, PAT);
    await answer(pat, await holdPath(PAT, id), 'refuse', 'The price is wrong.');
    const client = await makeClient(running);
    assert.equal((await client.sendJson(`/messages/${id}/revoke`, { destroy: true })).status, 200);
    const left = await running.store.db.selectFrom('holds').select('id').where('message_id', '=', id).execute();
    assert.deepEqual(left, []);
  });

  test('keeps its recipients in the shape of all recipients', async () => {
    const tables = await running.store.db.introspection.getTables();
    const columns = (name: string) =>
      tables
        .find((table) => table.name === name)
        ?.columns.map((column) => column.name)
        .toSorted();
    assert.deepEqual(columns('held_recipients'), columns('recipients'));
  });

  test('a reviewer gets a copy by a notice of their own, and the reader is not told of them', async () => {
    const { id, bob } = await sendHeld('Some advice');
    const reviewer = await signInByLink(running, RUTH);
    assert.match((await reader(reviewer, id)).text, /the secret figures/);
    const page = await reader(await signInByLink(running, bob), id);
    assert.doesNotMatch(page.text, /ruth/i);
    const account = await (await signInByLink(running, bob)).get('/account');
    assert.doesNotMatch(account.text, /ruth/i);
  });

  test('a reviewer of what is written outside is not named to its author', async () => {
    const { id, bob } = await sendHeld('Plain words');
    const author = await signInByLink(running, bob);
    const path = `/messages/${id}`;
    assert.equal((await author.postMultipart(`${path}/reply`, { text: 'My answer' }, [], path)).status, 303);
    await running.drain();
    const roles = await running.store.db.selectFrom('recipients').select('role').where('role', '=', 'review').execute();
    assert.ok(roles.length > 1, 'the answer has a reviewer');
    const page = await author.get(`/messages/${id}`);
    assert.match(page.text, /My answer/);
    assert.doesNotMatch(page.text, /ruth/i);
  });

  const statusesOf = (json: Readonly<Record<string, unknown>>): string[] => {
    const { recipients } = json;
    assert.ok(Array.isArray(recipients));
    return recipients.map(({ status }: { readonly status: string }) => status);
  };

  const reader = (who: Visitor, id: string) => who.get(`/messages/${id}`);
});
