// Owns watching what is made durable, in which order: every sync of a file or folder while some work runs. It
// changes nothing; a real loss of power is not tried here.

import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { mock } from 'node:test';

export interface Sync {
  readonly path: string;
  /** What the folder held, or how many bytes the file had, at that moment. */
  readonly held: readonly string[] | number;
}

/** Linux only: the names of open files come from /proc. */
export const canTraceSyncs = process.platform === 'linux';

/** Runs the work and tells each sync, in order. */
export async function traceSyncs(work: () => Promise<unknown>): Promise<Sync[]> {
  const handle = await open(tmpdir(), 'r');
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const sync = prototype.sync;
  const syncs: Sync[] = [];
  const spy = mock.method(prototype, 'sync', async function traced(this: FileHandle) {
    const path = readlinkSync(`/proc/self/fd/${this.fd}`);
    const stats = statSync(path);
    syncs.push({ path, held: stats.isDirectory() ? readdirSync(path).sort() : stats.size });
    await sync.call(this);
  });
  try {
    await work();
  } finally {
    spy.mock.restore();
  }
  return syncs;
}
