// Owns the witness's lines on the disk: appended durably, read whole, replaced whole. Writers take turns by a lock of
// the database (holdLock), so it needs none of its own. It never knows what a line says.

import { open, readFile, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../core/sync-folder.ts';
import { hasCode } from '../core/errors.ts';

export interface WitnessLines {
  /** Where it is, for the operator. */
  readonly name: string;
  /** All lines, oldest first; undefined when there is no witness yet. */
  read(): Promise<string[] | undefined>;
  /** Durable when it returns. */
  append(line: string): Promise<void>;
  /** Durable when it returns; a process that is killed leaves the old lines or the new ones. */
  replace(lines: readonly string[]): Promise<void>;
}

const OWNER_ONLY = 0o600;
const LINE_END = '\n';

export function witnessFile(path: string): WitnessLines {
  return {
    name: path,

    async read() {
      try {
        return wholeLines(await readFile(path, 'latin1'));
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    },

    async append(line) {
      const file = await open(path, 'a+', OWNER_ONLY);
      try {
        const { size } = await file.stat();
        if (size > 0) await dropTorn(file, path, size);
        await file.writeFile(`${line}${LINE_END}`);
        await file.sync();
        if (size === 0) await syncFolder(dirname(path));
      } finally {
        await file.close();
      }
    },

    async replace(lines) {
      const temporary = `${path}.new`;
      try {
        const file = await open(temporary, 'w', OWNER_ONLY);
        try {
          await file.writeFile(lines.map((line) => `${line}${LINE_END}`).join(''));
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
        await syncFolder(dirname(path));
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}

// A line without its end was cut off while it was written: nobody was told that it is there.
function wholeLines(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf(LINE_END) + 1)
    .split(LINE_END)
    .slice(0, -1);
}

async function dropTorn(file: FileHandle, path: string, size: number): Promise<void> {
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  if (last.toString('latin1') === LINE_END) return;
  const text = await readFile(path, 'latin1');
  await file.truncate(text.lastIndexOf(LINE_END) + 1);
}
