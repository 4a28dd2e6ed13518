// Owns bringing a backup back, into an empty place only: everything is unpacked beside its place and checked against
// its digests, and is put there when all of it has turned out whole.

import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../core/sync-folder.ts';
import { displayLine } from '../core/address.ts';
import { hasCode } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { readWhole } from '../core/read-whole.ts';
import { readArchive } from './archive.ts';
import type { ArchiveEntry } from './archive.ts';
import { BackupFault } from './backup-fault.ts';
import { checkDigests, digested } from './digests.ts';
import type { Digests } from './digests.ts';
import type { EmptyBlobs } from './empty-blobs.ts';
import { ABOUT, DATABASE, DIGESTS, blobOf, parseAbout } from './layout.ts';
import type { About } from './layout.ts';

export interface RestoreDeps {
  readonly databaseFile: string;
  readonly blobs: EmptyBlobs;
  /** Throws when what is going to be the database does not belong here. It may open the file. */
  checkDatabase(file: string): Promise<void>;
}

export interface Restored extends About {
  readonly blobs: number;
}

const OWNER_ONLY = 0o600;

/** @throws {BackupFault} and leaves nothing behind when anything is not as it should be. */
export async function restore(deps: RestoreDeps, file: string): Promise<Restored> {
  const { databaseFile, blobs } = deps;
  const staged = `${databaseFile}.restoring`;
  await checkThere(file);
  await checkEmpty(databaseFile);
  await makeFolder(dirname(databaseFile));
  await blobs.begin();
  try {
    await removeDatabase(staged);
    const restored = await unpack(deps, file, staged);
    await deps.checkDatabase(staged);
    await blobs.finish();
    await rename(staged, databaseFile);
    await syncFolder(dirname(databaseFile));
    return restored;
  } catch (error) {
    await blobs.abandon();
    throw error;
  } finally {
    await removeDatabase(staged);
  }
}

async function unpack({ blobs }: RestoreDeps, file: string, staged: string): Promise<Restored> {
  const digests: Digests = new Map();
  let about: About | undefined;
  let count = 0;
  let isWhole = false;
  for await (const entry of readArchive(file)) {
    const { name } = entry;
    const blob = blobOf(name);
    if (isWhole || digests.has(name)) throw new BackupFault(`This backup holds ${name} twice, or after its end.`);
    if (about === undefined) {
      if (name !== ABOUT) throw new BackupFault(`This is no backup: it does not begin with ${ABOUT}.`);
      about = parseAbout(await text(entry, digests));
    } else if (name === DATABASE) {
      await writeDatabase(staged, digested(entry, digests));
    } else if (name === DIGESTS) {
      checkDigests(await text(entry, new Map()), digests);
      isWhole = true;
    } else if (blob !== undefined) {
      await blobs.put(blob, digested(entry, digests));
      count += 1;
    } else {
      throw new BackupFault(`This backup holds ${quoted(name)}, and no backup does.`);
    }
  }
  if (about === undefined || !isWhole || !digests.has(DATABASE)) throw new BackupFault('This backup is cut off.');
  return { ...about, blobs: count };
}

const NAME_CHARACTERS = 100;
// Beyond the digests of a million blobs there is no backup of ours.
const TEXT_BYTES_MAX = 256 * 1024 * 1024;

function quoted(name: string): string {
  return JSON.stringify(displayLine(name, NAME_CHARACTERS));
}

async function text(entry: ArchiveEntry, digests: Digests): Promise<string> {
  if (entry.sizeBytes > TEXT_BYTES_MAX) throw new BackupFault(`This backup is damaged: ${entry.name} is too large.`);
  return (await readWhole(digested(entry, digests))).toString('utf8');
}

async function writeDatabase(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY);
  try {
    for await (const piece of content) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function checkThere(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) throw new BackupFault(`${file} is not there.`);
    throw error;
  });
  if (!found.isFile()) throw new BackupFault(`${file} is no file, and so no backup.`);
}

async function checkEmpty(databaseFile: string): Promise<void> {
  for (const path of [databaseFile, `${databaseFile}-wal`]) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere) throw new BackupFault(`${path} is there already. A backup is brought back into an empty place only.`);
  }
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true });
}
