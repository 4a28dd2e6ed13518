// Owns the audit log: append-only entries in one keyed hash chain, so that an edited, removed or
// reordered entry shows. Entries are written in the transaction of what they tell of.

import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import { pages } from '../db/pages.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { blankRow, prepared, preparedFirst } from '../db/prepared.ts';
import type { AuditTable } from '../db/tables/administration.ts';

export type AuditEvent =
  | 'message-accepted'
  | 'message-read'
  | 'attachment-taken'
  | 'attachment-viewed'
  | 'message-forwarded'
  | 'message-replied'
  | 'message-revoked'
  | 'message-restored'
  | 'message-destroyed'
  | 'message-expired'
  | 'database-back-in-time'
  | 'witness-loss-accepted'
  | 'expiry-changed'
  | 'notice-sent'
  | 'notice-failed'
  | 'answer-sent'
  | 'reminder-sent'
  | 'notice-resent'
  | 'notices-asked'
  | 'more-time-asked'
  | 'more-time-given'
  | 'more-time-refused'
  | 'decision-sent'
  | 'message-held'
  | 'hold-released'
  | 'hold-refused'
  | 'held-message-read'
  | 'code-asked'
  | 'signed-in'
  | 'sign-in-refused'
  | 'signed-out'
  | 'passkey-made'
  | 'passkey-renamed'
  | 'passkey-removed'
  | 'passkey-told'
  | 'phrase-given'
  | 'phrase-refused'
  | 'phrase-changed'
  | 'signed-out-everywhere'
  | 'copy-taken'
  | 'message-written'
  | 'brand-changed'
  | 'policy-changed'
  | 'mails-replayed'
  | 'replay-ended'
  | 'api-key-created'
  | 'api-key-revoked'
  | 'latest-time-forgotten'
  | 'key-added'
  | 'key-retired'
  | 'key-reactivated'
  | 'keys-rewrapped';

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
}

/**
 * Appends one entry. Whoever appends waits until the one before has committed, so the chain has one head: it is best
 * the last that a transaction does.
 */
export async function appendAudit(deps: AuditDeps, tx: Tx, entry: AuditEntry): Promise<void> {
  await holdLock(tx, 'audit');
  const head = await findHead(tx, {});
  const seq = (head?.seq ?? 0) + 1;
  const details = JSON.stringify(entry.details);
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

const findHead = preparedFirst((db) => db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1));

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

/** In whose name it happened: who did it, by the address they have proved, or at least given. */
function personOf({ details }: AuditEntry): Address | undefined {
  return parseAddress(details['address'] ?? details['by']);
}

export interface ReadEntry {
  readonly seq: number;
  readonly at: string;
  readonly event: string;
  readonly messageId: string | null;
  readonly recipientId: string | null;
  /** Absent when they do not open: the rest of a damaged log is worth having more than ever. */
  readonly details?: unknown;
}

const BATCH_ROWS = 500;

/** Every entry in order, opened, in batches. */
export async function* readAudit(keyring: Keyring, db: Db): AsyncGenerator<ReadEntry> {
  for await (const row of rows(db)) {
    yield opened(keyring, row);
  }
}

/** The entries of one message, newest first. */
export async function messageAudit(keyring: Keyring, db: Db, messageId: string, most: number): Promise<ReadEntry[]> {
  const found = await db
    .selectFrom('audit')
    .selectAll()
    .where('message_id', '=', messageId)
    .orderBy('seq', 'desc')
    .limit(most)
    .execute();
  return found.map((row) => opened(keyring, row));
}

/** A page of the entries in one person's name, newest first: those next `before` a number, or the newest. */
export async function personAudit(
  keyring: Keyring,
  db: Db,
  personIndex: string,
  page: { readonly limit: number; readonly before?: number },
): Promise<ReadEntry[]> {
  const found = await db
    .selectFrom('audit')
    .selectAll()
    .where('person_index', '=', personIndex)
    .where('seq', '<', page.before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('seq', 'desc')
    .limit(page.limit)
    .execute();
  return found.map((row) => opened(keyring, row));
}

export type AuditVerdict =
  { readonly holds: true; readonly entries: number } | { readonly holds: false; readonly brokenAt: number };

/**
 * Walks the chain. `brokenAt` is the number of the first entry that does not follow from the one before:
 * edited, or missing, or out of order. A cut at the end shows only against a count kept elsewhere.
 */
export async function verifyAudit(keyring: Keyring, db: Db): Promise<AuditVerdict> {
  let expected = 1;
  let previous = '';
  for await (const row of rows(db)) {
    const details = openText(keyring, row);
    if (row.seq !== expected || details === undefined || row.hash !== chainHash(keyring, previous, row, details)) {
      return { holds: false, brokenAt: expected };
    }
    previous = row.hash;
    expected += 1;
  }
  return { holds: true, entries: expected - 1 };
}

export const auditRecords: SealedColumn = {
  table: 'audit',
  key: 'seq',
  before: 0,
  column: 'sealed',
  name: (id) => recordContext(Number(id)),
};

async function* rows(db: Db): AsyncGenerator<AuditTable> {
  const load = (after: number): Promise<AuditTable[]> =>
    db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(BATCH_ROWS).execute();
  for await (const page of pages(load, 0, ({ seq }) => seq)) yield* page;
}

function opened(keyring: Keyring, row: AuditTable): ReadEntry {
  return {
    seq: row.seq,
    at: row.at,
    event: row.event,
    messageId: row.message_id,
    recipientId: row.recipient_id,
    ...openDetails(keyring, row),
  };
}

function openDetails(keyring: Keyring, row: AuditTable): Pick<ReadEntry, 'details'> {
  const text = openText(keyring, row);
  return text === undefined ? {} : { details: JSON.parse(text) as unknown };
}

function openText(keyring: Keyring, row: AuditTable): string | undefined {
  return unlessBroken(() => keyring.openRecord(recordContext(row.seq), row.sealed).toString('utf8'));
}

function recordContext(seq: number): string {
  return `audit ${seq}`;
}

// Over what the entry says and not over its sealed bytes: those change when it is sealed anew under another key.
function chainHash(
  keyring: Keyring,
  previous: string,
  row: Omit<AuditTable, 'sealed' | 'hash' | 'person_index'>,
  details: string,
): string {
  // JSON of an array is unambiguous: no field can pretend to be two.
  const fields = [previous, row.seq, row.at, row.event, row.message_id, row.recipient_id, details];
  return keyring.macText('audit chain', JSON.stringify(fields));
}
