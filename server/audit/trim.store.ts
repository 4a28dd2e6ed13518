// Owns removing entries of the audit log whose time has passed. A signed statement takes their place, from which the chain
// goes on; without it, that they are gone would look like what it is when somebody removed them.

import type { Signer } from '../crypto/signing-key.ts';
import type { Db } from '../db/engine.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import { AUDIT_LOCK, appendAudit } from './audit.store.ts';
import type { AuditDeps } from './audit.store.ts';
import type { AuditPoint } from './audit-head.store.ts';
import { putCut, signCut } from './checkpoints.store.ts';

export interface TrimDeps {
  readonly db: Db;
  readonly vault: AuditDeps;
  readonly signer: Signer;
  /** Up to which entry a memory outside of the database goes; that entry stays, to be compared with. */
  readonly markedSeq: number;
}

/** Removes up to `most` of the oldest entries, as far as they are from before `before` (ISO 8601 UTC). @returns how many. */
export async function trimAudit(deps: TrimDeps, before: string, most: number): Promise<number> {
  const { db, vault, signer, markedSeq } = deps;
  const oldest = await db
    .selectFrom('audit')
    .select(['seq', 'at', 'hash'])
    .where('at', '<', before)
    .where('seq', '<', markedSeq)
    .orderBy('at')
    .orderBy('seq')
    .limit(most)
    .execute();
  const last: AuditPoint | undefined = oldest.at(-1);
  if (last === undefined) return 0;
  const signed = await signCut(signer, last);
  return inTransaction(db, async (tx) => {
    await holdLock(tx, AUDIT_LOCK);
    const { numDeletedRows } = await tx.deleteFrom('audit').where('seq', '<=', last.seq).executeTakeFirst();
    const count = Number(numDeletedRows);
    if (count === 0) return 0; // another machine was first
    await putCut(tx, last, signed);
    await appendAudit(vault, tx, { event: 'audit-trimmed', details: { upTo: last.seq, at: last.at, count } });
    return count;
  });
}
