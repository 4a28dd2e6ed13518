// Owns making a backup while the server runs: the database first, as it is at one moment, then the blobs that this copy
// names. The keyring is never in it, and neither is the witness.

import { open, rename, rm, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Blobs } from '../blobs/blobs.ts';
import type { Clock } from '../core/clock.ts';
import { isoTime } from '../core/clock.ts';
import { hasCode } from '../core/errors.ts';
import { copyDatabase } from '../db/backup.ts';
import { openDatabase } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { pages } from '../db/pages.ts';
import { listNamedBlobs, unnamedBlobs } from '../messages/parts.store.ts';
import type { NamedBlob } from '../messages/parts.store.ts';
import { syncFolder } from '../core/sync-folder.ts';
import { writeArchive } from './archive.ts';
import type { ArchiveEntry } from './archive.ts';
import { BackupFault } from './backup-fault.ts';
import { digested, formatDigests } from './digests.ts';
import type { Digests } from './digests.ts';
import { ABOUT, DATABASE, DIGESTS, blobEntry, formatAbout } from './layout.ts';

export interface BackUpDeps {
  readonly databaseFile: string;
  /** The same database, as the server sees it while this runs. */
  readonly db: Db;
  readonly blobs: Blobs;
  readonly keyIds: readonly string[];
  readonly clock: Clock;
}

export interface BackedUp {
  readonly blobs: number;
  /** Blobs of messages that were shredded while this ran. */
  readonly leftOut: number;
  readonly bytes: number;
}

const OWNER_ONLY = 0o600;
const BATCH_ROWS = 500;

/** Writes the backup as `target`, whole and durable or not at all. An existing file is never replaced. */
export async function backUp(deps: BackUpDeps, target: string): Promise<BackedUp> {
  const partial = `${target}.part`;
  const copy = `${target}.part.db`;
  await checkFolder(dirname(target));
  for (const path of [target, partial, copy]) await checkFree(path);
  // Who makes this file has the place: what another backup has begun here is not cleared away below.
  await (await open(copy, 'wx', OWNER_ONLY)).close();
  try {
    copyDatabase(deps.databaseFile, copy);
    const digests: Digests = new Map();
    const counts = { blobs: 0, leftOut: 0 };
    const nowMs = deps.clock.nowMs();
    await writeArchive(partial, withDigests(entries(deps, copy, nowMs, counts), digests), nowMs);
    await rename(partial, target);
    await syncFolder(dirname(target));
    return { ...counts, bytes: (await stat(target)).size };
  } finally {
    for (const path of [partial, copy, `${copy}-wal`, `${copy}-shm`]) await rm(path, { force: true });
  }
}

async function* entries(
  deps: BackUpDeps,
  copy: string,
  nowMs: number,
  counts: { blobs: number; leftOut: number },
): AsyncGenerator<ArchiveEntry> {
  yield textEntry(ABOUT, formatAbout({ createdAt: isoTime(nowMs), keyIds: deps.keyIds }));
  yield { name: DATABASE, sizeBytes: (await stat(copy)).size, content: createReadStream(copy) };
  for await (const id of namedBlobs(copy)) {
    const entry = await blobFound(deps, id);
    counts[entry === undefined ? 'leftOut' : 'blobs'] += 1;
    if (entry !== undefined) yield entry;
  }
}

async function* namedBlobs(copy: string): AsyncGenerator<string> {
  const db = openDatabase({ kind: 'sqlite', file: copy });
  try {
    const load = (after: string): Promise<NamedBlob[]> => listNamedBlobs(db, after, BATCH_ROWS);
    for await (const page of pages(load, '', ({ blobId }) => blobId)) yield* page.map(({ blobId }) => blobId);
  } finally {
    await db.destroy();
  }
}

// A message that is shredded meanwhile takes its blobs along; any other blob has to be there.
async function blobFound({ blobs, db }: BackUpDeps, id: string): Promise<ArchiveEntry | undefined> {
  const facts = await blobs.look(id);
  const content = facts === undefined ? undefined : await begun(blobs.read(id));
  if (facts !== undefined && content !== undefined) {
    return { name: blobEntry(id), sizeBytes: facts.sizeBytes, content };
  }
  if ((await unnamedBlobs(db, [id])).length > 0) return undefined;
  throw new BackupFault(`The blob ${id} is missing; sealpost verify says what it belongs to.`);
}

/** The same pieces once the first has come; undefined when there is nothing to read any more. */
async function begun(pieces: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer> | undefined> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    return rest(first, iterator);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function* rest(first: IteratorResult<Buffer>, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

/** The entries as they are, and last the digest of each. */
async function* withDigests(from: AsyncIterable<ArchiveEntry>, digests: Digests): AsyncGenerator<ArchiveEntry> {
  for await (const entry of from) yield { ...entry, content: digested(entry, digests) };
  yield textEntry(DIGESTS, formatDigests(digests));
}

function textEntry(name: string, text: string): ArchiveEntry {
  const bytes = Buffer.from(text);
  return { name, sizeBytes: bytes.length, content: onePiece(bytes) };
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function checkFolder(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new BackupFault(`The folder ${path} is not there, or not for this user.`);
}

async function checkFree(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  throw new BackupFault(`${path} is there already, and nothing is written over.`);
}
