// Nobody with a role comes in by a mailed code alone: the app, its recovery codes, the other ways in, and what a thief of
// the mailbox gets.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { MINUTE_MS, SECOND_MS } from '../../server/core/clock.ts';
import { addressIndex } from '../../server/crypto/address-index.ts';
import { parseAddress } from '../../server/core/address.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { removeTotp } from '../../server/signin/totps.store.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { signInAt, startProduction } from '../support/production.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { enrolApp, numberOf, setRoster } from '../support/staff.ts';
import { allRows } from '../support/tables.ts';

const STEP = '/sign-in/second-step';
const ADMIN = 'admin@example.com';

describe('somebody with a role who signs in by a mailed code', () => {
  let running: Running;

  before(async () => {
    running = await startProduction();
    await setRoster(running, { staff: [{ address: 'audrey@example.com', role: 'auditor' }] });
  });
  after(() => running.stop());
  beforeEach(async () => {
    // Each test has its own quarter of an hour of tries.
    running.clock.forward(20 * MINUTE_MS);
    await forget(running, ADMIN);
  });

  test('is led to set up an app before anything else is seen', async () => {
    const admin = await signInAt(running, ADMIN);
    for (const path of [
      '/',
      '/messages',
      '/sent',
      '/admin',
      '/admin/people',
      '/account',
      '/account/passkeys',
      '/compose',
      '/nothing',
    ])
      assert.deepEqual(place(await admin.get(path)), [303, STEP], path);
    const before = await allRows(running);
    for (const path of ['/account/sign-out-everywhere', '/admin/policy', '/admin/people/staff', '/compose'])
      assert.equal((await admin.post(path, {}, STEP)).status, 403, path);
    assert.deepEqual(await allRows(running), before);

    const page = await admin.get(STEP);
    assert.match(page.text, /<svg class="qr"[^>]*aria-label="QR code for the authenticator app"/);
    assert.match(
      page.text.replaceAll('&#x3D;', '='),
      /href="otpauth:\/\/totp\/Example%20Ltd:admin%40example\.com\?secret=[A-Z2-7]{32}&/,
    );
    assert.doesNotMatch(page.text, /https?:\/\/(?!portal\.example\.org)/);
    assert.equal(page.text, (await admin.get(STEP)).text, 'loading it again offers the same key');
  });

  test('comes in with the app from then on, and gets where they wanted to go', async () => {
    const { key, codes } = await enrolApp(running, await signInAt(running, ADMIN));
    assert.equal(codes.length, 10);
    running.clock.forward(30 * SECOND_MS);
    const again = await signInAt(running, ADMIN);
    assert.deepEqual(place(await again.get('/admin/people')), [303, STEP]);
    const answer = await again.post(STEP, { code: await numberOf(running, key) }, STEP);
    assert.deepEqual(place(answer), [303, '/admin/people']);
    assert.equal((await again.get('/admin/people')).status, 200);
    // Two at a time: the code by mail and the app.
    const { proved } = await running.store.db
      .selectFrom('sessions')
      .select('proved')
      .orderBy('created_at', 'desc')
      .where('ended_at', 'is', null)
      .executeTakeFirstOrThrow();
    assert.equal(proved, 'code totp');
  });

  test('cannot use a number twice, an earlier one, another person’s, or one of other digits', async () => {
    const first = await signInAt(running, ADMIN);
    const { key } = await enrolApp(running, first);
    const used = await numberOf(running, key);
    const audrey = await signInAt(running, 'audrey@example.com');
    const theirs = await enrolApp(running, audrey);
    const again = await signInAt(running, ADMIN);
    for (const code of [used, await numberOf(running, theirs.key), '000000'])
      assert.equal((await again.post(STEP, { code }, STEP)).status, 422, code);
    running.clock.forward(30 * SECOND_MS);
    assert.equal((await again.post(STEP, { code: await numberOf(running, key) }, STEP)).status, 303);
    await forget(running, 'audrey@example.com');
  });

  test('wins once when the same number comes four times at the same moment', async () => {
    const { key } = await enrolApp(running, await signInAt(running, ADMIN));
    running.clock.forward(30 * SECOND_MS);
    const code = await numberOf(running, key);
    const visitors = [
      await signInAt(running, ADMIN),
      await signInAt(running, ADMIN),
      await signInAt(running, ADMIN),
      await signInAt(running, ADMIN),
    ];
    const tokens = await Promise.all(visitors.map((visitor) => visitor.csrf(STEP)));
    const answers = await Promise.all(
      visitors.map((visitor, n) => visitor.send('POST', STEP, new URLSearchParams({ csrf: tokens[n] ?? '', code }))),
    );
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  });

  test('has five tries, on whatever number of browsers, and a new code by mail brings no more', async () => {
    const { key } = await enrolApp(running, await signInAt(running, ADMIN));
    running.clock.forward(30 * SECOND_MS);
    const statuses: number[] = [];
    for (let n = 0; n < 2; n += 1) {
      const visitor = await signInAt(running, ADMIN);
      for (let m = 0; m < 3; m += 1) statuses.push((await visitor.post(STEP, { code: '000000' }, STEP)).status);
    }
    assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429]);
    const locked = await signInAt(running, ADMIN);
    const right = await locked.post(STEP, { code: await numberOf(running, key) }, STEP);
    assert.deepEqual([right.status, Number(right.headers.get('retry-after')) > 0], [429, true]);
    // What is no number at all costs nothing.
    assert.equal((await locked.post(STEP, { code: '12' }, STEP)).status, 422);
    running.clock.forward(15 * MINUTE_MS);
    assert.equal((await locked.post(STEP, { code: await numberOf(running, key) }, STEP)).status, 303);
  });

  test('comes in by a recovery code once', async () => {
    const { codes } = await enrolApp(running, await signInAt(running, ADMIN));
    const [code = ''] = codes;
    const again = await signInAt(running, ADMIN);
    const typed = code.toUpperCase().replaceAll('-', ' ');
    for (const wrong of ['', 'aaaa-bbbb-cccc-dddd', typed.slice(1)])
      assert.equal((await again.post(`${STEP}/recovery`, { code: wrong }, STEP)).status, 422, wrong);
    assert.equal((await again.post(`${STEP}/recovery`, { code: typed }, STEP)).status, 303);
    assert.match((await again.get(STEP)).text, /You have 9 recovery codes left/);
    const other = await signInAt(running, ADMIN);
    assert.equal((await other.post(`${STEP}/recovery`, { code }, STEP)).status, 422);
    // New codes end the old ones; by a mailbox alone there are none.
    assert.equal((await other.post(`${STEP}/codes`, {}, STEP)).status, 404);
    const made = await again.post(`${STEP}/codes`, {}, STEP);
    assert.equal(made.status, 200);
    assert.equal((await other.post(`${STEP}/recovery`, { code: codes[1] ?? '' }, STEP)).status, 422);
  });

  test('cannot set up a second app, nor one beside a passkey, by a mailbox alone', async () => {
    await enrolApp(running, await signInAt(running, ADMIN));
    const thief = await signInAt(running, ADMIN);
    assert.doesNotMatch((await thief.get(STEP)).text, /otpauth/);
    assert.equal((await thief.post(`${STEP}/app`, { code: '123456' }, STEP)).status, 404);
    await forget(running, ADMIN);
    await running.store.db
      .insertInto('passkeys')
      .values({
        id: 'p',
        address_index: indexOf(running, ADMIN),
        sealed: await sealedPasskey(running),
        counter: 0,
        created_at: '2026-01-01',
        used_at: null,
      })
      .execute();
    const page = await thief.get(STEP);
    assert.doesNotMatch(page.text, /otpauth/);
    assert.match(page.text, /Sign in with a passkey/);
    assert.equal((await thief.post(`${STEP}/app`, { code: '123456' }, STEP)).status, 404);
    await running.store.db.deleteFrom('passkeys').execute();
  });

  test('is nothing special without a role, and special from the moment they have one', async () => {
    const alice = await signInAt(running, 'alice@example.com');
    assert.equal((await alice.get('/sent')).status, 200);
    assert.equal((await alice.get(STEP)).status, 404);
    await setRoster(running, { staff: [{ address: 'Alice@example.com', role: 'help-desk' }] });
    assert.deepEqual(place(await alice.get('/sent')), [303, STEP]);
    await setRoster(running, {});
    assert.equal((await alice.get('/sent')).status, 200);
  });
});

describe('in try-out mode', () => {
  let running: Running;
  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('the code by mail is enough until an app is set up, and the console says so', async () => {
    const admin = await signInByAddress(running, ADMIN);
    assert.match((await admin.get('/admin/people')).text, /Try-out mode: a code by mail is enough to come in here/);
    await enrolApp(running, admin);
    const again = await signInByAddress(running, ADMIN);
    assert.deepEqual(place(await again.get('/admin/people')), [303, STEP]);
  });
});

function place({ status, location }: { status: number; location: string | null }): [number, string | null] {
  return [status, location];
}

function indexOf({ store }: Running, address: string): string {
  const parsed = parseAddress(address);
  assert.ok(parsed);
  return addressIndex(store.keyring, parsed);
}

async function forget(running: Running, address: string): Promise<void> {
  await inTransaction(running.store.db, (tx) => removeTotp(tx, indexOf(running, address)));
}

function sealedPasskey({ store }: Running): Promise<Uint8Array> {
  const card = { address: ADMIN, credentialId: 'x', publicKey: 'x', name: 'Mine' };
  return Promise.resolve(store.keyring.sealRecord('passkey p', JSON.stringify(card)));
}
