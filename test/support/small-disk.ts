// Owns a disk of its own for a test, small enough to be filled: a tmpfs that really answers ENOSPC.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  freeBytes(): Promise<number>;
  /** Takes all room but this much. */
  fillTo(freeBytes: number): Promise<void>;
  /** Gives back all that was taken. */
  empty(): Promise<void>;
  unmount(): void;
}

/** Why there is none to be had on this machine, or undefined. */
export function missingDisk(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'sealpost-disk-'));
  const mounted = mount(path, 1);
  if (mounted) spawnSync('umount', [path]);
  rmSync(path, { recursive: true });
  return mounted ? undefined : 'SKIPPED: needs the right to mount a tmpfs';
}

export function mountSmallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'sealpost-disk-'));
  if (!mount(path, megabytes)) throw new Error('no tmpfs could be mounted');
  const ballast = join(path, 'ballast');
  const freeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  };
  return {
    path,
    freeBytes,
    fillTo: async (wantedBytes) => {
      await writeFile(ballast, '', { flag: 'a' });
      // What the program does meanwhile takes room as well; so in steps, to the byte that does not fit.
      for (let over = (await freeBytes()) - wantedBytes; over > 0; over = (await freeBytes()) - wantedBytes) {
        await writeFile(ballast, Buffer.alloc(Math.min(over, 1024 * 1024), 1), { flag: 'a' }).catch(() => undefined);
      }
    },
    empty: async () => {
      await truncate(ballast);
      await rm(ballast);
    },
    unmount: () => {
      spawnSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function mount(path: string, megabytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path]).status === 0;
}
