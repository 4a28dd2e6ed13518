// Owns the tar file around a backup: entries in, entries out, one at a time. It is the only file that knows
// tar-stream, and never makes a path from what an archive says.

import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import { BackupFault } from './backup-fault.ts';

export interface ArchiveEntry {
  readonly name: string;
  readonly sizeBytes: number;
  /** Exactly that many bytes. */
  readonly content: AsyncIterable<Uint8Array>;
}

const OWNER_ONLY = 0o600;

/** Writes a new file, which is on the disk when this returns. `atMs` is the time that each entry gets. */
export async function writeArchive(path: string, entries: AsyncIterable<ArchiveEntry>, atMs: number): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(path, { flags: 'wx', mode: OWNER_ONLY, flush: true }));
  const filled = fill(archive, entries, new Date(atMs)).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : undefined);
    throw error;
  });
  await Promise.all([filled, written]);
}

async function fill(archive: ReturnType<typeof pack>, entries: AsyncIterable<ArchiveEntry>, mtime: Date) {
  for await (const { name, sizeBytes, content } of entries) {
    await pipeline(content, archive.entry({ name, size: sizeBytes, mode: OWNER_ONLY, mtime }));
  }
  archive.finalize();
}

/**
 * The entries in their order; the content of each is to be read before the next is asked for.
 * @throws {BackupFault} for what is no archive, or only its beginning, or holds anything but plain files.
 */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry, void, undefined> {
  const archive = extract();
  const fed = pipeline(createReadStream(path), archive);
  // It is waited for below, and must not end the process before that.
  fed.catch(() => undefined);
  try {
    for await (const entry of archive) {
      const { name, type, size } = entry.header;
      if (type !== 'file' || size === undefined)
        throw new BackupFault('This backup holds something that is no plain file.');
      yield { name, sizeBytes: size, content: whole(entry) };
    }
    await fed;
  } catch (error) {
    throw inWords(error);
  } finally {
    archive.destroy();
  }
}

async function* whole(content: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    // In streams of bytes nothing else comes.
    yield* content as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw inWords(error);
  }
}

// What is no fault of the disk is one of the archive.
function inWords(error: unknown): unknown {
  if (error instanceof BackupFault || (error instanceof Error && 'syscall' in error)) return error;
  return new BackupFault('This file is cut off, or no backup at all.', { cause: error });
}
