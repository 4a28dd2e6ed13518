// Owns the card of a version of whatever is kept in versions: who made it, why, and what is not as in the one before.
// Apart from what the version holds, so that a list of versions opens little.

import { z } from 'zod';
import type { Keyring } from '../crypto/keyring.ts';

const cardSchema = z.object({ actor: z.string(), note: z.string(), changed: z.array(z.string()) });

export type Card = z.output<typeof cardSchema>;

export interface VersionCard extends Card {
  /** 1, 2, 3 … */
  readonly version: number;
  /** ISO 8601 UTC */
  readonly at: string;
}

/** A column of 32 bits in PostgreSQL. */
export const VERSION_MAX = 2 ** 31 - 1;

export function isVersion(version: number): boolean {
  return Number.isInteger(version) && version > 0 && version <= VERSION_MAX;
}

/** `name`: of the record (docs/envelope.md, section 2). */
export function sealCard(keyring: Keyring, name: string, { actor, note, changed }: Card): Buffer {
  return keyring.sealRecord(name, JSON.stringify({ actor, note, changed }));
}

/** Throws SealBroken. */
export function openCard(keyring: Keyring, name: string, sealed: Uint8Array): Card {
  return cardSchema.parse(JSON.parse(keyring.openRecord(name, sealed).toString('utf8')));
}
