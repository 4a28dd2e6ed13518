// Owns shredding, the one road for what is destroyed, what has expired and what an older database brought back. In one
// transaction keys and sealed rows go, signed tombstones and audit entries come; the witness knows before it commits.

import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit.store.ts';
import type { Signer } from '../crypto/signing-key.ts';
import type { Db, Tx } from '../db/engine.ts';
import { checkpoint, holdLock, inTransaction } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import {
  insertTombstone,
  listWithKey,
  nextRetention,
  shredKeys,
  shredKeysOfExpired,
  shredSealed,
} from '../messages/shred.store.ts';
import { signTombstone } from '../messages/tombstone.ts';
import type { Tombstone } from '../messages/tombstone.ts';
import { markHead } from './mark-head.ts';
import { WITNESS_LOCK } from './witness.ts';
import type { Witness } from './witness.ts';

export interface ShredDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly signer: Signer;
  readonly witness: Witness;
}

/** These roads with their dependencies given. */
export interface Shredder {
  /** Shreds one message by somebody's wish. @returns false when it was shredded before. */
  destroy(messageId: string, details: AuditEntry['details']): Promise<boolean>;
  /** Shreds up to `most` messages that are over for longer than they are kept, in small transactions. @returns how many. */
  shredExpired(most: number): Promise<number>;
}

const BATCH_MESSAGES = 100;
const LOG_TRIES = 10;
const LOG_WAIT_MS = 50;

export function bindShredder(deps: ShredDeps): Shredder {
  return {
    destroy: async (messageId, details) => {
      const tombstones = async (tx: Tx, at: string): Promise<Tombstone[]> =>
        (await shredKeys(tx, [messageId], at)).map((one) => ({ ...one, at, reason: 'destroyed' }));
      return (await shred(deps, tombstones, details)) > 0;
    },
    shredExpired: async (most) => {
      await checkpoint(deps.db);
      let count = 0;
      // There are as many different times as templates name: few, and each is found by the index that finds its messages.
      for (let days = await nextRetention(deps.db, -1); days !== undefined && count < most;) {
        count += await shredAllKept(deps, days, most - count);
        days = await nextRetention(deps.db, days);
      }
      return count;
    },
  };
}

async function shredAllKept(deps: ShredDeps, days: number, most: number): Promise<number> {
  for (let count = 0; ;) {
    const batch = Math.min(BATCH_MESSAGES, most - count);
    const shredded = await shred(deps, (tx, at) => shredOverdue(deps, tx, days, batch, at), {});
    count += shredded;
    if (shredded < batch || count >= most) return count;
  }
}

async function shredOverdue(
  deps: ShredDeps,
  tx: Tx,
  retentionDays: number,
  most: number,
  at: string,
): Promise<Tombstone[]> {
  const lastDayBefore = isoNow(deps.vault.clock, -retentionDays * DAY_MS);
  const shredded = await shredKeysOfExpired(tx, { retentionDays, lastDayBefore }, most, at);
  return shredded.map((one) => ({ ...one, at, reason: 'expired' }));
}

/** Shreds those of the remembered messages that this database can still open. @returns how many. */
export async function shredAgain(deps: ShredDeps, remembered: readonly Tombstone[]): Promise<number> {
  let count = 0;
  for (let from = 0; from < remembered.length; from += BATCH_MESSAGES) {
    const byId = new Map(remembered.slice(from, from + BATCH_MESSAGES).map((one) => [one.messageId, one]));
    if ((await listWithKey(deps.db, [...byId.keys()])).length === 0) continue;
    const tombstones = async (tx: Tx, at: string): Promise<Tombstone[]> =>
      (await shredKeys(tx, [...byId.keys()], at)).flatMap(({ messageId }) => byId.get(messageId) ?? []);
    count += await shred(deps, tombstones, { actor: 'witness' });
  }
  return count;
}

/** `overwrite` takes the keys and says of which messages; the rest follows in the same transaction. */
async function shred(
  deps: ShredDeps,
  overwrite: (tx: Tx, at: string) => Promise<readonly Tombstone[]>,
  details: AuditEntry['details'],
): Promise<number> {
  const { count, blobs } = await inTransaction(deps.db, async (tx) => {
    await holdLock(tx, WITNESS_LOCK);
    const tombstones = await overwrite(tx, isoNow(deps.vault.clock));
    if (tombstones.length === 0) return { count: 0, blobs: [] };
    const freed = await shredSealed(
      tx,
      tombstones.map(({ messageId }) => messageId),
    );
    for (const tombstone of tombstones) {
      await insertTombstone(tx, { ...tombstone, signed: await signTombstone(deps.signer, tombstone) });
      const event = tombstone.reason === 'expired' ? 'message-expired' : 'message-destroyed';
      await appendAudit(deps.vault, tx, { event, messageId: tombstone.messageId, details });
    }
    // Last, and before the commit: if only one of the two comes to be, the next start shreds these again.
    await deps.witness.remember(tombstones);
    return { count: tombstones.length, blobs: freed };
  });
  if (count === 0) return 0;
  // What is left in blobs cannot be opened; if the process ends here it is litter, not a leak.
  await emptyLog(deps.db);
  for (const blob of blobs) await deps.vault.blobs.remove(blob);
  await markHead(deps);
  return count;
}

// The old keys must not lie on in the write-ahead log. While a backup reads they do; the next sweep looks again.
async function emptyLog(db: Db): Promise<void> {
  for (let tries = 1; !(await checkpoint(db)) && tries < LOG_TRIES; tries += 1) await sleep(LOG_WAIT_MS);
}
