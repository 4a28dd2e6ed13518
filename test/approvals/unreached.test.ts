// A mail about a held message that fails for good: the sender of the message learns which approver was not told, the log has it,
// and nothing about it goes to anybody else.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { makeClient } from '../roads/api-client.ts';
import { readAuditOf } from '../signin/audit-entries.ts';
import { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

const ALICE = 'alice@example.com';
const PAT = 'pat@example.com';
const QUINN = 'quinn@example.com';
const GONE = '550 5.1.1 no such mailbox here';

describeEngines('an approver who cannot be told', (engine) => {
  let relay: TestRelay;
  let running: Running;

  before(async () => {
    relay = await startRelay();
    running = await startProgram({ env: { ...(await engine.newDatabase()), ...relayEnv(relay, 'opportunistic') } });
    const admin = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const rules = [{ id: 'four', name: 'Four eyes', then: [{ hold: { approvers: [PAT, QUINN] } }] }];
    const saved = await admin.sendJson('/policy', { format: 1, rules }, { 'if-match': '"0"' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });
  beforeEach(() => {
    relay.refusals.clear();
    relay.mails.length = 0;
  });

  async function sendHeld(): Promise<string> {
    const id = await send(running, {
      to: 'bob@recipient.example',
      subject: 'The sealed subject',
      text: 'secret figures',
    });
    await running.drain();
    return id;
  }
  const toldAlice = (): string[] =>
    relay.mails
      .filter((mail) => mail.to === ALICE)
      .map((mail) => readable(mail.raw).replaceAll(/\r\n/g, '\n'))
      .filter((text) => text.includes('could not be told'));

  test('is named to the sender, who is told as well that somebody else was', async () => {
    relay.refusals.set(PAT, GONE);
    const id = await sendHeld();
    await running.drain();
    const told = toldAlice();
    assert.equal(told.length, 1);
    const [text = ''] = told;
    assert.match(text, /pat@example\.com, who may approve it, could not be told/);
    assert.match(text, /Somebody else who may approve it has been written to/);
    assert.match(text, /did not take mail for example\.com\. Its answer: 550 5\.1\.1\./);
    assert.match(text, new RegExp(`/sent/${id}`));
    assert.doesNotMatch(text, /sealed subject|secret figures|no such mailbox|quinn@/);
    assert.ok(relay.mails.every(({ to }) => to === ALICE || to === QUINN));
    const [entry] = await readAuditOf(running, 'approver-unreached');
    assert.deepEqual(entry, { approver: PAT, rule: 'four', failure: 'RCPT 550 5.1.1', attempt: 1 });
    running.clock.forward(3 * DAY_MS);
    await running.drain();
    assert.equal(toldAlice().length, 1, 'once');
  });

  test('and nobody else either is said to the sender, on the page too', async () => {
    relay.refusals.set(PAT, GONE);
    relay.refusals.set(QUINN, '450 4.2.0 later');
    const id = await sendHeld();
    assert.match(toldAlice()[0] ?? '', /Somebody else who may approve it has been written to/, 'it is still tried');
    for (let hours = 0; hours <= 4 * 24 + 4; hours += 4) {
      running.clock.forward(4 * HOUR_MS);
      await running.drain();
    }
    const last = toldAlice().at(-1) ?? '';
    assert.match(last, /quinn@example\.com, who may approve it, could not be told/);
    assert.match(last, /Nobody who may approve it could be told/);
    assert.equal(toldAlice().length, 2);
    const [entry] = await readAuditOf(running, 'approver-unreached');
    assert.deepEqual([entry?.['approver'], entry?.['failure']], [QUINN, 'RCPT 450 4.2.0']);
    const alice = new Visitor(running.url);
    await alice.post('/sign-in/passcode', { address: ALICE }, '/sign-in');
    await running.drain();
    const code = /^(\d{8})\r?$/m.exec(relay.mails.findLast(({ to }) => to === ALICE)?.raw ?? '')?.[1] ?? '';
    assert.equal((await alice.post('/sign-in/verify', { code }, '/sign-in/verify')).status, 303);
    const page = (await alice.get(`/sent/${id}`)).text;
    for (const one of [PAT, QUINN]) assert.match(page, new RegExp(`${one}.* could not be told by mail`));
  });

  test('is no news once somebody has answered', async () => {
    relay.refusals.set(PAT, '450 4.2.0 later');
    const id = await sendHeld();
    await running.store.db
      .updateTable('holds')
      .set({ state: 'released', answered_at: new Date(running.clock.nowMs()).toISOString() })
      .where('message_id', '=', id)
      .execute();
    relay.refusals.set(PAT, GONE);
    running.clock.forward(HOUR_MS);
    await running.drain();
    assert.deepEqual(toldAlice(), []);
  });

  test('and a sender who cannot be told of it stand in the log', async () => {
    relay.refusals.set(ALICE, GONE);
    relay.refusals.set(PAT, GONE);
    await sendHeld();
    for (let hours = 0; hours <= 2 * 24 + 4; hours += 4) {
      running.clock.forward(4 * HOUR_MS);
      await running.drain();
    }
    const entries = await readAuditOf(running, 'hold-notice-failed');
    assert.deepEqual(
      entries.map(({ about, rule, failure }) => ({ about, rule, failure })),
      [
        { about: 'approver-unreached', rule: 'four', failure: 'RCPT 550 5.1.1' },
        { about: 'open', rule: 'four', failure: 'RCPT 550 5.1.1' },
      ],
    );
  });
});
