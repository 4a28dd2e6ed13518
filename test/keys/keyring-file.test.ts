// The keyring on the disk: permissions, several processes at once, and what is left alone.

import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, beforeEach, describe, it } from 'node:test';
import { addKey, createKeyring, serializeKeyring } from '../../server/crypto/keyring.ts';
import type { Keyring } from '../../server/crypto/keyring.ts';
import { KeyringFault } from '../../server/crypto/keyring-format.ts';
import { openKeyring } from '../../server/keyring-source.ts';
import { fileSource } from '../../server/keys/file-source.ts';
import { KeyringMissing } from '../../server/keys/source.ts';
import { canTraceSyncs, traceSyncs } from '../blobs/trace-syncs.ts';

const clock = { nowMs: () => Date.UTC(2026, 10, 21, 8) };
const folder = await mkdtemp(join(tmpdir(), 'sealpost-keyring-'));
const path = join(folder, 'deep', 'keyring.json');

const loadOrCreate = (): Promise<Keyring> => openKeyring(fileSource(path), clock, () => Promise.resolve(false));

async function save(file: string, keyring: Keyring): Promise<void> {
  const { store } = fileSource(file);
  assert.ok(store);
  await store.replace(await store.seal(keyring));
}

after(() => rm(folder, { recursive: true }));
beforeEach(() => rm(join(folder, 'deep'), { recursive: true, force: true }));

describe('the keyring file', () => {
  it('is made at the first start, for its owner only, and used from then on', async () => {
    const made = await loadOrCreate();
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, 'deep'))).mode & 0o777, 0o700);
    assert.equal((await loadOrCreate()).currentKeyId, made.currentKeyId);
    assert.equal(serializeKeyring(await fileSource(path).load()), serializeKeyring(made));
    assert.deepEqual(await readdir(join(folder, 'deep')), ['keyring.json'], 'nothing else is left');
  });

  it('is durable before it is used: its bytes, then its name', { skip: !canTraceSyncs }, async () => {
    const made = await traceSyncs(() => loadOrCreate());
    assert.deepEqual(
      made.map(({ held }) => (typeof held === 'number' ? held > 500 : held.includes('keyring.json'))),
      [true, true],
    );
    const changed = addKey(await fileSource(path).load(), clock);
    const saved = await traceSyncs(() => save(path, changed));
    assert.deepEqual(
      saved.map(({ held }) => held),
      [serializeKeyring(changed).length, ['keyring.json']],
    );
  });

  it('is not made by loading alone', async () => {
    await assert.rejects(fileSource(path).load(), KeyringMissing);
    await assert.rejects(stat(path), { code: 'ENOENT' });
  });

  it('is refused when others may read it, or anyone else may write it', async () => {
    await loadOrCreate();
    for (const mode of [0o604, 0o602, 0o601, 0o620, 0o644, 0o666]) {
      await chmod(path, mode);
      await assert.rejects(loadOrCreate(), KeyringFault, mode.toString(8));
    }
    for (const mode of [0o400, 0o600, 0o440, 0o640]) {
      await chmod(path, mode);
      await fileSource(path).load();
    }
  });

  it('is never replaced because it cannot be read', async () => {
    await loadOrCreate();
    await writeFile(path, 'half a key');
    await utimes(join(folder, 'deep'), 1_000, 1_000);
    await assert.rejects(loadOrCreate(), KeyringFault);
    assert.equal(await readFile(path, 'utf8'), 'half a key');
    assert.equal((await stat(join(folder, 'deep'))).mtimeMs, 1_000_000, 'nothing was even tried in its folder');

    await rm(path);
    await symlink(join(folder, 'missing', 'keyring.json'), path);
    await assert.rejects(loadOrCreate());
  });

  it('is replaced whole by a keyring with one more key', async () => {
    const before = await loadOrCreate();
    const changed = addKey(before, clock);
    await save(path, changed);
    assert.deepEqual((await fileSource(path).load()).keyIds(), changed.keyIds());
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(folder, 'deep')), ['keyring.json']);
  });

  it('stays as it was when it cannot be replaced', async () => {
    const before = await loadOrCreate();
    await assert.rejects(save(join(folder, 'missing', 'keyring.json'), before), { code: 'ENOENT' });
    await assert.rejects(save(join(folder, 'deep'), createKeyring(clock)), { code: 'EISDIR' });
    assert.deepEqual((await readdir(folder)).sort(), ['deep'], 'no secret is left beside it');
  });

  it('is one, though twenty callers in one process make it at once', async () => {
    const keyrings = await Promise.all(Array.from({ length: 20 }, () => loadOrCreate()));
    assert.equal(new Set(keyrings.map((keyring) => keyring.currentKeyId)).size, 1);
    assert.deepEqual(await readdir(join(folder, 'deep')), ['keyring.json']);
  });

  it('is one, though four processes make it at once', async () => {
    const starters = await Promise.all(Array.from({ length: 4 }, startProcess));
    const ids = await Promise.all(starters.map((start) => start()));
    assert.equal(new Set(ids).size, 1, ids.join(' '));
    assert.deepEqual((await fileSource(path).load()).keyIds(), [ids[0]]);
  });
});

// Resolves when the process stands before the call; what it resolves to lets it go, and gives the key id it uses.
async function startProcess(): Promise<() => Promise<string>> {
  const script = join(import.meta.dirname, 'create-keyring-process.ts');
  const child = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready');
  return async () => {
    child.stdin.write('go\n');
    const { value } = await lines.next();
    assert.ok(typeof value === 'string');
    return value;
  };
}
