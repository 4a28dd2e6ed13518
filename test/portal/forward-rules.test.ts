// What a rule keeps from leaving the house does not leave it by being passed on in the portal, neither what was sent nor what is
// written to it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { mailTo, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const LENA = 'lena@example.com';
const CARD = 'The card is 4111 1111 1111 1111, valid until 12/27.';
const REFUSED = /The rules of the organisation do not let this message go on to them\./;

const policy = {
  format: 1,
  templates: [{ name: 'narrow', title: 'Narrow', rights: ['reply'] }],
  rules: [
    {
      id: 'cards',
      name: 'No cards out',
      when: { all: [{ direction: 'out' }, { detector: { is: 'payment-card', atLeast: 1 } }] },
      then: [{ refuse: 'Cards stay here.' }],
    },
    {
      id: 'rival',
      name: 'Not to rivals',
      when: { recipient: { is: ['@competitor.example'] } },
      then: [{ refuse: 'No.' }],
    },
    {
      id: 'four-eyes',
      name: 'Seen by two',
      when: { recipient: { is: ['@press.example'] } },
      then: [{ hold: { approvers: ['pat@example.com'] } }],
    },
    { id: 'narrow', name: 'Narrow', when: { recipient: { is: ['@narrow.example'] } }, then: [{ apply: 'narrow' }] },
    { id: 'proof', name: 'Proof', when: { recipient: { is: ['@proof.example'] } }, then: [{ signIn: ['two'] }] },
    { id: 'shadow', name: 'Shadow', state: 'shadow', when: { direction: 'out' }, then: [{ refuse: 'Not yet.' }] },
  ],
};

describe('a message that is passed on where rules hold', () => {
  let running: Running;
  let lena: Visitor;
  let bob: Visitor;

  before(async () => {
    running = await startProgram();
    const admin = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const put = await admin.sendJson('/policy', policy, { 'if-match': '*' }, 'PUT');
    assert.equal(put.status, 200, put.text);
    await send(running, { to: LENA, text: 'Hello.' });
    lena = await signInByLink(running, LENA);
    await send(running, { to: 'bob@recipient.example', text: 'Hello.' });
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());

  const forward = (by: Visitor, id: string, to: string, text = '') =>
    by.post(`/messages/${id}/forward`, { to, text }, `/messages/${id}`);
  const readersOf = async (id: string): Promise<number> =>
    (await running.store.db.selectFrom('recipients').select('id').where('message_id', '=', id).execute()).length;

  test('leaves the house where no rule speaks against it, a shadow or no shadow', async () => {
    const id = await send(running, { to: LENA, text: 'Nothing special.' });
    assert.equal((await forward(lena, id, 'dave@third.example', 'Look.')).status, 303);
    assert.equal((await mailTo(running, 'dave@third.example')).length, 1);
  });

  for (const [what, text, word, to] of [
    ['for what is in it', CARD, '', 'dave@third.example'],
    ['for what is written to it', 'Nothing special.', CARD, 'dave@third.example'],
    ['for whom it would reach, by a refusal', 'Nothing special.', '', 'x@competitor.example'],
    ['where somebody would have to approve it', 'Nothing special.', '', 'x@press.example'],
    ['where it would have to be narrower than it is', 'Nothing special.', '', 'x@narrow.example'],
    ['where its reader would have to prove more', 'Nothing special.', '', 'x@proof.example'],
    ['for one of several', 'Nothing special.', '', 'dave@third.example, x@competitor.example'],
  ] as const) {
    test(`stays where it is ${what}`, async () => {
      const id = await send(running, { to: LENA, text });
      const answer = await forward(lena, id, to, word);
      assert.equal(answer.status, 422);
      assert.match(answer.text, REFUSED);
      assert.doesNotMatch(answer.text, /Cards stay here|Not to rivals/);
      assert.equal(await readersOf(id), 1);
    });
  }

  test('stays with a reader outside as well, and the audit log names the rule', async () => {
    const id = await send(running, { to: 'bob@recipient.example', text: 'Nothing special.' });
    assert.match((await forward(bob, id, 'x@competitor.example')).text, REFUSED);
    assert.equal(await readersOf(id), 1);
    const admin = await makeClient(running, { scopes: ['admin:read'] });
    const { json } = await admin.get(`/audit?event=message-refused&message=${id}`);
    assert.match(JSON.stringify(json['entries']), /"road":"forward".*"rule":"rival"/);
  });

  test('goes to one of the house with what must not leave it', async () => {
    const id = await send(running, { to: LENA, text: CARD });
    assert.equal((await forward(lena, id, 'carl@example.com')).status, 303);
  });

  test('is answered by one of the house like any mail that leaves it', async () => {
    const id = await send(running, { to: `${LENA}, bob@recipient.example`, text: 'Hello.' });
    const reply = await lena.postMultipart(`/messages/${id}/reply`, { text: CARD, all: '1' }, [], `/messages/${id}`);
    assert.notEqual(reply.status, 303);
    const plain = await lena.postMultipart(`/messages/${id}/reply`, { text: 'Hi.', all: '1' }, [], `/messages/${id}`);
    assert.equal(plain.status, 303);
  });
});
