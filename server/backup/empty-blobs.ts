// Owns the empty place that blobs are brought back to: a folder that becomes theirs when all of them are whole, or a
// bucket's prefix from which they are removed again when they are not.

import { readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Blobs } from '../blobs/blobs.ts';
import { openFileBlobs } from '../blobs/files.ts';
import { syncFolder } from '../core/sync-folder.ts';
import { hasCode } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { BackupFault } from './backup-fault.ts';

export interface EmptyBlobs {
  /** @throws {BackupFault} when the place is not empty. */
  begin(): Promise<void>;
  /** Durable when it returns, though not yet in its place. */
  put(id: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  finish(): Promise<void>;
  /** Leaves the place as it was. */
  abandon(): Promise<void>;
}

export function emptyFolder(folder: string): EmptyBlobs {
  const beside = `${folder}.restoring`;
  let blobs: Blobs | undefined;
  return {
    async begin() {
      if (await holdsFiles(folder)) throw notEmpty(folder);
      await rm(beside, { recursive: true, force: true });
      await makeFolder(dirname(folder));
      blobs = await openFileBlobs(beside);
    },
    async put(id, content) {
      if (blobs !== undefined) await putBlob(blobs, id, content);
    },
    async finish() {
      await rm(folder, { recursive: true, force: true });
      await rename(beside, folder);
      await syncFolder(dirname(folder));
    },
    abandon: () => rm(beside, { recursive: true, force: true }),
  };
}

export function emptyStore(blobs: Blobs, name: string): EmptyBlobs {
  const put: string[] = [];
  return {
    async begin() {
      if ((await blobs.list()).ids.length > 0) throw notEmpty(name);
    },
    async put(id, content) {
      put.push(id);
      await putBlob(blobs, id, content);
    },
    finish: () => Promise.resolve(),
    async abandon() {
      for (const id of put) await blobs.remove(id);
    },
  };
}

async function putBlob(blobs: Blobs, id: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const blob = await blobs.stage(id);
  try {
    for await (const piece of content) await blob.write(Buffer.from(piece));
    await blob.commit();
  } catch (error) {
    await blob.discard();
    throw error;
  }
}

async function holdsFiles(folder: string): Promise<boolean> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.some((entry) => !entry.isDirectory());
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function notEmpty(name: string): BackupFault {
  return new BackupFault(`${name} holds blobs already. A backup is brought back into an empty place only.`);
}
