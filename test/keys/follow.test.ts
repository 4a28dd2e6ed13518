// A running server's keyring while the keyring changes: what it takes over, and what it calls weather and what damage.

import { strict as assert } from 'node:assert';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isRefusal } from '../../server/core/errors.ts';
import { addKey, createKeyring, serializeKeyring, setKeyState } from '../../server/crypto/keyring.ts';
import type { Keyring } from '../../server/crypto/keyring.ts';
import { SealBroken } from '../../server/crypto/seal-broken.ts';
import { changeKeyring } from '../../server/keys/change.ts';
import { commandSource } from '../../server/keys/command-source.ts';
import { fileSource } from '../../server/keys/file-source.ts';
import { KeyringFollower } from '../../server/keys/follow.ts';
import { createKeyKeeper } from '../../server/keys/key-keeper.ts';
import type { KeyringSource } from '../../server/keys/source.ts';
import { clock, nothing, setStage, storeOf } from './stage.ts';
import type { Stage } from './stage.ts';

describe('a running server’s keyring', () => {
  let stage: Stage;
  let keyring: Keyring;
  const follow = (source: KeyringSource): KeyringFollower => new KeyringFollower({ ...stage, keyring, source });

  beforeEach(async () => {
    stage = await setStage();
    keyring = await stage.load();
  });
  afterEach(() => stage.close());

  it('seals with an added key once it has looked, and opens with both', async () => {
    const follower = follow(fileSource(stage.file));
    const old = keyring.sealRecord('outbox 1', 'old');
    await follower.look();
    const added = await stage.add();
    assert.notEqual(keyring.currentKeyId, added.currentKeyId);
    await follower.look();
    assert.equal(keyring.currentKeyId, added.currentKeyId);
    assert.equal(keyring.openRecord('outbox 1', old).toString(), 'old');
    assert.equal(added.openRecord('outbox 1', keyring.sealRecord('outbox 1', 'new')).toString(), 'new');
    assert.match(stage.logged.join(''), /"keyId":"\w{8}","event":"keyring\.changed"/);
  });

  it('opens at once what a neighbour sealed under a key that the file has by now', async () => {
    follow(fileSource(stage.file));
    const added = await stage.add();
    assert.equal(keyring.openRecord('outbox 1', added.sealRecord('outbox 1', 'new')).toString(), 'new');
  });

  it('lets a retired key open nothing more', async () => {
    const follower = follow(fileSource(stage.file));
    const old = keyring.currentKeyId;
    const record = keyring.sealRecord('outbox 1', 'old');
    await stage.add();
    await follower.look();
    const { store } = fileSource(stage.file);
    assert.ok(store);
    await changeKeyring(stage.db, store, (now) => setKeyState(now, old, 'retired'), nothing);
    await follower.look();
    assert.throws(() => keyring.openRecord('outbox 1', record), SealBroken);
  });

  it('asks a command again, and says busy, not broken, until it has answered', async () => {
    const follower = follow(commandSource({ command: '/bin/cat', args: [stage.file], env: {} }));
    await follower.look();
    const added = await stage.add();
    const record = added.sealRecord('outbox 1', 'new');
    assert.throws(() => keyring.openRecord('outbox 1', record), isBusy);
    await follower.look();
    assert.equal(keyring.openRecord('outbox 1', record).toString(), 'new');
  });

  it('calls it damage when the source was asked and has no such key either', async () => {
    const follower = follow(fileSource(stage.file));
    const record = createKeyring(clock).sealRecord('outbox 1', 'x');
    assert.throws(() => keyring.openRecord('outbox 1', record), isBusy);
    await follower.look();
    assert.throws(() => keyring.openRecord('outbox 1', record), SealBroken);
    assert.throws(() => keyring.openRecord('outbox 1', record.fill(0xff, 1, 9)), SealBroken, 'no key id at all');
  });

  it('waits for a key that is announced and has not come to this machine', async () => {
    const here = join(stage.dir, 'copy.json');
    await copyFile(stage.file, here);
    const follower = follow(fileSource(here));
    const added = await stage.add();
    const record = added.sealRecord('outbox 1', 'new');
    for (let n = 0; n < 3; n += 1) {
      assert.throws(() => keyring.openRecord('outbox 1', record), isBusy);
      await follower.look();
    }
    assert.equal(stage.logged.filter((line) => line.includes('keyring.behind')).length, 1);
    await copyFile(stage.file, here);
    assert.equal(keyring.openRecord('outbox 1', record).toString(), 'new');
  });

  it('goes on with what it has while the source is away, says so once, and recovers', async () => {
    const follower = follow(fileSource(stage.file));
    const added = await stage.add();
    const text = serializeKeyring(added);
    const before = keyring.currentKeyId;
    for (const spoil of [() => rm(stage.file), () => writeFile(stage.file, text.slice(0, 300), { mode: 0o600 })]) {
      await spoil();
      await follower.look();
      const record = added.sealRecord('outbox 1', 'new');
      assert.throws(
        () => keyring.openRecord('outbox 1', record),
        isBusy,
        'the source said nothing, so nothing is known',
      );
      await follower.look();
      assert.equal(keyring.currentKeyId, before);
    }
    const told = stage.logged.filter((line) => line.includes('keyring.unreadable'));
    assert.equal(told.length, 1);
    assert.ok(added.contents().keys.every((key) => !told.join('').includes(key.secret)));
    await writeFile(stage.file, text);
    await follower.look();
    assert.equal(keyring.currentKeyId, added.currentKeyId);
  });

  it('never becomes another keyring', async () => {
    const follower = follow(fileSource(stage.file));
    const before = keyring.currentKeyId;
    await writeFile(stage.file, serializeKeyring(createKeyring(clock)));
    await follower.look();
    assert.equal(keyring.currentKeyId, before);
    assert.match(stage.logged.join(''), /keyring\.unreadable/);
  });

  it('says once that it cannot look after its keys, and again after it could', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const keeper = createKeyKeeper({ ...stage, keyring, source: fileSource(stage.file), columns: [] });
    const second = async (): Promise<void> => {
      t.mock.timers.tick(1_000);
      for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const failures = (): number => stage.logged.filter((line) => line.includes('keys.failed')).length;
    const rename = (from: string, to: string) => stage.db.schema.alterTable(from).renameTo(to).execute();
    keeper.start();
    await rename('marks', 'aside');
    await second();
    const rounds = failures();
    assert.ok(rounds > 0);
    for (let n = 0; n < 3; n += 1) await second();
    assert.equal(failures(), rounds);
    await rename('aside', 'marks');
    await second();
    await rename('marks', 'aside');
    await second();
    assert.equal(failures(), 2 * rounds);
    await keeper.stop();
  });
});

describe('changing the keyring', () => {
  it('loses none of eight keys that are added at once', async () => {
    const stage = await setStage();
    try {
      const first = await stage.load();
      const added = await Promise.all(Array.from({ length: 8 }, () => stage.add()));
      const ids = (await stage.load()).keyIds();
      assert.deepEqual(new Set(ids), new Set([first.currentKeyId, ...added.map((ring) => ring.currentKeyId)]));
      assert.equal(ids.length, 9);
    } finally {
      await stage.close();
    }
  });

  it('changes nothing when what is to be told with it cannot be', async () => {
    const stage = await setStage();
    try {
      const before = await stage.load();
      const store = storeOf(fileSource(stage.file));
      const fail = (): Promise<never> => Promise.reject(new Error('no audit'));
      await assert.rejects(
        changeKeyring(stage.db, store, (ring) => addKey(ring, clock), fail),
        /no audit/,
      );
      assert.deepEqual((await stage.load()).keyIds(), before.keyIds());
    } finally {
      await stage.close();
    }
  });
});

function isBusy(error: unknown): boolean {
  return isRefusal(error, 'server/busy');
}
