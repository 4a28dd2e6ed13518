// A backup is whole or it is none: what is cut off, changed, made up or not ours is refused, and nothing of it is left.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { readArchive, writeArchive } from '../../server/backup/archive.ts';
import type { ArchiveEntry } from '../../server/backup/archive.ts';
import { backUp } from '../../server/backup/back-up.ts';
import { emptyFolder, emptyStore } from '../../server/backup/empty-blobs.ts';
import type { EmptyBlobs } from '../../server/backup/empty-blobs.ts';
import { formatDigests } from '../../server/backup/digests.ts';
import { formatAbout } from '../../server/backup/layout.ts';
import { restore } from '../../server/backup/restore.ts';
import type { Restored } from '../../server/backup/restore.ts';
import { openBlobs } from '../../server/blobs/open.ts';
import { sha256 } from '../../server/crypto/digest.ts';
import { createKeyring, serializeKeyring } from '../../server/crypto/keyring.ts';
import { bindShredder } from '../../server/shredding/shred.ts';
import { sealpost } from '../support/command.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startS3 } from '../support/s3.ts';

type Entries = Map<string, Buffer>;

describe('a backup', () => {
  let folder: string;
  let running: Running;
  let file: string;
  let entries: Entries;
  let shreddedKey: Buffer;
  let place: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealpost-backup-'));
    running = await startProgram();
    const parts = [{ content: randomBytes(300_000), name: 'large.bin' }];
    await send(running, { text: 'Stays.', parts });
    const id = await send(running, { text: 'Shredded.', parts });
    shreddedKey = await keyOf(running, id);
    await bindShredder(running.store).destroy(id, {});
    file = join(folder, 'backup.tar');
    await make(file);
    entries = await unpack(file);
  });
  beforeEach(async () => {
    place = await mkdtemp(join(folder, 'place-'));
  });
  after(async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const make = (target: string, blobs = running.store.vault.blobs): ReturnType<typeof backUp> => {
    const { db, keyring } = running.store;
    const databaseFile = join(running.dataDir, 'sealpost.db');
    return backUp({ databaseFile, db, blobs, keyIds: keyring.keyIds(), clock: running.clock }, target);
  };
  const bringBack = (from: string): Promise<Restored> =>
    restore(
      {
        databaseFile: join(place, 'sealpost.db'),
        blobs: emptyFolder(join(place, 'blobs')),
        checkDatabase: () => Promise.resolve(),
      },
      from,
    );
  const refuses = async (from: string, message: RegExp): Promise<void> => {
    await assert.rejects(bringBack(from), { name: 'BackupFault', message });
    assert.deepEqual(await readdir(place), [], 'something is left');
  };

  test('holds the database, the blobs it names and their digests, for sha256sum as well', async () => {
    const blobs = [...entries.keys()].filter((name) => name.startsWith('blobs/'));
    assert.equal(blobs.length, 1);
    assert.deepEqual([...entries.keys()], ['backup.json', 'sealpost.db', ...blobs, 'SHA256SUMS']);
    const sums = entries.get('SHA256SUMS')?.toString('utf8') ?? '';
    for (const [name, content] of entries) {
      if (name !== 'SHA256SUMS') assert.ok(sums.includes(`${sha256(content).toString('hex')}  ${name}\n`), name);
    }
    assert.deepEqual((await bringBack(file)).keyIds, running.store.keyring.keyIds());
    assert.deepEqual((await readdir(place)).toSorted(), ['blobs', 'sealpost.db']);
    assert.equal((await stat(join(place, 'sealpost.db'))).mode & 0o777, 0o600);
  });

  test('holds nothing of what was shredded before', () => {
    assert.equal(shreddedKey.length, 60);
    for (const content of entries.values()) assert.ok(!content.includes(shreddedKey));
  });

  test('is never written over another file, and leaves nothing when it fails', async () => {
    await assert.rejects(make(file), { name: 'BackupFault', message: /is there already/ });
    const target = join(place, 'new.tar');
    const { blobs } = running.store.vault;
    const missing = { ...blobs, look: () => Promise.resolve(undefined) };
    await assert.rejects(make(target, missing), { name: 'BackupFault', message: /The blob \w+ is missing/ });
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(10);
      throw new Error('the disk fails');
    }
    await assert.rejects(make(target, { ...blobs, read: failing }), /the disk fails/);
    assert.deepEqual(await readdir(place), []);
    await assert.rejects(make(join(place, 'no', 'folder.tar')), {
      name: 'BackupFault',
      message: /^The folder \S+\/no is/,
    });
  });

  test('two at once to one place: one is made, and whole', async () => {
    const target = join(place, 'new.tar');
    const made = await Promise.allSettled([make(target), make(target)]);
    assert.deepEqual(made.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    assert.deepEqual(await readdir(place), ['new.tar']);
    assert.deepEqual([...(await unpack(target)).keys()], [...entries.keys()]);
  });

  test('leaves out the blobs of a message that is shredded while it is made', async () => {
    const id = await send(running, { parts: [{ content: randomBytes(300_000), name: 'large.bin' }] });
    const target = join(place, 'new.tar');
    const { blobs } = running.store.vault;
    let isShredded = false;
    const made = await make(target, {
      ...blobs,
      look: async (blob) => {
        if (!isShredded) await bindShredder(running.store).destroy(id, {});
        isShredded = true;
        return blobs.look(blob);
      },
    });
    assert.deepEqual([made.blobs, made.leftOut], [1, 1]);
    await rm(place, { recursive: true });
    await mkdir(place);
  });

  test('that is cut off anywhere is refused', async () => {
    const whole = await readFile(file);
    const ends = [0, 100, 512, 5_000, Math.floor(whole.length / 2), whole.length - 1_024 - 512, whole.length - 1_600];
    for (const end of ends) {
      const cut = join(folder, 'cut.tar');
      await writeFile(cut, whole.subarray(0, end));
      await refuses(cut, /cut off|no backup|missing/);
    }
  });

  test('in which one byte was changed is refused', async () => {
    const whole = await readFile(file);
    for (const [name, content] of entries) {
      if (name === 'backup.json') continue;
      const damaged = Buffer.from(whole);
      const at = whole.indexOf(content.subarray(0, 64)) + Math.floor(content.length / 2);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const changed = join(folder, 'changed.tar');
      await writeFile(changed, damaged);
      await refuses(changed, name === 'SHA256SUMS' ? /damaged|missing/ : new RegExp(`damaged: ${name}`));
    }
  });

  const forgeries: readonly (readonly [what: string, change: (entries: Entries) => void, message: RegExp])[] = [
    ['with a path that leads out of it', (all) => all.set('../evil', Buffer.from('x')), /holds "\.\.\/evil"/],
    ['with an absolute path', (all) => all.set('/tmp/evil', Buffer.from('x')), /holds "\/tmp\/evil"/],
    ['with a blob that is no id', (all) => all.set('blobs/../../evil', Buffer.from('x')), /holds "blobs/],
    ['without its database', (all) => all.delete('sealpost.db'), /cut off/],
    ['of a later format', (all) => all.set('backup.json', later()), /format version 2/],
    ['of another kind', (all) => all.set('backup.json', Buffer.from('{"format":"other"}')), /what it is/],
  ];
  for (const [what, change, message] of forgeries) {
    test(`${what} is refused`, async () => {
      const forged = new Map(entries);
      forged.delete('SHA256SUMS');
      change(forged);
      const path = join(folder, 'forged.tar');
      await pack(path, withDigests(forged));
      await refuses(path, message);
      await rm(path);
      assert.ok(!(await readdir(folder)).includes('evil'));
    });
  }

  test('with something missing, added or twice is refused', async () => {
    const blob = [...entries.keys()].find((name) => name.startsWith('blobs/')) ?? '';
    const path = join(folder, 'forged.tar');
    const all = [...entries];
    for (const [list, message] of [
      [all.filter(([name]) => name !== blob), /missing/],
      [all.slice(0, -1), /cut off/],
      [
        [...all.slice(0, -1), [`blobs/${'0'.repeat(26)}`, Buffer.from('x')] as const, ...all.slice(-1)],
        /damaged: blobs/,
      ],
      [[...all.slice(0, 3), ...all.slice(2)], /twice/],
      [[...all, ['blobs/x', Buffer.from('x')] as const], /after its end/],
    ] as const) {
      await pack(path, list);
      await refuses(path, message);
      await rm(path);
    }
  });

  test('is brought back into an empty place only, and what is there stays', async () => {
    const database = join(place, 'sealpost.db');
    await writeFile(database, 'mine');
    await assert.rejects(bringBack(file), { name: 'BackupFault', message: /sealpost\.db is there already/ });
    assert.deepEqual([await readdir(place), await readFile(database, 'utf8')], [['sealpost.db'], 'mine']);
    await rm(database);
    await mkdir(join(place, 'blobs', 'aa'), { recursive: true });
    await writeFile(join(place, 'blobs', 'aa', 'mine'), 'mine');
    await assert.rejects(bringBack(file), { name: 'BackupFault', message: /holds blobs already/ });
    assert.deepEqual(await readdir(place), ['blobs']);
  });

  test('does not come back beside a foreign keyring, and says what to bring where there is none', async () => {
    const env = { DATA_DIR: place };
    assert.equal((await sealpost(env, 'api-key', 'create', 'x')).code, 0);
    for (const name of await readdir(place)) {
      if (name.startsWith('sealpost.db')) await rm(join(place, name));
    }
    const there = (await readdir(place)).toSorted();
    const refused = await sealpost(env, 'restore', file);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^The keyring cannot be used: .*\n$/);
    assert.deepEqual((await readdir(place)).toSorted(), there);

    await rm(join(place, 'keyring.json'));
    const { out } = await sealpost(env, 'restore', file);
    assert.match(
      out,
      new RegExp(`Bring the keyring to \\S+keyring\\.json before the start.*${running.store.keyring.currentKeyId}`),
    );
    assert.match(out, /Bring the witness to \S+keyring\.json\.witness/);
    assert.ok(!(await readdir(place)).includes('keyring.json'), 'a new keyring was made');
    const { out: started } = await sealpost(env, 'keys', 'list');
    assert.equal(started, '');
    await copyFile(join(running.dataDir, 'keyring.json'), join(place, 'keyring.json'));
    assert.equal((await sealpost(env, 'verify', '--read-data')).code, 0);
  });

  test('is not made beside a foreign keyring, and its file has to have a name', async () => {
    const foreign = join(place, 'foreign.json');
    const env = { DATA_DIR: running.dataDir, KEYRING: foreign };
    await writeFile(foreign, serializeKeyring(createKeyring(running.clock)), { mode: 0o600 });
    const refused = await sealpost(env, 'backup', join(place, 'new.tar'));
    assert.deepEqual([refused.code, refused.out], [1, '']);
    assert.match(refused.err, /^The keyring cannot be used: it is not the one .*\n$/);
    assert.deepEqual(await readdir(place), ['foreign.json']);
    assert.match((await sealpost(env, 'backup', '')).err, /^The file of the backup has no name\.\n$/);
  });

  test('is brought back from a file only, and else nothing is made', async () => {
    await refuses(join(folder, 'none.tar'), /none\.tar is not there\.$/);
    await refuses(folder, /is no file, and so no backup\.$/);
    await refuses(join(file, 'under'), /is not there\.$/);
  });

  test('holds blobs of S3 as well, and puts them back there or leaves nothing', async () => {
    const s3 = await startS3();
    const whole = join(folder, 's3.tar');
    const content = randomBytes(300_000);
    const program = await startProgram({ env: s3.env });
    try {
      await send(program, { parts: [{ content, name: 'large.bin' }] });
      const { db, vault, keyring } = program.store;
      const deps = { databaseFile: join(program.dataDir, 'sealpost.db'), db, blobs: vault.blobs };
      await backUp({ ...deps, keyIds: keyring.keyIds(), clock: program.clock }, whole);
      const before = await s3.keys();
      const empty = async (prefix: string): Promise<EmptyBlobs> =>
        emptyStore(await openBlobs({ kind: 's3', ...s3.place, prefix }, s3.credentials), prefix);
      const into = async (prefix: string, from: string): Promise<Restored> => {
        const databaseFile = join(place, 'sealpost.db');
        return restore({ databaseFile, blobs: await empty(prefix), checkDatabase: () => Promise.resolve() }, from);
      };
      await assert.rejects(into(s3.place.prefix, whole), { name: 'BackupFault', message: /holds blobs already/ });
      const cut = join(folder, 'cut.tar');
      await writeFile(cut, (await readFile(whole)).subarray(0, -2_000));
      await assert.rejects(into('moved/', cut), { name: 'BackupFault' });
      assert.deepEqual([await s3.keys(), await readdir(place)], [before, []]);
      assert.equal((await into('moved/', whole)).blobs, 1);
      const moved = (await s3.keys()).filter((key) => key.startsWith('moved/'));
      assert.deepEqual(
        await Promise.all(moved.map((key) => readFile(s3.fileOf(key)))),
        await Promise.all(before.map((key) => readFile(s3.fileOf(key)))),
      );
    } finally {
      await program.stop();
      await s3.close();
    }
  });

  test('is not made of PostgreSQL, which has its own', async () => {
    const env = { DATA_DIR: place, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    for (const command of ['backup', 'restore']) {
      const { code, err } = await sealpost(env, command, join(place, 'new.tar'));
      assert.equal(code, 1);
      assert.match(err, /pg_dump/);
    }
  });
});

async function keyOf({ store }: Running, id: string): Promise<Buffer> {
  const row = await store.db
    .selectFrom('messages')
    .select('wrapped_key')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return Buffer.from(row.wrapped_key ?? []);
}

async function unpack(path: string): Promise<Entries> {
  const found: Entries = new Map();
  for await (const { name, content } of readArchive(path)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    found.set(name, Buffer.concat(pieces));
  }
  return found;
}

async function pack(path: string, list: Iterable<readonly [name: string, content: Buffer]>): Promise<void> {
  async function* all(): AsyncGenerator<ArchiveEntry> {
    for (const [name, content] of list) yield { name, sizeBytes: content.length, content: one(content) };
  }
  await writeArchive(path, all(), 0);
}

async function* one(content: Buffer): AsyncGenerator<Buffer> {
  if (content.length > 0) yield content;
}

function withDigests(all: Entries): Entries {
  const digests = new Map([...all].map(([name, content]) => [name, sha256(content).toString('hex')]));
  return new Map([...all, ['SHA256SUMS', Buffer.from(formatDigests(digests))]]);
}

function later(): Buffer {
  const about = formatAbout({ createdAt: '2026-01-01T00:00:00.000Z', keyIds: [] });
  return Buffer.from(about.replace('"version": 1', '"version": 2'));
}
