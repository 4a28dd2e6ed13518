// Owns checking the audit log from its first entry to its last: that each follows from the one before, and that it is as long
// as signed statements say it had been.

import type { Keyring } from '../crypto/keyring.ts';
import type { Signer } from '../crypto/signing-key.ts';
import type { Db } from '../db/engine.ts';
import { auditRows } from './audit-list.store.ts';
import { chainHash, openDetails } from './audit-entry.ts';
import type { AuditPoint } from './audit-head.store.ts';
import { loadCut, readCheckpoints } from './checkpoints.store.ts';

export interface VerifyDeps {
  readonly keyring: Keyring;
  readonly signer: Signer;
  readonly db: Db;
}

export type AuditVerdict =
  | { readonly holds: true; readonly entries: number; readonly checkpoints: number; readonly cutAt: number | undefined }
  | { readonly holds: false; readonly brokenAt: number; readonly why: Breach };

export type Breach = 'edited' | 'cut-off' | 'statement';

/**
 * Walks the chain. `brokenAt` is the number of the first entry that does not follow from the one before (edited, missing,
 * out of order), of the first one that a statement remembers and that is gone from the end, or of the entry that a forged
 * statement is about. `mark`: how far the log had come by a memory outside of the database.
 */
export async function verifyAudit(deps: VerifyDeps, mark?: AuditPoint): Promise<AuditVerdict> {
  const { keyring, signer, db } = deps;
  const cut = await loadCut(signer, db);
  if (cut !== undefined && cut.point === undefined) return { holds: false, brokenAt: cut.seq, why: 'statement' };
  let last = cut?.seq ?? 0;
  let previous = cut?.point?.hash ?? '';
  let checkpoints = 0;
  const statements = readCheckpoints(signer, db);
  let next = await statements.next();
  for await (const row of auditRows(db)) {
    const details = openDetails(keyring, row);
    const follows = row.seq === last + 1 && details !== undefined;
    if (!follows || row.hash !== chainHash(keyring, previous, row, details)) return broken(last + 1);
    for (; next.done !== true && next.value.seq <= row.seq; next = await statements.next()) {
      const { seq, point } = next.value;
      if (point === undefined || seq < row.seq) return broken(seq, 'statement');
      if (point.hash !== row.hash) return broken(seq);
      checkpoints += 1;
    }
    if (mark?.seq === row.seq && mark.hash !== row.hash) return broken(row.seq);
    last = row.seq;
    previous = row.hash;
  }
  const remembered = Math.max(next.done === true ? 0 : next.value.seq, mark?.seq ?? 0);
  if (remembered > last) return broken(last + 1, 'cut-off');
  return { holds: true, entries: last - (cut?.seq ?? 0), checkpoints, cutAt: cut?.seq };
}

/** In one line, without its full stop. */
export function breachWords({ brokenAt, why }: AuditVerdict & { holds: false }): string {
  return `the chain of the audit log is broken at entry ${brokenAt}${breaches[why]}`;
}

const breaches: Readonly<Record<Breach, string>> = {
  edited: '',
  'cut-off': ', which is missing with all that came after it',
  statement: ', of which a statement is signed by nobody here',
};

function broken(brokenAt: number, why: Breach = 'edited'): AuditVerdict {
  return { holds: false, brokenAt, why };
}
