// Owns what an entry of the audit log is made of: its place in the keyed hash chain, and its particulars, sealed as a record.

import type { Keyring } from '../crypto/keyring.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import type { AuditTable } from '../db/tables/administration.ts';

export interface ReadEntry {
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  readonly messageId: string | null;
  readonly recipientId: string | null;
  /** Absent when they do not open: the rest of a damaged log is worth having more than ever. */
  readonly details?: unknown;
}

export function readEntry(keyring: Keyring, row: AuditTable): ReadEntry {
  const details = openDetails(keyring, row);
  return {
    seq: row.seq,
    at: row.at,
    event: row.event,
    messageId: row.message_id,
    recipientId: row.recipient_id,
    ...(details === undefined ? {} : { details: JSON.parse(details) as unknown }),
  };
}

/** The particulars as they were written; undefined when they do not open. */
export function openDetails(keyring: Keyring, row: AuditTable): string | undefined {
  return unlessBroken(() => keyring.openRecord(recordContext(row.seq), row.sealed).toString('utf8'));
}

export function recordContext(seq: number): string {
  return `audit ${seq}`;
}

// Over what the entry says and not over its sealed bytes: those change when it is sealed anew under another key.
export function chainHash(
  keyring: Keyring,
  previous: string,
  row: Omit<AuditTable, 'sealed' | 'hash' | 'person_index'>,
  details: string,
): string {
  // JSON of an array is unambiguous: no field can pretend to be two.
  const fields = [previous, row.seq, row.at, row.event, row.message_id, row.recipient_id, details];
  return keyring.macText('audit chain', JSON.stringify(fields));
}
