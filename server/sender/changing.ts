// Owns what every change to a message that is out has in common: one transaction with its audit entry, in turn with
// the others, and refused where nothing is left to change.

import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { newestAudit } from '../audit/audit-list.store.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { AuditEntry } from '../audit/audit.store.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { sentence } from '../language/words.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { holdRecipients, listRecipients } from '../messages/recipients.store.ts';
import { isOverdue } from '../messages/retention.ts';
import type { Vault } from '../messages/seal.ts';
import { ensureQueued } from '../outbox/outbox.store.ts';

export interface ChangeDeps {
  readonly db: Db;
  readonly vault: Vault;
}

export interface Change {
  readonly messageId: string;
  /** Who does it: an address, a key's id, "command line". Goes into the audit. */
  readonly actor: string;
  /** Whom it is about, when it is about one of the recipients. */
  readonly recipientId?: string;
  readonly reason?: string;
  /** The newest change that whoever acts knows of; with it, a newer one refuses. */
  readonly after?: number;
}

/** What a change did, as it found things in its turn. */
export interface Done {
  /** To how many something was done. */
  readonly count: number;
  /** To whom, where it was done to some. */
  readonly places?: readonly number[];
  /** The last day that was changed, where it can be had again just as it was. */
  readonly endBefore?: string | undefined;
}

export interface Changed extends Done {
  /** The newest change to the message from now on. */
  readonly newest: number;
}

/** Places of recipients, from 0, or all. */
export type Places = readonly number[] | 'all';

/** Of these the last one can be undone; each makes what was done before it no longer the last. */
const CHANGES = [
  'message-revoked',
  'message-restored',
  'message-destroyed',
  'expiry-changed',
  'more-time-given',
  'more-time-refused',
] as const;

/** `work` says what it did. Throws request/conflict when the message was changed after `change.after`. */
export function changed(
  deps: ChangeDeps,
  change: Change,
  event: AuditEvent,
  details: AuditEntry['details'],
  work: (tx: Tx, now: string) => Promise<Done>,
): Promise<Changed> {
  return inTransaction(deps.db, async (tx) => {
    await holdRecipients(tx, change.messageId);
    await checkNotDestroyed(tx, change.messageId);
    if (change.after !== undefined && (await newestAudit(tx, change.messageId, CHANGES)) !== change.after) {
      throw new AppError('request/conflict', sentence('undo.overtaken'));
    }
    const done = await work(tx, isoNow(deps.vault.clock));
    if (done.count > 0) await audit(deps, tx, change, event, details);
    return { ...done, newest: await newestAudit(tx, change.messageId, CHANGES) };
  });
}

// A notice that came due while the message was closed was dropped; whoever was never told is told now.
export async function announceUntold(deps: ChangeDeps, tx: Tx, messageId: string): Promise<void> {
  for (const recipient of await listRecipients(tx, messageId)) {
    if (recipient.notified_at !== null || recipient.failed_at !== null || recipient.revoked_at !== null) continue;
    await ensureQueued(deps.vault, tx, { kind: recipient.road, messageId, recipientId: recipient.id });
  }
}

// What is due to be shredded stays so: the witness may know of it already.
export async function checkNotOverdue(tx: Tx, messageId: string, now: string): Promise<void> {
  const message = await loadMessage(tx, messageId);
  if (message === undefined || !isOverdue(message, now)) return;
  throw new AppError('request/gone', sentence('sending.gone-over'));
}

export async function checkPlaces(tx: Tx, messageId: string, places: Places): Promise<void> {
  if (places === 'all') return;
  const known = new Set((await listAllRecipients(tx, messageId)).map((recipient) => recipient.position));
  if (places.every((place) => known.has(place))) return;
  throw new AppError('mail/recipients', sentence('sending.no-recipient'));
}

export function placesWords(places: Places): string | readonly string[] {
  return places === 'all' ? 'all' : places.map(String);
}

export function destroyed(): AppError {
  return new AppError('request/gone', sentence('sending.gone-destroyed'));
}

async function audit(
  deps: ChangeDeps,
  tx: Tx,
  { messageId, actor, recipientId, reason }: Change,
  event: AuditEvent,
  details: AuditEntry['details'],
): Promise<void> {
  await appendAudit(deps.vault, tx, {
    event,
    messageId,
    ...(recipientId === undefined ? {} : { recipientId }),
    details: { actor, ...details, ...(reason === undefined ? {} : { reason }) },
  });
}

async function checkNotDestroyed(tx: Tx, messageId: string): Promise<void> {
  const message = await loadMessage(tx, messageId);
  if (message === undefined) throw new AppError('request/not-found', 'There is no such message.');
  if (message.destroyed_at !== null) throw destroyed();
}
