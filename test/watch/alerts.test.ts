// What is wrong is told to administrators without their asking, once, and once more when it is over: by mail, to webhooks, in the
// console. Whatever number of machines looks.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { listAudit } from '../../server/audit/audit-list.store.ts';
import { detailOf } from '../../server/audit/formats.ts';
import type { Finding } from '../../server/alerts/alert.ts';
import { listOver, listStanding } from '../../server/alerts/alerts.store.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, isoNow } from '../../server/core/clock.ts';
import { silentLog } from '../../server/core/log.ts';
import { bindSwitchboard } from '../../server/switchboard/switchboard.ts';
import { createWatcher } from '../../server/watch/watcher.ts';
import type { Finder, Watcher } from '../../server/watch/watcher.ts';
import { makeCertificate } from '../support/certificates.ts';
import { describeEngines } from '../support/engines.ts';
import { mailTo, signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startReceiver } from '../support/receiver.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import { setRoster } from '../support/staff.ts';

const standing = async ({ store }: Running): Promise<string[]> =>
  (await listStanding(store.keyring, store.db)).map(({ kind, about }) => (about === '' ? kind : `${kind} ${about}`));

/** Looks as one of many machines, which may find something else than the next. */
function watcherOf({ store }: Running, find: Finder['find'], kinds: Finder['kinds'] = ['health']): Watcher {
  const { db, vault } = store;
  const finders = [{ kinds, find }];
  return createWatcher({ db, vault, log: silentLog, kick: () => undefined, listAdmins: async () => [], finders });
}

describeEngines('an alert', (engine) => {
  let running: Running;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
  });
  after(() => running.stop());
  afterEach(async () => {
    await running.drain();
    running.clock.forward(DAY_MS);
    await watcherOf(running, async () => []).look();
    await running.program.watcher.look();
    await running.drain();
  });

  const audited = async (event: 'alert-raised' | 'alert-over', from: string): Promise<(string | undefined)[]> =>
    (await listAudit(running.store.keyring, running.store.db, { event, from }, { limit: 50 })).map((entry) =>
      detailOf(entry, 'alert'),
    );
  const alarms = async (address: string) => (await mailTo(running, address)).filter(({ text }) => /alert/i.test(text));

  test('is raised once and over once by any number of machines, and told to each administrator by mail', async () => {
    await setRoster(running, {
      staff: [
        { address: 'root@example.com', role: 'administrator' },
        { address: 'auditor@example.com', role: 'auditor' },
      ],
    });
    const from = isoNow(running.clock);
    await send(running, { to: 'bob@recipient.example' });
    running.clock.forward(16 * MINUTE_MS);
    await Promise.all(Array.from({ length: 8 }, () => running.program.watcher.look()));
    assert.deepEqual(await standing(running), ['queue-late']);
    assert.deepEqual(await audited('alert-raised', from), ['queue-late']);
    for (const to of ['admin@example.com', 'root@example.com']) {
      const mails = await alarms(to);
      assert.equal(mails.length, 1, to);
      assert.match(mails[0]?.text ?? '', /The queue does not move: work that is due waits for more than 15 minutes/);
      assert.match(mails[0]?.text ?? '', /\/admin\/today/);
    }
    assert.deepEqual(await alarms('auditor@example.com'), []);

    await running.program.watcher.look();
    assert.deepEqual(await standing(running), ['queue-late'], 'it may come back at once');
    running.clock.forward(16 * MINUTE_MS);
    await Promise.all(Array.from({ length: 8 }, () => running.program.watcher.look()));
    assert.deepEqual(await standing(running), []);
    assert.deepEqual(await audited('alert-over', from), ['queue-late']);
    const [over, ...earlier] = await alarms('admin@example.com');
    assert.equal(earlier.length, 1);
    assert.match(over?.text ?? '', /An alert is over[\s\S]*It stood from/);
  });

  test('that is over before its mail was written is told of once', async () => {
    const before = (await alarms('admin@example.com')).length;
    await send(running, { to: 'bob@recipient.example' });
    running.clock.forward(16 * MINUTE_MS);
    await running.program.watcher.look();
    // All but the alerts goes out, as where only their lane stands still.
    await running.store.db.updateTable('outbox').set({ state: 'done' }).where('kind', '<>', 'alert').execute();
    await running.store.db.updateTable('outbox').set({ next_at: '9999' }).where('kind', '=', 'alert').execute();
    running.clock.forward(16 * MINUTE_MS);
    await running.program.watcher.look();
    await running.store.db
      .updateTable('outbox')
      .set({ next_at: isoNow(running.clock) })
      .where('next_at', '=', '9999')
      .execute();
    const mails = await alarms('admin@example.com');
    assert.equal(mails.length, before + 1);
    assert.match(mails[0]?.text ?? '', /An alert is over/);
  });

  test('that one machine finds and another does not stands, and so does one of which nobody can say', async () => {
    const ill = watcherOf(running, async () => [{ kind: 'health', about: 'blobs' }]);
    const well = watcherOf(running, async () => []);
    const blind = watcherOf(running, () => Promise.reject(new Error('no answer')));
    const from = isoNow(running.clock);
    await ill.look();
    for (let minutes = 0; minutes < 40; minutes += 5) {
      running.clock.forward(5 * MINUTE_MS);
      await Promise.all([well.look(), ill.look()]);
    }
    assert.deepEqual(await audited('alert-raised', from), ['health']);
    running.clock.forward(HOUR_MS);
    await blind.look();
    assert.deepEqual(await standing(running), ['health blobs']);
    assert.deepEqual(await audited('alert-over', from), []);
    await well.look();
    assert.deepEqual(await standing(running), []);
    await ill.look();
    assert.deepEqual(await standing(running), ['health blobs'], 'it came back');
    assert.deepEqual(await audited('alert-raised', from), ['health', 'health']);
  });

  test('stands in the console with what to do, and for a week after it is over', async () => {
    const admin = await signInByAddress(running, 'admin@example.com');
    const none = await admin.get('/admin/today');
    assert.doesNotMatch(none.text, /id="alerts-heading"/);
    const found: Finding[] = [{ kind: 'domain-failing', about: '<b>x</b>.example', detail: 'RCPT 451 4.7.1' }];
    await watcherOf(running, async () => found, ['domain-failing']).look();
    const { text } = await admin.get('/admin/today');
    assert.match(text, /id="alerts-heading"/);
    assert.match(text, /Mail to &lt;b&gt;x&lt;\/b&gt;\.example fails \(RCPT 451 4\.7\.1\)/);
    running.clock.forward(HOUR_MS);
    await watcherOf(running, async () => [], ['domain-failing']).look();
    const later = await (await signInByAddress(running, 'admin@example.com')).get('/admin/today');
    assert.doesNotMatch(later.text, /id="alerts-heading"/);
    assert.match(later.text, /Alerts that were over in the last seven days/);
    const over = await listOver(running.store.keyring, running.store.db, isoNow(running.clock, -HOUR_MS), 9);
    assert.deepEqual(
      over.map(({ kind }) => kind),
      ['domain-failing'],
    );
  });

  test('is not told twice where a mail of its own tells it: a certificate, and the key that seals once it is old', async () => {
    const before = (await alarms('admin@example.com')).length;
    const id = '01kb0000000000000000000000';
    const found: Finding[] = [
      { kind: 'certificate-ending', about: id, detail: 'bob@recipient.example ends on 2026-12-01' },
    ];
    await watcherOf(running, async () => found, ['certificate-ending']).look();
    assert.equal((await alarms('admin@example.com')).length, before);
    assert.ok((await standing(running)).some((one) => one.startsWith('certificate-ending')));
    running.clock.forward(731 * DAY_MS);
    await running.drain();
    await running.program.watcher.look();
    assert.deepEqual(
      (await standing(running)).filter((one) => one.startsWith('key-old')),
      [`key-old ${running.store.keyring.currentKeyId}`],
    );
  });
});

describe('an alert for other programs', () => {
  test('is an event of its own, which names its kind and not what it is about', async () => {
    const receiver = await startReceiver({});
    const running = await startProgram({ outside: receiver.outside });
    try {
      const board = bindSwitchboard({ ...running.store, kick: () => undefined });
      await board.add({ url: receiver.url, events: ['alert-raised', 'alert-over'] }, { actor: 'admin@example.com' });
      const found: Finding[] = [{ kind: 'domain-failing', about: 'partner.example', detail: 'CONNECT' }];
      await watcherOf(running, async () => found, ['domain-failing']).look();
      await running.drain();
      running.clock.forward(HOUR_MS);
      await watcherOf(running, async () => [], ['domain-failing']).look();
      await running.drain();
      assert.deepEqual(
        receiver.got.map(({ body }) => {
          const { type, data } = JSON.parse(body) as { type: string; data: { alert: string } };
          return [type, data.alert];
        }),
        [
          ['alert-raised', 'domain-failing'],
          ['alert-over', 'domain-failing'],
        ],
      );
      assert.doesNotMatch(receiver.got.map(({ body }) => body).join(''), /partner/);
    } finally {
      await running.stop();
      await receiver.stop();
    }
  });
});

describe('where mail is handed to a relay', () => {
  let relay: TestRelay;
  let running: Running;
  let lets = true;

  before(async () => {
    const certificate = makeCertificate({ names: ['localhost'] });
    relay = await startRelay(certificate, () => lets);
    const url = `smtp://portal:secret@localhost:${relay.port}`;
    running = await startProgram({ env: { ...relayEnv(relay, 'required'), RELAY_URL: url } });
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });
  afterEach(async () => {
    lets = true;
    relay.refusals.clear();
    for (let n = 0; n < 3; n += 1) {
      running.clock.forward(DAY_MS);
      await running.drain();
      await running.program.watcher.look();
    }
    relay.mails.length = 0;
  });

  const alarms = (): string[] =>
    relay.mails.filter(({ to }) => to === 'admin@example.com').map(({ raw }) => readable(raw));

  test('a sign-in that it refuses is an alert, which is over when it takes mail again', async () => {
    lets = false;
    await send(running, { to: 'bob@recipient.example' });
    await running.drain();
    await running.program.watcher.look();
    assert.deepEqual(await standing(running), ['relay-refuses']);
    running.clock.forward(5 * MINUTE_MS);
    await running.drain();
    await running.program.watcher.look();
    lets = true;
    running.clock.forward(20 * MINUTE_MS);
    await running.drain();
    await running.program.watcher.look();
    assert.deepEqual(await standing(running), [], 'it took mail');
    await running.drain();
    assert.ok(alarms().some((text) => /The relay refuses our sign-in \(AUTH 535 5\.7\.8\)/.test(text)));
    assert.ok(alarms().some((text) => /It stood from/.test(text)));
  });

  test('a domain that refuses several recipients is one, and full or unknown mailboxes are none', async () => {
    const three = async (name: string, domain: string, refusal: string): Promise<void> => {
      for (const n of [1, 2, 3]) {
        const to = `${name}${n}@${domain}`;
        relay.refusals.set(to, refusal);
        await send(running, { to });
      }
    };
    await three('ann', 'failing.example', '451 4.7.1');
    await three('ben', 'full.example', '452 4.2.2');
    await three('cid', 'unknown.example', '550 5.1.1');
    for (const minutes of [0, 2, 5, 12]) {
      running.clock.forward(minutes * MINUTE_MS);
      await running.drain();
    }
    await running.program.watcher.look();
    assert.deepEqual(await standing(running), ['domain-failing failing.example']);
    relay.refusals.clear();
    running.clock.forward(HOUR_MS);
    await running.drain();
    await running.program.watcher.look();
    assert.deepEqual(await standing(running), []);
  });
});
