// One more notice before the last day, for those who have not read: when the brand says so, and once, whatever number of
// machines looks for whom to remind.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS, isoNow } from '../../server/core/clock.ts';
import { parseAddress } from '../../server/core/address.ts';
import { settleHold } from '../../server/approvals/settle-hold.ts';
import { getBrand, insertBrandVersion } from '../../server/brands/brand.store.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { listHolds } from '../../server/messages/holds.store.ts';
import { ensureQueued } from '../../server/outbox/outbox.store.ts';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import { compilePolicy } from '../../server/policy/policy.ts';
import { orderReminders } from '../../server/worker/remind.ts';
import { describeEngines } from '../support/engines.ts';
import { linkTo, mailTo, signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const DAYS = 3;
const MANY = 500;
const card = { actor: 'admin@example.com', note: '', changed: ['reminderDays'] };

const policy = compilePolicy(
  parsePolicyDocument(
    {
      format: 1,
      templates: [
        { name: 'pressing', title: 'Pressing', rights: ['reply'], reminderDays: 5 },
        { name: 'quiet', title: 'Quiet', rights: ['reply'], reminderDays: 0 },
      ],
      rules: [
        {
          id: 'held',
          name: 'Four eyes',
          when: { header: { name: 'X-Test', contains: 'hold' } },
          then: [{ hold: { approvers: ['pat@example.com'] } }],
        },
      ],
    },
    { brands: ['default'], expiryDaysMax: 730 },
  ),
);

describeEngines('a reminder', (engine) => {
  let running: Running;
  let n = 0;

  before(async () => {
    running = await startProgram({
      env: { ...(await engine.newDatabase()), SESSION_IDLE_MINUTES: '720' },
      policy: () => policy,
    });
  });
  after(() => running.stop());
  afterEach(() => remindBefore(0));

  async function remindBefore(days: number): Promise<void> {
    await inTransaction(running.store.db, async (tx) => {
      const brand = await getBrand(tx, 'default', 'Example Ltd');
      await insertBrandVersion(running.store.vault, tx, { ...brand, reminderDays: days }, card);
    });
  }

  const order = () => orderReminders({ db: running.store.db, vault: running.store.vault }, MANY);
  const reminders = async (address: string) =>
    (await mailTo(running, address)).filter(({ text }) => /you have not read it yet/.test(text));

  /** A message of a week to two people of its own, whose notices are out. */
  async function announced(headers: readonly string[] = ['X-Sealpost-Expires: 7d']) {
    n += 1;
    const [one, two] = [`one${n}@recipient.example`, `two${n}@recipient.example`];
    const id = await send(running, { to: `${one}, ${two}`, subject: 'Never in a mail', text: 'x', headers });
    await running.drain();
    return { id, one, two };
  }

  test('goes to those who have not read, in the last days, by the same link, and says nothing of the message', async () => {
    await remindBefore(DAYS);
    const { id, one, two } = await announced();
    const link = await linkTo(running, one);
    await (await signInByAddress(running, two)).get(`/messages/${id}`);
    running.clock.forward(4 * DAY_MS - HOUR_MS);
    assert.equal(await order(), 0);
    running.clock.forward(2 * HOUR_MS);
    assert.equal(await order(), 1);
    const [mail, ...others] = await reminders(one);
    assert.deepEqual(others, []);
    assert.ok(mail?.text.includes(link));
    assert.match(mail?.text ?? '', /Open until: \w+,? \d+ \w+ \d{4}/);
    assert.doesNotMatch(mail?.text ?? '', /Never in a mail/);
    assert.deepEqual(await reminders(two), []);
    const audit = await running.store.db.selectFrom('audit').select('event').where('message_id', '=', id).execute();
    assert.equal(audit.filter(({ event }) => event === 'reminder-sent').length, 1);
  });

  test('is ordered once by any number of machines at the same moment', async () => {
    await remindBefore(DAYS);
    const { one, two } = await announced();
    running.clock.forward(5 * DAY_MS);
    await Promise.all(Array.from({ length: 8 }, order));
    assert.equal(await order(), 0);
    for (const address of [one, two]) assert.equal((await reminders(address)).length, 1, address);
    running.clock.forward(DAY_MS);
    assert.equal(await order(), 0);
  });

  test('and any other notice is queued once, by however many that ask for it at the same moment', async () => {
    const { id } = await announced();
    const { db, vault } = running.store;
    const [recipient] = await db.selectFrom('recipients').select('id').where('message_id', '=', id).execute();
    const recipientId = recipient?.id ?? '';
    const queue = () =>
      inTransaction(db, (tx) => ensureQueued(vault, tx, { kind: 'notice', messageId: id, recipientId }));
    await Promise.all(Array.from({ length: 8 }, queue));
    const jobs = db.selectFrom('outbox').select('id').where('recipient_id', '=', recipientId);
    assert.equal((await jobs.where('state', '=', 'ready').execute()).length, 1);
    await running.drain();
  });

  test('is none where the brand does not want it, after the last day, and for a message that was taken back', async () => {
    const off = await announced();
    const taken = await announced();
    const over = await announced(['X-Sealpost-Expires: 2d']);
    const alice = await signInByAddress(running, 'alice@example.com');
    await alice.post(`/sent/${taken.id}/revoke`, {}, `/sent/${taken.id}`);
    running.clock.forward(5 * DAY_MS);
    assert.equal(await order(), 0);
    await remindBefore(DAYS);
    await order();
    for (const address of [taken.one, over.one]) assert.deepEqual(await reminders(address), [], address);
    assert.equal((await reminders(off.one)).length, 1);
  });

  test('waits while a rule holds the message, and comes a day after it is let go', async () => {
    await remindBefore(DAYS);
    const held = await announced(['X-Sealpost-Expires: 7d', 'X-Test: hold']);
    const refused = await announced(['X-Sealpost-Expires: 7d', 'X-Test: hold']);
    running.clock.forward(4 * DAY_MS + HOUR_MS);
    assert.equal(await order(), 0);
    const { db, vault } = running.store;
    const by = parseAddress('pat@example.com');
    assert.ok(by);
    for (const [{ id }, state] of [[held, 'released'] as const, [refused, 'refused'] as const]) {
      const [hold] = await listHolds(db, [id]);
      await settleHold({ db, vault }, { holdId: hold?.id ?? '', state, by, word: '' });
    }
    await running.drain();
    assert.equal(await order(), 0, 'its notice is fresh');
    running.clock.forward(DAY_MS + HOUR_MS);
    await order();
    for (const address of [held.one, held.two]) assert.equal((await reminders(address)).length, 1, address);
    for (const address of [refused.one, refused.two]) assert.deepEqual(await mailTo(running, address), [], address);
    assert.equal(await order(), 0);
  });

  test('that was ordered before the message was read is not sent any more', async () => {
    await remindBefore(DAYS);
    const { id, one } = await announced();
    running.clock.forward(5 * DAY_MS);
    const reader = await signInByAddress(running, one);
    await order();
    assert.equal((await reader.get(`/messages/${id}`)).status, 200);
    assert.deepEqual(await reminders(one), []);
  });

  test('comes by the days of its template, whatever the brand says, and once', async () => {
    const asking = (protection: string): Promise<{ one: string }> =>
      announced(['X-Sealpost-Expires: 7d', `X-Sealpost-Protection: ${protection}`]);
    const [pressing, quiet, plain] = [await asking('pressing'), await asking('quiet'), await announced()];
    running.clock.forward(2 * DAY_MS - HOUR_MS);
    assert.equal(await order(), 0);
    running.clock.forward(2 * HOUR_MS);
    assert.equal(await order(), 1);
    await remindBefore(DAYS);
    running.clock.forward(3 * DAY_MS);
    await order();
    assert.equal((await reminders(pressing.one)).length, 1);
    assert.deepEqual(await reminders(quiet.one), []);
    assert.equal((await reminders(plain.one)).length, 1);
  });

  test('of a template is none for who has read, was shut out, or has no day left', async () => {
    const { id, one, two } = await announced(['X-Sealpost-Expires: 7d', 'X-Sealpost-Protection: pressing']);
    const over = await announced(['X-Sealpost-Protection: pressing', 'X-Sealpost-Expires: 1d']);
    await (await signInByAddress(running, one)).get(`/messages/${id}`);
    const alice = await signInByAddress(running, 'alice@example.com');
    await alice.post(`/sent/${id}/revoke`, { recipient: '1' }, `/sent/${id}`);
    running.clock.forward(4 * DAY_MS);
    await order();
    for (const address of [one, two, over.one]) assert.deepEqual(await reminders(address), [], address);
  });

  test('of a template follows the last day when that is moved, and is still one', async () => {
    const { id, one } = await announced(['X-Sealpost-Expires: 7d', 'X-Sealpost-Protection: pressing']);
    running.clock.forward(DAY_MS + HOUR_MS);
    const alice = await signInByAddress(running, 'alice@example.com');
    const later = isoNow(running.clock, 20 * DAY_MS).slice(0, 10);
    assert.equal((await alice.post(`/sent/${id}/expiry`, { expires: later }, `/sent/${id}`)).status, 303);
    running.clock.forward(10 * DAY_MS);
    await order();
    assert.deepEqual(await reminders(one), []);
    running.clock.forward(8 * DAY_MS);
    await order();
    running.clock.forward(DAY_MS);
    await order();
    assert.equal((await reminders(one)).length, 1);
  });

  test('does not come on the heels of the notice', async () => {
    await remindBefore(DAYS);
    const { one } = await announced(['X-Sealpost-Expires: 2d']);
    running.clock.forward(HOUR_MS);
    assert.equal(await order(), 0);
    running.clock.forward(DAY_MS);
    await order();
    assert.equal((await reminders(one)).length, 1);
  });
});

describe('the days before the last', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('are set with the brand, and are a whole number', async () => {
    const admin = await signInByAddress(running, 'admin@example.com');
    const form = {
      name: 'Example Ltd',
      colour: '#1d4f7c',
      footer: '',
      version: '0',
      do: 'save',
    };
    const post = (reminderDays: string) =>
      admin.postMultipart('/admin/brands/default', { ...form, reminderDays }, [], '/admin/brands/default');
    for (const wrong of ['', '-1', '61', '1.5', 'three']) {
      const answer = await post(wrong);
      assert.equal(answer.status, 422, wrong);
      assert.match(answer.text, /The reminder is not a whole number of days from 0 to 60/);
    }
    assert.equal((await post('3')).status, 303);
    assert.match((await admin.get('/admin/brands/default')).text, /name="reminderDays"[^>]* value="3"/);
    const brand = await getBrand(running.store.db, 'default', '');
    assert.equal(brand.reminderDays, 3);
  });
});
