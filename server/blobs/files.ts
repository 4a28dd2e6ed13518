// Owns sealed bytes in files: where each lies, how it is read, and what a crash leaves behind. It never sees
// plaintext, and never makes a path from anything but a checked id.

import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isId } from '../core/ids.ts';
import { StagedFile, fileMode, syncFolder } from './staged-file.ts';

const FOLDER_MODE = 0o700;
const READ_BYTES = 128 * 1024;

/** Sealed bytes by id. Errors of the disk (full, missing, not readable) pass through as they are. */
export interface Blobs {
  /** Begins a blob that nobody can read before its `commit`. `id` is a new one from crypto/random.ts. */
  stage(id: string): Promise<StagedBlob>;
  /** The bytes of a committed blob, or a range of them. The first step fails when there is no such blob. */
  read(id: string, range?: BlobRange): AsyncIterable<Buffer>;
  /** Removes a committed blob; one that is not there is no error. */
  remove(id: string): Promise<void>;
  /** Writes and removes a small file; fails when the store cannot be written. */
  check(): Promise<void>;
  /**
   * Removes what crashed processes left unfinished; how many files that was. Spares what this process is writing.
   * Where other processes write too, `changedBeforeMs` (since the epoch) spares what changed later.
   */
  sweepStaging(changedBeforeMs?: number): Promise<number>;
}

/** A blob being written. Either `commit` or `discard` ends it. */
export interface StagedBlob {
  readonly id: string;
  write(chunk: Buffer): Promise<void>;
  /** When it returns, the blob is durable under its id: to be called before the row that names it commits. */
  commit(): Promise<void>;
  /** Forgets what was written, also after a commit that failed. Nothing happens after a commit, or a second time. */
  discard(): Promise<void>;
}

/** Bytes from `start` up to, but not including, `end`. */
export interface BlobRange {
  readonly start: number;
  readonly end: number;
}

/** Opens the store in `root`, making the folder when it is not there. */
export async function openFileBlobs(root: string): Promise<Blobs> {
  const staging = join(root, 'staging');
  const beingWritten = new Set<string>();
  const durableFolders = new Set<string>();
  await mkdir(staging, { recursive: true, mode: FOLDER_MODE });
  await syncFolder(root);
  await syncFolder(dirname(root));

  // Another process may have made the folder and died before it was durable; so each process makes sure once.
  async function makeFolder(folder: string): Promise<void> {
    if (durableFolders.has(folder)) return;
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    await syncFolder(root);
    durableFolders.add(folder);
  }

  return {
    async stage(id) {
      const target = pathOf(root, id);
      const stagedPath = join(staging, id);
      const file = await open(stagedPath, 'wx', fileMode);
      beingWritten.add(id);
      return new StagedFile(id, file, stagedPath, target, makeFolder, () => beingWritten.delete(id));
    },

    read: (id, range) => readPieces(pathOf(root, id), range),

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

    async sweepStaging(changedBeforeMs = Number.POSITIVE_INFINITY) {
      let swept = 0;
      for (const name of await readdir(staging)) {
        const path = join(staging, name);
        if (beingWritten.has(name) || (await stat(path)).mtimeMs >= changedBeforeMs) continue;
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
