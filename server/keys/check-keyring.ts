// Owns the question whether this keyring is the one of this database, asked before anything is done with both.

import type { Keyring } from '../crypto/keyring.ts';
import { KeyringFault } from '../crypto/keyring-format.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { claimDatabase, isKeyringOf } from './key-marks.ts';
import { messageKeyIds } from './rewrap.store.ts';

export interface KeysInUse {
  /** Retired keys under which messages lie that therefore do not open. */
  readonly retired: readonly string[];
}

/**
 * The first keyring that a database meets becomes its own. @throws {KeyringFault} for any other, and for one that lacks
 * a key that messages need.
 */
export async function checkKeyring(db: Db, keyring: Keyring): Promise<KeysInUse> {
  const fits = await isKeyringOf(db, keyring);
  if (fits === false) throw new KeyringFault(ANOTHER);
  const inUse = await messageKeyIds(db);
  const known = new Map(keyring.keys().map(({ id, state }) => [id, state]));
  const missing = inUse.filter((id) => !known.has(id));
  if (missing.length > 0) {
    throw new KeyringFault(`it lacks what messages are sealed under (${missing.join(', ')}); bring a newer copy of it`);
  }
  if (fits === undefined && !(await inTransaction(db, (tx) => claimDatabase(tx, keyring)))) {
    throw new KeyringFault(ANOTHER);
  }
  return { retired: inUse.filter((id) => known.get(id) === 'retired') };
}

const ANOTHER =
  'it is not the one that this database was begun with; bring that one back, or set KEYRING to where it is';
