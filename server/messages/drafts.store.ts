// Owns what readers have typed and not sent: a draft of theirs on a message, and what was set aside for one browser when
// a session ended under an answer. Sealed under the message's data key, so that whatever ends the message ends them.

import { HOUR_MS, isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { openBytes, sealBytes } from '../crypto/cobblestone.ts';
import { draftContext } from '../crypto/context.ts';
import type { Db, Tx } from '../db/engine.ts';
import { prepared } from '../db/prepared.ts';
import { holdLock } from '../db/engine.ts';
import type { DraftsTable, RecipientsTable } from '../db/tables/messages.ts';
import type { OpenMessage } from './open.ts';

/** What was typed, and to whom it was to go. No files. */
export interface Draft {
  readonly text: string;
  readonly all: boolean;
}

export interface SavedDraft extends Draft {
  /** ISO 8601 UTC. */
  readonly savedAt: string;
  /** It was under way when the session ended. */
  readonly isSetAside: boolean;
}

export interface DraftPlace {
  readonly message: OpenMessage;
  readonly recipient: Pick<RecipientsTable, 'id' | 'address_index'>;
}

const DRAFTS_PER_READER_MAX = 100;
const SET_ASIDE_MS = HOUR_MS;
const NO_BROWSER = '';

/**
 * @param form the one-time mark of the form that the draft comes from.
 * @returns 'full' when the reader has as many drafts as anybody may have, and this would be one more; 'sent' when that
 * form's answer has left already, and only its draft is late.
 */
export async function saveDraft(
  tx: Tx,
  clock: Clock,
  place: DraftPlace,
  draft: Draft,
  form: string | undefined,
): Promise<'saved' | 'full' | 'sent'> {
  const { id, address_index: addressIndex } = place.recipient;
  await holdDrafts(tx, addressIndex);
  if (form !== undefined && (await answeredForm(tx, id)) === form) return 'sent';
  const others = await tx
    .selectFrom('drafts')
    .select('recipient_id')
    .where('address_index', '=', addressIndex)
    .where('browser_hash', '=', NO_BROWSER)
    .where('recipient_id', '!=', id)
    .limit(DRAFTS_PER_READER_MAX)
    .execute();
  if (others.length >= DRAFTS_PER_READER_MAX) return 'full';
  await put(tx, rowOf(clock, place, draft, NO_BROWSER, place.message.row.expires_at));
  // Whoever saves has seen what was set aside, or has chosen to write anew.
  await tx.deleteFrom('drafts').where('recipient_id', '=', id).where('browser_hash', '!=', NO_BROWSER).execute();
  return 'saved';
}

/** Whoever holds them saves or sends; nobody else does meanwhile. */
export async function holdDrafts(tx: Tx, addressIndex: string): Promise<void> {
  await holdLock(tx, `drafts ${addressIndex}`);
}

async function answeredForm(tx: Tx, recipientId: string): Promise<string | null | undefined> {
  const row = await tx
    .selectFrom('recipients')
    .select('answered_form')
    .where('id', '=', recipientId)
    .executeTakeFirst();
  return row?.answered_form;
}

/** Keeps an answer, whose session had ended, for an hour: for this reader, and in this browser only. */
export async function setAside(
  tx: Tx,
  clock: Clock,
  place: DraftPlace,
  draft: Draft,
  browserHash: string,
): Promise<void> {
  await put(tx, rowOf(clock, place, draft, browserHash, isoNow(clock, SET_ASIDE_MS)));
}

/** What this reader has typed on this message: what was set aside for this browser, or else the draft. */
export async function loadDraft(
  db: Db,
  clock: Clock,
  { message, recipient }: DraftPlace,
  browserHash: string,
): Promise<SavedDraft | undefined> {
  const rows = await findDrafts(db, { recipientId: recipient.id, browserHash });
  const now = isoNow(clock);
  const living = rows.filter((row) => row.expires_at === null || row.expires_at > now);
  const row = living.find((one) => one.browser_hash !== NO_BROWSER) ?? living[0];
  if (row === undefined) return undefined;
  const isSetAside = row.browser_hash !== NO_BROWSER;
  return { ...openDraft(message, row), savedAt: row.updated_at, isSetAside };
}

const findDrafts = prepared((db, blank: { recipientId: string; browserHash: string }) =>
  db
    .selectFrom('drafts')
    .selectAll()
    .where('recipient_id', '=', blank.recipientId)
    .where('browser_hash', 'in', [NO_BROWSER, blank.browserHash]),
);

/** It was sent, or is no longer wanted. */
export async function removeDrafts(tx: Db | Tx, recipientId: string): Promise<void> {
  await tx.deleteFrom('drafts').where('recipient_id', '=', recipientId).execute();
}

/** Somebody signs in: what was set aside in this browser for anybody else is thrown away. */
export async function dropSetAsideOfOthers(tx: Tx, browserHash: string, addressIndex: string): Promise<void> {
  await tx
    .deleteFrom('drafts')
    .where('browser_hash', '=', browserHash)
    .where('address_index', '!=', addressIndex)
    .execute();
}

/** Removes what is past its time, up to `most`. @returns how many. */
export async function sweepDrafts(db: Db, now: string, most: number): Promise<number> {
  const over = await db
    .selectFrom('drafts')
    .select(['recipient_id', 'browser_hash'])
    .where('expires_at', '<=', now)
    .limit(most)
    .execute();
  for (const { recipient_id: recipientId, browser_hash: browserHash } of over) {
    await db
      .deleteFrom('drafts')
      .where('recipient_id', '=', recipientId)
      .where('browser_hash', '=', browserHash)
      // Repeated: it may have been saved anew, or its message been given more time, since it was found.
      .where('expires_at', '<=', now)
      .execute();
  }
  return over.length;
}

async function put(tx: Tx, row: DraftsTable): Promise<void> {
  const { sealed, updated_at, expires_at } = row;
  await tx
    .insertInto('drafts')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['recipient_id', 'browser_hash']).doUpdateSet({ sealed, updated_at, expires_at }),
    )
    .execute();
}

function rowOf(
  clock: Clock,
  { message, recipient }: DraftPlace,
  { text, all }: Draft,
  browserHash: string,
  expiresAt: string | null,
): DraftsTable {
  const context = contextOf(message, { recipient_id: recipient.id, browser_hash: browserHash });
  return {
    recipient_id: recipient.id,
    browser_hash: browserHash,
    message_id: message.row.id,
    address_index: recipient.address_index,
    sealed: sealBytes(message.dataKey, context, Buffer.from(JSON.stringify({ text, all }))),
    updated_at: isoNow(clock),
    expires_at: expiresAt,
  };
}

// The seal is the check: only `rowOf` wrote these bytes.
function openDraft(message: OpenMessage, row: DraftsTable): Draft {
  return JSON.parse(openBytes(message.dataKey, contextOf(message, row), row.sealed).toString('utf8')) as Draft;
}

function contextOf(message: OpenMessage, row: Pick<DraftsTable, 'recipient_id' | 'browser_hash'>): string {
  return draftContext(message.row.id, row.recipient_id, row.browser_hash === NO_BROWSER ? 'draft' : 'set-aside');
}
