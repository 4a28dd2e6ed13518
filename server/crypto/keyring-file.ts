// Owns the keyring on the disk: permissions, and that no crash and no second process leaves half a keyring or two
// of them (docs/envelope.md, section 5). It never overwrites a keyring that it did not mean to replace.

import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { Keyring, createKeyring, parseKeyring, serializeKeyring } from './keyring.ts';
import { KeyringFault } from './keyring-format.ts';
import { newToken } from './random.ts';

const OWNER_ONLY = 0o600;
// Reading by the group is let through: container platforms hand secrets over to a process by its group.
const FORBIDDEN_BITS = 0o037;

/** The keyring in this file. @throws {KeyringFault} when others may read or write it, or when it is not well formed. */
export async function loadKeyring(path: string): Promise<Keyring> {
  const file = await open(path, 'r');
  try {
    const { mode } = await file.stat(); // of the open file, not of the name: nobody can swap it in between
    if ((mode & FORBIDDEN_BITS) !== 0) throw new KeyringFault('expected a file that only its owner may use (mode 600)');
    return parseKeyring(await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}

/** The keyring in this file, made first when there is none. Of several processes at once, one makes it, all use it. */
export async function loadOrCreateKeyring(path: string, clock: Clock): Promise<Keyring> {
  try {
    return await loadKeyring(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeBeside(path, createKeyring(clock), async (temporary) => {
    try {
      await link(temporary, path); // unlike rename, it fails when the name is taken
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error; // EEXIST: another process was first; its keyring counts
    }
  });
  return loadKeyring(path);
}

/** Replaces the file by this keyring, whole or not at all, even across a loss of power. */
export async function saveKeyring(path: string, keyring: Keyring): Promise<void> {
  await writeBeside(path, keyring, (temporary) => rename(temporary, path));
}

async function writeBeside(path: string, keyring: Keyring, put: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${newToken()}.new`;
  try {
    const file = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(serializeKeyring(keyring));
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

// A new name is durable only when the folder that holds it is.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
