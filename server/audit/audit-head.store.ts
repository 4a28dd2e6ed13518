// Owns the end of the audit log as others may remember it: the number and the hash of an entry. Since each hash is made
// over the one before, they stand for all that was written until then.

import type { Db, Tx } from '../db/engine.ts';

export interface AuditPoint {
  readonly seq: number;
  readonly at: string;
  readonly hash: string;
}

/** The newest entry that is committed. */
export function loadAuditHead(db: Db | Tx): Promise<AuditPoint | undefined> {
  return db.selectFrom('audit').select(['seq', 'at', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
}

export function loadAuditPoint(db: Db, seq: number): Promise<AuditPoint | undefined> {
  return db.selectFrom('audit').select(['seq', 'at', 'hash']).where('seq', '=', seq).executeTakeFirst();
}
