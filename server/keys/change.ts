// Owns changing the keyring where it is kept: of two who change it at once, neither undoes the other's change.

import type { Keyring } from '../crypto/keyring.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import { announceKeys } from './key-marks.ts';
import type { KeyringStore } from './source.ts';

/**
 * Puts what `change` makes of the keyring in its place and announces it. `tell` writes what is to be said of it, in
 * the same transaction. @returns the keyring as it is now.
 */
export async function changeKeyring(
  db: Db,
  store: KeyringStore,
  change: (keyring: Keyring) => Keyring,
  tell: (tx: Tx, changed: Keyring) => Promise<void>,
): Promise<Keyring> {
  for (;;) {
    // Vault is asked out here: nobody's transaction waits for it.
    const before = store.read();
    const changed = change(await store.open(before));
    const after = await store.seal(changed);
    const isDone = await inTransaction(db, async (tx) => {
      await holdLock(tx, 'keyring');
      const now = store.read();
      if (now !== before && now !== after) return false; // somebody was quicker: on top of theirs, then
      await announceKeys(tx, changed);
      await tell(tx, changed);
      // Last: a change that is not announced is found within a minute, one that is announced must be there.
      await store.replace(after);
      return true;
    });
    if (isDone) return changed;
  }
}
