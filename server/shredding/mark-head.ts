// Owns telling the witness how far the audit log has come.

import { loadAuditHead } from '../audit/audit-head.store.ts';
import type { Db } from '../db/engine.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import { WITNESS_LOCK } from './witness.ts';
import type { Witness } from './witness.ts';

export interface MarkDeps {
  readonly db: Db;
  readonly witness: Witness;
}

/** Only what is committed is marked, so that the witness never remembers more than there was. */
export async function markHead({ db, witness }: MarkDeps): Promise<void> {
  const head = await loadAuditHead(db);
  if (head === undefined || head.seq <= witness.markedSeq()) return;
  await inTransaction(db, async (tx) => {
    await holdLock(tx, WITNESS_LOCK);
    await witness.mark(head);
  });
}
