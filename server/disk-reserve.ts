// Owns the room that new messages leave alone, so that on a disk that fills up people can still sign in, and senders
// can still take back what is there.

import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from './config.ts';
import { SECOND_MS } from './core/clock.ts';
import type { Clock } from './core/clock.ts';
import { storageFull } from './core/storage-full.ts';

const RESERVE_BYTES_MAX = 64 * 1024 * 1024;
const RESERVE_SHARE = 0.02;
const LOOK_EVERY_MS = SECOND_MS;

/** Throws server/storage-full when what is left on one of the disks is the reserve. */
export type CheckRoom = () => Promise<void>;

/** Looks at the disks of all that this machine keeps, at most once a second. */
export function createRoomCheck(config: Config, clock: Clock): CheckRoom {
  const folders = [...new Set(foldersOf(config))];
  let lookedAtMs = -Infinity;
  let looking = Promise.resolve(true);
  return async () => {
    if (clock.nowMs() - lookedAtMs >= LOOK_EVERY_MS) {
      lookedAtMs = clock.nowMs();
      looking = Promise.all(folders.map(hasRoom)).then((all) => all.every(Boolean));
    }
    if (!(await looking)) throw storageFull('reserve');
  };
}

function foldersOf({ dataDir, database, blobs }: Config): string[] {
  return [
    dataDir,
    ...(database.kind === 'sqlite' ? [dirname(database.file)] : []),
    ...(blobs.kind === 'files' ? [blobs.folder] : []),
  ];
}

async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return bavail * bsize > Math.min(RESERVE_BYTES_MAX, blocks * bsize * RESERVE_SHARE);
}
