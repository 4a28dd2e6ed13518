// Owns finding entries of the audit log, opened: of one message, of one person, by what is asked for, or all of them.

import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { pages } from '../db/pages.ts';
import type { AuditTable } from '../db/tables/administration.ts';
import { readEntry } from './audit-entry.ts';
import type { ReadEntry } from './audit-entry.ts';
import type { AuditEvent } from './audit-event.ts';

const BATCH_ROWS = 500;

/** The entries of one message, newest first. */
export async function messageAudit(keyring: Keyring, db: Db, messageId: string, most: number): Promise<ReadEntry[]> {
  const found = await db
    .selectFrom('audit')
    .selectAll()
    .where('message_id', '=', messageId)
    .orderBy('seq', 'desc')
    .limit(most)
    .execute();
  return found.map((row) => readEntry(keyring, row));
}

/** The number of the newest entry about a message that tells of one of these; 0 where there is none. */
export async function newestAudit(db: Db | Tx, messageId: string, events: readonly AuditEvent[]): Promise<number> {
  const row = await db
    .selectFrom('audit')
    .select('seq')
    .where('message_id', '=', messageId)
    .where('event', 'in', events)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
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
  return found.map((row) => readEntry(keyring, row));
}

/** Which entries are asked for: those that all of it is true of. */
export interface AuditFilter {
  readonly event?: AuditEvent | undefined;
  /** Blind index of the address in whose name it happened. */
  readonly person?: string | undefined;
  readonly messageId?: string | undefined;
  /** The first moment, and the first one that is too late. ISO 8601 UTC. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export type AuditPage = { readonly limit: number } & (
  { readonly before?: number | undefined } | { readonly after: number }
);

/** A page of entries, newest first: those next `before` a number or next `after` it, or the newest. */
export async function listAudit(
  keyring: Keyring,
  db: Db | Tx,
  filter: AuditFilter,
  page: AuditPage,
): Promise<ReadEntry[]> {
  const isNewer = 'after' in page;
  const within = await seqRange(db, filter);
  const first = isNewer ? Math.max(within.first, page.after + 1) : within.first;
  const beyond = isNewer ? within.beyond : Math.min(within.beyond, page.before ?? within.beyond);
  const found = await select(db, filter, first, beyond)
    .orderBy('seq', isNewer ? 'asc' : 'desc')
    .limit(page.limit)
    .execute();
  return (isNewer ? found.toReversed() : found).map((row) => readEntry(keyring, row));
}

/** All that is asked for, oldest first, a batch at a time. */
export async function* readAudit(keyring: Keyring, db: Db, filter: AuditFilter = {}): AsyncGenerator<ReadEntry> {
  const { first, beyond } = await seqRange(db, filter);
  const load = (after: number): Promise<AuditTable[]> =>
    select(db, filter, after + 1, beyond)
      .orderBy('seq')
      .limit(BATCH_ROWS)
      .execute();
  for await (const page of pages(load, first - 1, ({ seq }) => seq)) {
    for (const row of page) yield readEntry(keyring, row);
  }
}

/** Every row in order, as it is, for those who check them. */
export async function* auditRows(db: Db): AsyncGenerator<AuditTable> {
  const load = (after: number): Promise<AuditTable[]> =>
    db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(BATCH_ROWS).execute();
  for await (const page of pages(load, 0, ({ seq }) => seq)) yield* page;
}

function select(db: Db | Tx, { event, person, messageId }: AuditFilter, first: number, beyond: number) {
  let query = db.selectFrom('audit').selectAll().where('seq', '>=', first).where('seq', '<', beyond);
  if (event !== undefined) query = query.where('event', '=', event);
  if (person !== undefined) query = query.where('person_index', '=', person);
  if (messageId !== undefined) query = query.where('message_id', '=', messageId);
  return query;
}

// Entries are in the order of their time, so that a time is a number.
async function seqRange(db: Db | Tx, { from, until }: AuditFilter): Promise<{ first: number; beyond: number }> {
  const first = from === undefined ? 1 : ((await firstSince(db, from)) ?? Number.MAX_SAFE_INTEGER);
  const beyond = (until === undefined ? undefined : await firstSince(db, until)) ?? Number.MAX_SAFE_INTEGER;
  return { first, beyond };
}

async function firstSince(db: Db | Tx, at: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('audit')
    .select('seq')
    .where('at', '>=', at)
    .orderBy('at')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return row?.seq;
}
