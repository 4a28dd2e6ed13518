// A change of keys beside a running server: what is new is sealed with the new key at once, what is old comes after,
// and the old key is then refused.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { verifyAudit } from '../../server/audit/verify-audit.ts';
import { HOUR_MS } from '../../server/core/clock.ts';
import { Keyring } from '../../server/crypto/keyring.ts';
import { newId } from '../../server/crypto/random.ts';
import { inTransaction } from '../../server/db/engine.ts';
import type { MessagesTable } from '../../server/db/tables/messages.ts';
import { countMessages } from '../../server/keys/rewrap.store.ts';
import { ageKeys } from '../keys/stage.ts';
import type { Visitor } from '../support/browser.ts';
import { sealpost } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows } from '../support/tables.ts';

const bobs = 'bob@recipient.example';

describe('a change of keys', () => {
  let running: Running;
  let bob: Visitor;
  let apiKey = '';
  let oldKey = '';
  let newKey = '';
  let first = '';
  let firstRow: MessagesTable;
  const run = (...args: string[]) => sealpost({ DATA_DIR: running.dataDir }, ...args);
  const row = (id: string) =>
    running.store.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const submitted = async (subject: string) => {
    const mail = { from: 'alice@example.com', to: [bobs], raw: plainMail({ subject }) };
    return (await submit(running.smtpPort, mail)).split(' ')[2] ?? '';
  };
  const refuses = async (words: RegExp, ...args: string[]) => {
    const { code, out, err } = await run(...args);
    assert.deepEqual([code, out], [1, ''], err);
    assert.match(err, words);
  };

  before(async () => {
    running = await startProgram();
    oldKey = running.store.keyring.currentKeyId;
    first = await submitted('Under the first key');
    firstRow = await row(first);
    bob = await signInByLink(running, bobs);
    apiKey = (await run('api-key', 'create', 'crm')).out.trimEnd().split('\n').at(-1) ?? '';
    await submitted('A second one'); // its notice waits, sealed
  });
  after(() => running.stop());

  test('begins with a new key, which a running server uses at once and without a restart', async () => {
    assert.match((await run('keys', 'list')).out, new RegExp(`^${oldKey}  current  .* 2 messages, \\d+ records\\n$`));
    assert.equal((await run('keys', 'add')).code, 0);
    await eventually(() => running.store.keyring.currentKeyId !== oldKey);
    newKey = running.store.keyring.currentKeyId;
    const fresh = await submitted('Under the second key');
    assert.equal((await row(fresh)).key_id, newKey);
    assert.equal((await row(first)).key_id, oldKey);
    assert.match((await bob.get(`/messages/${first}`)).text, /Under the first key/);
    assert.match((await bob.get(`/messages/${fresh}`)).text, /Under the second key/);
  });

  test('retires no key that is current, unknown, just replaced, or needed', async () => {
    await refuses(/seals what is new/, 'keys', 'retire', newKey);
    await refuses(/There is no key 00000000/, 'keys', 'retire', '00000000');
    await refuses(/There is no retired key/, 'keys', 'retire', oldKey, '--undo');
    await refuses(/younger than five minutes/, 'keys', 'retire', oldKey);
    await ageKeys(running.config.keyring.kind === 'file' ? running.config.keyring.file : '', HOUR_MS);
    await refuses(/^2 messages and \d+ records are still under \w{8}\. Run: /, 'keys', 'retire', oldKey);
  });

  test('brings everything under the new key while mail goes on coming', async () => {
    const [rewrapped, ...ids] = await Promise.all([
      run('keys', 'rewrap'),
      ...Array.from({ length: 10 }, (_, n) => submitted(`Meanwhile ${n}`)),
    ]);
    assert.equal(rewrapped.code, 0, rewrapped.err);
    assert.match(rewrapped.out, new RegExp(`^\\d+ of \\d+ under ${newKey}[^]*Done: .* under ${newKey}\\.\\n$`));
    assert.deepEqual(await sealedUnder(oldKey), []);
    for (const id of [first, ...ids]) assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    await running.drain();
    const api = await fetch(`${running.url}/api/v1/messages`, { headers: { authorization: `Bearer ${apiKey}` } });
    assert.equal(api.status, 200);
    assert.equal((await verifyAudit(running.store)).holds, true);
    assert.match((await run('keys', 'list')).out, new RegExp(`^${oldKey}  active .* 0 messages, 0 records$`, 'm'));
  });

  test('ends with the old key retired, and what an old backup brings back does not open', async () => {
    assert.equal((await run('keys', 'retire', oldKey)).code, 0);
    await refuses(/is retired already/, 'keys', 'retire', oldKey);
    await eventually(() => running.store.keyring.keys().some(({ state }) => state === 'retired'));
    const { key_id, wrapped_key } = firstRow;
    await running.store.db.updateTable('messages').set({ key_id, wrapped_key }).where('id', '=', first).execute();
    assert.equal((await bob.get(`/messages/${first}`)).status, 500);
    assert.match((await run('keys', 'list')).out, new RegExp(`^${oldKey}  retired .* 1 messages, 0 records$`, 'm'));
  });

  test('can be taken back for what an old backup brought back', async () => {
    assert.equal((await run('keys', 'retire', oldKey, '--undo')).code, 0);
    await eventually(() => running.store.keyring.keys().every(({ state }) => state === 'active'));
    assert.match((await bob.get(`/messages/${first}`)).text, /Under the first key/);
  });

  test('survives being killed in the middle: the server goes on with it', async () => {
    const total = 5_000;
    await fill(total);
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../server/cli/sealpost.mjs'), 'keys', 'rewrap'],
      {
        cwd: '/',
        env: { DATA_DIR: running.dataDir },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const left = async () => (await countMessages(running.store.db)).get(oldKey) ?? 0;
    const leftThen = await left();
    assert.ok(leftThen > 0 && leftThen < total, `${leftThen} of ${total} left`);
    await eventually(async () => (await left()) === 0);
    assert.deepEqual(await sealedUnder(oldKey), []);
    assert.match((await bob.get(`/messages/${first}`)).text, /Under the first key/);
  });

  /** What in the whole database lies under this key: whatever starts as its records do, and its wrapped keys. */
  async function sealedUnder(keyId: string): Promise<string[]> {
    const head = Buffer.from(`\u0001${keyId}`);
    return Object.entries(await allRows(running)).flatMap(([table, rows]) =>
      rows.flatMap((each) =>
        Object.entries(each as object).flatMap(([column, value]: [string, unknown]) =>
          value === keyId || (value instanceof Uint8Array && head.equals(value.subarray(0, 9)))
            ? [`${table}.${column}`]
            : [],
        ),
      ),
    );
  }

  /** More messages under the old key: rows as the first one's, each with a data key of its own. */
  async function fill(count: number): Promise<void> {
    const { keyring, db } = running.store;
    const old = keyring.contents();
    const before = new Keyring({ ...old, current: oldKey });
    await inTransaction(db, async (tx) => {
      for (let n = 0; n < count; n += 1) {
        const id = newId(running.clock);
        const { keyId, wrapped } = before.wrapDataKey(before.newDataKey(), id);
        const copy = { ...firstRow, id, thread_id: id, repeat_index: null, key_id: keyId, wrapped_key: wrapped };
        await tx.insertInto('messages').values(copy).execute();
      }
    });
  }
});
