// Owns what the witness of one machine learns from the others that share its database: each remembers what all of them
// shredded, so that any of them can start first on an older database.

import { MINUTE_MS, isoTime } from '../core/clock.ts';
import type { Signer } from '../crypto/signing-key.ts';
import type { Db } from '../db/engine.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import { listTombstonesSince } from '../messages/shred.store.ts';
import type { SignedTombstone } from '../messages/shred.store.ts';
import { readTombstone } from '../messages/tombstone.ts';
import { WITNESS_LOCK } from './witness.ts';
import type { Witness } from './witness.ts';

export interface LearnDeps {
  readonly db: Db;
  readonly signer: Signer;
  readonly witness: Witness;
}

// A tombstone is dated before its transaction commits, by another machine's clock.
const OVERLAP_MS = 10 * MINUTE_MS;
const BATCH_ROWS = 500;

/** @returns how to learn what is new; `since` is when this machine last did (ISO 8601 UTC), '' for never. */
export function createLearner(deps: LearnDeps, since: string): () => Promise<void> {
  let learnedUntil = since;
  return async () => {
    let from = { at: learnedUntil === '' ? '' : isoTime(Date.parse(learnedUntil) - OVERLAP_MS), messageId: '' };
    for (;;) {
      const batch = await listTombstonesSince(deps.db, from, BATCH_ROWS);
      await remember(deps, batch);
      from = batch.at(-1) ?? from;
      if (from.at > learnedUntil) learnedUntil = from.at;
      if (batch.length < BATCH_ROWS) return;
    }
  };
}

async function remember({ db, signer, witness }: LearnDeps, batch: readonly SignedTombstone[]): Promise<void> {
  const unknown = batch.filter(({ messageId }) => !witness.knowsOf(messageId));
  if (unknown.length === 0) return;
  const tombstones = await Promise.all(unknown.map(({ signed }) => readTombstone(signer, signed)));
  await inTransaction(db, async (tx) => {
    await holdLock(tx, WITNESS_LOCK);
    await witness.remember(tombstones);
  });
}
