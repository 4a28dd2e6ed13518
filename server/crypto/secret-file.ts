// Owns small secrets on the disk: permissions, and that no crash and no second process leaves half a file or two of
// them. It never overwrites a file that it did not mean to replace, and never knows what is in one.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { syncFolder } from '../core/sync-folder.ts';
import { KeyringFault } from './keyring-format.ts';
import { newToken } from './random.ts';

const OWNER_ONLY = 0o600;
// Reading by the group is let through: container platforms hand secrets over to a process by its group.
const FORBIDDEN_BITS = 0o037;

/**
 * The text in this file. It is read without waiting, so that what is being opened can look for its key; the file is a
 * small one. @throws {KeyringFault} when others may read or write it.
 */
export function readSecretFile(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { mode } = fstatSync(file); // of the open file, not of the name: nobody can swap it in between
    if ((mode & FORBIDDEN_BITS) !== 0) throw new KeyringFault('expected a file that only its owner may use (mode 600)');
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Makes the file, for its owner only, and its folder. Of several processes at once, one makes it. */
export async function createSecretFile(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path));
  await writeBeside(path, text, async (temporary) => {
    try {
      await link(temporary, path); // unlike rename, it fails when the name is taken
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error; // EEXIST: another process was first; its file counts
    }
  });
}

/** Replaces the file, whole or not at all, even across a loss of power. */
export async function replaceSecretFile(path: string, text: string): Promise<void> {
  await writeBeside(path, text, (temporary) => rename(temporary, path));
}

async function writeBeside(path: string, text: string, put: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${newToken()}.new`;
  try {
    const file = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await put(temporary);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}
