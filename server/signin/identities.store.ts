// Owns which account of an issuer opens which address. Somebody is issuer and subject, not an address: an account that
// comes later with the same address is somebody else.

import type { Keyring } from '../crypto/keyring.ts';
import type { Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly provider: string;
  readonly addressIndex: string;
}

/** Binds the address to the account, or finds it bound. @returns false when it belongs to another of this issuer. */
export async function bindIdentity(keyring: Keyring, tx: Tx, identity: Identity, now: string): Promise<boolean> {
  const { provider, addressIndex } = identity;
  const id = keyring.blindIndex('identity', JSON.stringify([identity.issuer, identity.subject]));
  await holdLock(tx, `identity ${provider} ${addressIndex}`);
  const holder = await tx
    .selectFrom('identities')
    .select('id')
    .where('address_index', '=', addressIndex)
    .where('provider', '=', provider)
    .executeTakeFirst();
  if (holder !== undefined) return holder.id === id;
  // The first time, or the account has another address than before.
  await tx
    .insertInto('identities')
    .values({ id, provider, address_index: addressIndex, created_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ address_index: addressIndex }))
    .execute();
  return true;
}
