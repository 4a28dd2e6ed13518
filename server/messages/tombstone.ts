// Owns the tombstone: the signed statement that a message was shredded, when and why. It holds nothing of the message
// but its id, and stays when nothing else does.

import { z } from 'zod';
import { isId } from '../core/ids.ts';
import type { Signer } from '../crypto/signing-key.ts';
import { SealBroken } from '../crypto/seal-broken.ts';

export const tombstoneSchema = z.strictObject({
  messageId: z.string().refine(isId),
  /** ISO 8601 UTC. */
  at: z.iso.datetime({ precision: 3 }),
  /** By somebody's wish, or because its time was over. */
  reason: z.enum(['destroyed', 'expired']),
  /** The key-encryption key that had wrapped its data key. */
  keyId: z.string(),
});
export type Tombstone = z.infer<typeof tombstoneSchema>;

const TYPE = 'sealpost-tombstone';

export function signTombstone(signer: Signer, tombstone: Tombstone): Promise<string> {
  return signer.sign(TYPE, tombstone);
}

/** @throws {SealBroken} when it was not signed under this keyring. */
export async function readTombstone(signer: Signer, signed: string): Promise<Tombstone> {
  const { success, data } = tombstoneSchema.safeParse(await signer.verify(TYPE, signed));
  if (!success) throw new SealBroken();
  return data;
}
