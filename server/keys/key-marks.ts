// Owns what the database says of the keyring, and it is nothing secret: which keys there are, so that every server hears
// of a change, and a check value, so that no other keyring is ever taken for it.

import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { loadMark, setFirstMark, setMark } from '../db/marks.ts';

const KEYS = 'keyring keys';
const CHECK = 'keyring check';

/** Tells the servers that the keyring has become this one. */
export function announceKeys(tx: Tx, keyring: Keyring): Promise<void> {
  return setMark(tx, KEYS, outlineOf(keyring));
}

/** What was announced last: another text after each change. */
export function loadAnnounced(db: Db): Promise<string | undefined> {
  return loadMark(db, KEYS);
}

/** The ids of the keys that were announced. */
export function announcedIds(announced: string): string[] {
  return announced.split(' ').map((key) => key.slice(0, KEY_ID_CHARACTERS));
}

/** Whether the database has a keyring of its own. It may have no tables yet. */
export async function hasKeyring(db: Db): Promise<boolean> {
  const tables = await db.introspection.getTables();
  return tables.some(({ name }) => name === 'marks') && (await loadMark(db, CHECK)) !== undefined;
}

/** Whether this keyring is the database's own; undefined when it has none yet. */
export async function isKeyringOf(db: Db, keyring: Keyring): Promise<boolean | undefined> {
  const value = await loadMark(db, CHECK);
  return value === undefined ? undefined : value === checkValueOf(keyring);
}

/** Makes this keyring the database's own. @returns false when another process was first, with another keyring. */
export async function claimDatabase(tx: Tx, keyring: Keyring): Promise<boolean> {
  return (await setFirstMark(tx, CHECK, checkValueOf(keyring))) === checkValueOf(keyring);
}

const KEY_ID_CHARACTERS = 8;

function outlineOf(keyring: Keyring): string {
  return keyring
    .keys()
    .map(({ id, state, isCurrent }) => `${id}${isCurrent ? '*' : ''}${state === 'retired' ? '-' : ''}`)
    .join(' ');
}

function checkValueOf(keyring: Keyring): string {
  return keyring.macText('keyring check', 'sealpost');
}
