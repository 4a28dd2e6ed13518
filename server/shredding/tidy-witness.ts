// Owns keeping the witness short: old marks go, tombstones that the database has are put together, and those that no
// backup can bring back any more are forgotten.

import { isoNow } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { loadAuditHead } from '../audit/audit-head.store.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { listWithKey } from '../messages/shred.store.ts';
import type { Tombstone } from '../messages/tombstone.ts';
import { WITNESS_LOCK } from './witness.ts';
import type { Witness } from './witness.ts';

export interface TidyDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly witness: Witness;
}

const BATCH_ROWS = 500;

/** Writes the memory anew, with the audit log that there is now as its mark. */
export async function tidyWitness({ db, vault, witness }: TidyDeps): Promise<void> {
  const mark = await loadAuditHead(db);
  await inTransaction(db, async (tx) => {
    await holdLock(tx, WITNESS_LOCK);
    const memory = await witness.recall();
    if (memory === undefined) return;
    const open = await idsWithKey(tx, memory.loose);
    await witness.rewrite({
      beginning: memory.beginning,
      settled: memory.loose.filter(({ messageId }) => !open.has(messageId)),
      loose: memory.loose.filter(({ messageId }) => open.has(messageId)),
      mark,
      // What an older database could bring back is over by itself after the longest time that it can be open and kept.
      forgetBefore: isoNow(vault.clock, -limits.tombstoneRememberedMs),
    });
  });
}

async function idsWithKey(tx: Tx, tombstones: readonly Tombstone[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < tombstones.length; from += BATCH_ROWS) {
    const ids = tombstones.slice(from, from + BATCH_ROWS).map(({ messageId }) => messageId);
    for (const id of await listWithKey(tx, ids)) found.add(id);
  }
  return found;
}
