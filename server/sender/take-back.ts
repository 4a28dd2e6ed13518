// Owns what a sender may do to a message that is out: take it back from one or all, give it back, change
// its last day, destroy it. One road for the page, the API and the command line; each change and its
// audit entry are one transaction.

import { isoNow, isoTime } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEntry, AuditEvent } from '../audit/audit.store.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { demandPhrase, loadMessage, setExpiry } from '../messages/messages.store.ts';
import { holdRecipients, listRecipients, restore, revoke } from '../messages/recipients.store.ts';
import type { PhrasesTable } from '../db/tables.ts';
import { changePhrase, insertPhrase } from '../signin/phrases.store.ts';
import type { Vault } from '../messages/seal.ts';
import { ensureQueued } from '../outbox/outbox.store.ts';
import { checkExpiry } from '../policy/ask.ts';
import type { Shredder } from '../shredding/shred.ts';

export interface TakeBackDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly shredder: Shredder;
  readonly expiryDaysMax: number;
}

export interface Change {
  readonly messageId: string;
  /** Who does it: an address, a key's id, "command line". Goes into the audit. */
  readonly actor: string;
  readonly reason?: string;
}

/** Places of recipients, from 0, or all. */
export type Places = readonly number[] | 'all';

/**
 * These roads with their dependencies given. Each throws request/gone when the message is destroyed, and
 * mail/recipients for a place that nobody has.
 */
export interface TakeBack {
  /** @returns from how many it was taken. From the answer on, no reading of theirs begins. */
  takeBack(change: Change, places: Places): Promise<number>;
  /** @returns to how many it was given back. */
  giveBack(change: Change, places: Places): Promise<number>;
  /** `expiresAtMs` in the future and within EXPIRY_DAYS_MAX, else policy/unknown-value. */
  changeExpiry(change: Change, expiresAtMs: number): Promise<void>;
  /** From the answer on only the new phrase opens it; whoever gave the old one is asked again. */
  changePhrase(change: Change, hashed: PhrasesTable): Promise<void>;
  /** Overwrites the message's key; nothing brings it back. @returns false when it was destroyed before. */
  destroy(change: Change): Promise<boolean>;
}

export function bindTakeBack(deps: TakeBackDeps): TakeBack {
  return {
    takeBack: (change, places) =>
      changed(deps, change, 'message-revoked', { recipients: placesWords(places) }, async (tx, now) => {
        await checkPlaces(tx, change.messageId, places);
        return revoke(tx, change.messageId, places, now);
      }),
    giveBack: (change, places) =>
      changed(deps, change, 'message-restored', { recipients: placesWords(places) }, async (tx) => {
        await checkPlaces(tx, change.messageId, places);
        const count = await restore(tx, change.messageId, places);
        await announceUntold(deps, tx, change.messageId);
        return count;
      }),
    changeExpiry: async (change, expiresAtMs) => {
      const { expiryDaysMax } = deps;
      checkExpiry(expiresAtMs, 'The last day', { nowMs: deps.vault.clock.nowMs(), expiryDaysMax });
      const expiresAt = isoTime(expiresAtMs);
      await changed(deps, change, 'expiry-changed', { expiresAt }, async (tx, now) => {
        await checkNotOverdue(tx, change.messageId, now);
        if (!(await setExpiry(tx, change.messageId, expiresAt))) throw destroyed();
        await announceUntold(deps, tx, change.messageId);
        return 1;
      });
    },
    changePhrase: async (change, hashed) => {
      await changed(deps, change, 'phrase-changed', {}, (tx) => setPhrase(tx, change.messageId, hashed));
    },
    destroy: ({ messageId, actor, reason }) =>
      deps.shredder.destroy(messageId, { actor, ...(reason === undefined ? {} : { reason }) }),
  };
}

async function changed(
  deps: TakeBackDeps,
  change: Change,
  event: AuditEvent,
  details: AuditEntry['details'],
  work: (tx: Tx, now: string) => Promise<number>,
): Promise<number> {
  return inTransaction(deps.db, async (tx) => {
    await holdRecipients(tx, change.messageId);
    await checkNotDestroyed(tx, change.messageId);
    const count = await work(tx, isoNow(deps.vault.clock));
    if (count > 0) await audit(deps, tx, change, event, details);
    return count;
  });
}

// The phrase belongs to the conversation, so a changed one is changed for its answers as well.
async function setPhrase(tx: Tx, messageId: string, hashed: PhrasesTable): Promise<number> {
  const row = await loadMessage(tx, messageId);
  if (row?.phrase_id !== null && row?.phrase_id !== undefined) {
    if (!(await changePhrase(tx, { ...hashed, id: row.phrase_id }))) throw new Error('a message names no phrase');
    return 1;
  }
  await insertPhrase(tx, hashed);
  await demandPhrase(tx, messageId, hashed.id);
  return 1;
}

// A notice that came due while the message was closed was dropped; whoever was never told is told now.
async function announceUntold(deps: TakeBackDeps, tx: Tx, messageId: string): Promise<void> {
  for (const recipient of await listRecipients(tx, messageId)) {
    if (recipient.notified_at !== null || recipient.failed_at !== null || recipient.revoked_at !== null) continue;
    await ensureQueued(deps.vault, tx, { kind: recipient.road, messageId, recipientId: recipient.id });
  }
}

async function audit(
  deps: TakeBackDeps,
  tx: Tx,
  { messageId, actor, reason }: Change,
  event: AuditEvent,
  details: AuditEntry['details'],
): Promise<void> {
  await appendAudit(deps.vault, tx, {
    event,
    messageId,
    details: { actor, ...details, ...(reason === undefined ? {} : { reason }) },
  });
}

async function checkNotDestroyed(tx: Tx, messageId: string): Promise<void> {
  const message = await loadMessage(tx, messageId);
  if (message === undefined) throw new AppError('request/not-found', 'There is no such message.');
  if (message.destroyed_at !== null) throw destroyed();
}

function destroyed(): AppError {
  return new AppError('request/gone', 'This message is destroyed; nothing of it is left.');
}

// What is due to be shredded stays so: the witness may know of it already.
async function checkNotOverdue(tx: Tx, messageId: string, now: string): Promise<void> {
  const { expires_at: lastDay } = (await loadMessage(tx, messageId)) ?? { expires_at: null };
  if (lastDay === null || Date.parse(lastDay) + limits.expiredKeptMs > Date.parse(now)) return;
  throw new AppError('request/gone', 'This message was over too long ago; nothing brings it back.');
}

async function checkPlaces(tx: Tx, messageId: string, places: Places): Promise<void> {
  if (places === 'all') return;
  const known = new Set((await listRecipients(tx, messageId)).map((recipient) => recipient.position));
  if (places.every((place) => known.has(place))) return;
  throw new AppError('mail/recipients', 'This message has no such recipient; nothing was changed.');
}

function placesWords(places: Places): string | readonly string[] {
  return places === 'all' ? 'all' : places.map(String);
}
