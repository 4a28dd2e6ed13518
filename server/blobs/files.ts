// Owns sealed bytes in files: where each lies, how it is read, and what a crash leaves behind. It never sees
// plaintext, and never makes a path from anything but a checked id.

import { open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { makeFolder } from '../core/make-folder.ts';
import { syncFolder } from '../core/sync-folder.ts';
import type { BlobFacts, BlobPage, BlobRange, Blobs } from './blobs.ts';
import { StagedFile, fileMode } from './staged-file.ts';

const READ_BYTES = 128 * 1024;
const PAGE_IDS = 500;

/** Opens the store in `root`, making the folder when it is not there. */
export async function openFileBlobs(root: string): Promise<Blobs> {
  const staging = join(root, 'staging');
  const beingWritten = new Set<string>();
  const durableFolders = new Set<string>();
  await makeFolder(staging);
  await syncFolder(root);
  await syncFolder(dirname(root));

  // Another process may have made the folder and died before it was durable; so each process makes sure once.
  async function makeDurable(folder: string): Promise<void> {
    if (durableFolders.has(folder)) return;
    await makeFolder(folder);
    await syncFolder(root);
    durableFolders.add(folder);
  }

  return {
    async stage(id) {
      const target = pathOf(root, id);
      const stagedPath = join(staging, id);
      const file = await open(stagedPath, 'wx', fileMode);
      beingWritten.add(id);
      return new StagedFile(id, file, stagedPath, target, makeDurable, () => beingWritten.delete(id));
    },

    read: (id, range) => readPieces(pathOf(root, id), range),

    look: (id) => lookAt(pathOf(root, id)),

    list: (after = '') => listFolders(root, after),

    async remove(id) {
      await rm(pathOf(root, id), { force: true });
    },

    async check() {
      const path = join(staging, `check-${process.pid}`);
      try {
        const file = await open(path, 'w', fileMode);
        try {
          await file.writeFile('check');
          await file.sync();
        } finally {
          await file.close();
        }
      } finally {
        await rm(path, { force: true });
      }
    },

    async sweepStaging(changedBeforeMs) {
      let swept = 0;
      for (const name of await readdir(staging)) {
        const path = join(staging, name);
        const facts = beingWritten.has(name) ? undefined : await lookAt(path);
        if (facts === undefined || facts.changedAtMs >= changedBeforeMs) continue;
        await rm(path, { force: true });
        swept += 1;
      }
      return swept;
    },
  };
}

// The last two characters of an id are random, so the blobs spread evenly over 1,024 folders.
function pathOf(root: string, id: string): string {
  if (!isId(id)) throw new TypeError('A blob is named by an id.');
  return join(root, id.slice(-2), id);
}

async function lookAt(path: string): Promise<BlobFacts | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { sizeBytes: size, changedAtMs: mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

// Folder by folder, in the order of their names; as many whole ones as make a page.
async function listFolders(root: string, after: string): Promise<BlobPage> {
  const folders = (await readdir(root)).filter((name) => name.length === 2 && name > after).sort();
  const ids: string[] = [];
  for (const folder of folders) {
    ids.push(...(await readdir(join(root, folder))).filter(isId));
    if (ids.length >= PAGE_IDS && folder !== folders.at(-1)) return { ids, next: folder };
  }
  return { ids };
}

async function* readPieces(path: string, range?: BlobRange): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    let position = range?.start ?? 0;
    const end = range?.end ?? Number.POSITIVE_INFINITY;
    while (position < end) {
      const piece = Buffer.allocUnsafe(Math.min(READ_BYTES, end - position));
      const { bytesRead } = await file.read(piece, 0, piece.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
