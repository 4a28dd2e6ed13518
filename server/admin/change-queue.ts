// Owns what may be done about the work that waits, by a page or a call: each change with its entry in the audit log.

import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { tryAllNow, tryLast, tryNow } from '../outbox/queue.store.ts';

export type QueueChange = { readonly what: 'retry' | 'give-up'; readonly job: string } | { readonly what: 'retry-all' };

export interface QueueDeps {
  readonly db: Db;
  readonly vault: Vault;
  /** There is work to be done now. */
  readonly kick: () => void;
}

/** @param by who does it, as the audit log tells it. @returns false when there was nothing that waits. */
export type ChangeQueue = (change: QueueChange, by: Readonly<Record<string, string>>) => Promise<boolean>;

const TRIED_AT_ONCE = 1_000;

export function bindChangeQueue({ db, vault, kick }: QueueDeps): ChangeQueue {
  return async (change, by) => {
    const changed = await inTransaction(db, async (tx) => {
      if (!(await carryOut(vault, tx, change))) return false;
      await appendAudit(vault, tx, { event: 'queue-changed', details: { ...by, ...change } });
      return true;
    });
    kick();
    return changed;
  };
}

async function carryOut({ clock }: Vault, tx: Tx, change: QueueChange): Promise<boolean> {
  switch (change.what) {
    case 'retry':
      return tryNow(tx, clock, change.job);
    case 'give-up':
      return tryLast(tx, clock, change.job);
    case 'retry-all':
      return (await tryAllNow(tx, clock, TRIED_AT_ONCE)) > 0;
  }
}
