// Owns writing the audit log: append-only entries in one keyed hash chain, so that an edited, removed or
// reordered entry shows. Entries are written in the transaction of what they tell of.

import { sql } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { networkKept } from '../core/networks.ts';
import type { NetworkDetail } from '../core/networks.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { blankRow, prepared, preparedFirst } from '../db/prepared.ts';
import type { AuditTable } from '../db/tables/administration.ts';
import { chainHash, recordContext } from './audit-entry.ts';
import type { AuditEvent } from './audit-event.ts';

export interface AuditEntry {
  readonly event: AuditEvent;
  readonly messageId?: string;
  readonly recipientId?: string;
  /** Who did it, from which network, and the particulars. Sealed. */
  readonly details: Readonly<Record<string, string | number | readonly string[]>>;
}

export interface AuditDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** How much of `network` is kept; all of it when that is not said. */
  readonly auditNetworks?: NetworkDetail;
}

/**
 * Appends one entry. Whoever appends waits until the one before has committed, so the chain has one head: it is best
 * the last that a transaction does.
 */
export async function appendAudit(deps: AuditDeps, tx: Tx, entry: AuditEntry): Promise<void> {
  await holdLock(tx, AUDIT_LOCK);
  const head = await findHead(tx, {});
  const seq = (head?.seq ?? 0) + 1;
  const details = JSON.stringify(kept(deps, entry.details));
  const row = {
    seq,
    at: isoNow(deps.clock),
    event: entry.event,
    message_id: entry.messageId ?? null,
    recipient_id: entry.recipientId ?? null,
  };
  const person = personOf(entry);
  await addEntry(tx, {
    ...row,
    person_index: person === undefined ? null : addressIndex(deps.keyring, person),
    sealed: deps.keyring.sealRecord(recordContext(seq), details),
    hash: chainHash(deps.keyring, head?.hash ?? '', row, details),
  });
}

/** Held by each transaction that changes which entries there are. */
export const AUDIT_LOCK = 'audit';

const findHead = preparedFirst((db) =>
  db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(sql.lit(1)),
);

const addEntry = prepared((db, row: AuditTable) => db.insertInto('audit').values(blankRow(row, auditColumns)));

const auditColumns = {
  seq: true,
  at: true,
  event: true,
  message_id: true,
  recipient_id: true,
  person_index: true,
  sealed: true,
  hash: true,
} as const;

// Here and nowhere else, so that nobody who tells of something can forget it.
function kept({ auditNetworks = 'full' }: AuditDeps, details: AuditEntry['details']): AuditEntry['details'] {
  const { network, ...rest } = details;
  if (typeof network !== 'string') return details;
  const part = networkKept(network, auditNetworks);
  return part === undefined ? rest : { ...rest, network: part };
}

/**
 * In whose name it happened: who did it, by the address they have proved, or at least given. A machine, a key and the command
 * line are nobody. A reader's answer stands in an entry of its own, which tells no subject. What came under somebody's address
 * and is not proved to be theirs is nobody's.
 */
function personOf({ event, details }: AuditEntry): Address | undefined {
  if (event === 'answer-unproved') return undefined;
  const isAnswer = event === 'message-accepted' && details['road'] === 'portal';
  return parseAddress(details['address'] ?? details['by'] ?? (isAnswer ? undefined : details['actor']));
}

export const auditRecords: SealedColumn = {
  table: 'audit',
  key: 'seq',
  before: 0,
  column: 'sealed',
  name: (id) => recordContext(Number(id)),
};
