// Owns what a sender may do to a message that is out: take it back from one or all, give it back, change
// its last day, announce it once more, destroy it. One road for the page, the API and the command line; each change
// and its audit entry are one transaction.

import { DAY_MS, isoTime } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { charge } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Tx } from '../db/engine.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import type { PhrasesTable } from '../db/tables/signin.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { demandPhrase, loadMessage, setExpiry } from '../messages/messages.store.ts';
import { clearOwnEnds, listRecipients, restore, revoke } from '../messages/recipients.store.ts';
import { listRequests } from '../messages/requests.store.ts';
import { changePhrase, insertPhrase } from '../signin/phrases.store.ts';
import { ensureQueued } from '../outbox/outbox.store.ts';
import { checkExpiry } from '../policy/ask.ts';
import type { Shredder } from '../shredding/shred.ts';
import { announceUntold, changed, checkNotOverdue, checkPlaces, destroyed, placesWords } from './changing.ts';
import type { Change, ChangeDeps, Changed, Done, Places } from './changing.ts';
import { giveAllAsked } from './more-time.ts';
import { checkPolicyEnd, endWithin } from './policy-end.ts';

export interface TakeBackDeps extends ChangeDeps {
  readonly shredder: Shredder;
  readonly expiryDaysMax: number;
}

/**
 * These roads with their dependencies given. Each throws request/gone when the message is destroyed, and
 * mail/recipients for a place that nobody has.
 */
export interface TakeBack {
  /** Counts from how many it was taken. From the answer on, no reading of theirs begins. */
  takeBack(change: Change, places: Places): Promise<Changed>;
  /** Counts to how many it was given back. */
  giveBack(change: Change, places: Places): Promise<Changed>;
  /**
   * For everybody, whatever some had apart; who asked for more time is told. `expiresAtMs` in the future and within
   * EXPIRY_DAYS_MAX, else policy/unknown-value; beyond what a rule or a label set, policy/refused.
   */
  changeExpiry(change: Change, expiresAtMs: number): Promise<Changed>;
  /** From the answer on only the new phrase opens it; whoever gave the old one is asked again. */
  changePhrase(change: Change, hashed: PhrasesTable): Promise<void>;
  /**
   * Sends the notice once more to those who can read the message and have not.
   * Counts to how many. Throws request/too-many.
   */
  resend(change: Change, places: Places): Promise<Changed>;
  /** Overwrites the message's key; nothing brings it back. @returns false when it was destroyed before. */
  destroy(change: Change): Promise<boolean>;
}

const resendsPerCopy: Limit = { name: 'resends per copy', most: 5, windowMs: DAY_MS };

export function bindTakeBack(deps: TakeBackDeps): TakeBack {
  return {
    takeBack: (change, places) =>
      changed(deps, change, 'message-revoked', { recipients: placesWords(places) }, async (tx, now) => {
        await checkPlaces(tx, change.messageId, places);
        const changing = await revoke(tx, change.messageId, places, now);
        return { count: changing.length, places: changing };
      }),
    giveBack: (change, places) =>
      changed(deps, change, 'message-restored', { recipients: placesWords(places) }, async (tx) => {
        await checkPlaces(tx, change.messageId, places);
        const changing = await restore(tx, change.messageId, places);
        await announceUntold(deps, tx, change.messageId);
        return { count: changing.length, places: changing };
      }),
    changeExpiry: async (change, expiresAtMs) => {
      const { expiryDaysMax } = deps;
      checkExpiry(expiresAtMs, 'The last day', { nowMs: deps.vault.clock.nowMs(), expiryDaysMax });
      const expiresAt = await endWithin(deps.db, change.messageId, isoTime(expiresAtMs));
      return changed(deps, change, 'expiry-changed', { expiresAt }, async (tx, now) => {
        await checkNotOverdue(tx, change.messageId, now);
        await checkPolicyEnd(tx, change.messageId, expiresAt);
        const endBefore = await endToHaveAgain(tx, change.messageId, now);
        if (!(await setExpiry(tx, change.messageId, expiresAt))) throw destroyed();
        await clearOwnEnds(tx, change.messageId);
        await giveAllAsked(deps, tx, change.messageId, expiresAt, now);
        await announceUntold(deps, tx, change.messageId);
        return { count: 1, endBefore };
      });
    },
    changePhrase: async (change, hashed) => {
      await changed(deps, change, 'phrase-changed', {}, (tx) => setPhrase(tx, change.messageId, hashed));
    },
    resend: (change, places) =>
      changed(deps, change, 'notice-resent', { recipients: placesWords(places) }, async (tx, now) => {
        await checkPlaces(tx, change.messageId, places);
        const message = await loadMessage(tx, change.messageId);
        const lacking = (await listRecipients(tx, change.messageId)).filter(
          (recipient) =>
            (places === 'all' || places.includes(recipient.position)) &&
            message !== undefined &&
            readability(message, recipient, now) === 'readable' &&
            isWaiting(recipient),
        );
        const counters = { db: tx, keyring: deps.vault.keyring, clock: deps.vault.clock };
        for (const { id, message_id: messageId } of lacking) {
          await charge(counters, resendsPerCopy, id);
          await ensureQueued(deps.vault, tx, { kind: 'notice', messageId, recipientId: id });
        }
        return { count: lacking.length };
      }),
    destroy: ({ messageId, actor, reason }) =>
      deps.shredder.destroy(messageId, { actor, ...(reason === undefined ? {} : { reason }) }),
  };
}

/** Undefined where the last day cannot be had again just as it was. */
async function endToHaveAgain(tx: Tx, messageId: string, now: string): Promise<string | undefined> {
  const end = (await loadMessage(tx, messageId))?.expires_at ?? null;
  if (end === null || end <= now) return undefined;
  const recipients = await listAllRecipients(tx, messageId);
  // A change of the last day answers who asked, and ends what readers had apart: neither comes back.
  if (recipients.some(({ own_expires_at: own }) => own !== null)) return undefined;
  if ((await listRequests(tx, [messageId])).some(({ state }) => state === 'open')) return undefined;
  return end;
}

// The phrase belongs to the conversation, so a changed one is changed for its answers as well.
async function setPhrase(tx: Tx, messageId: string, hashed: PhrasesTable): Promise<Done> {
  const row = await loadMessage(tx, messageId);
  if (row?.phrase_id !== null && row?.phrase_id !== undefined) {
    if (!(await changePhrase(tx, { ...hashed, id: row.phrase_id }))) throw new Error('a message names no phrase');
    return { count: 1 };
  }
  await insertPhrase(tx, hashed);
  await demandPhrase(tx, messageId, hashed.id);
  return { count: 1 };
}

/** Whether another notice may do any good: by the road of notices, and not read. */
export function isWaiting({ road, opened_at: openedAt }: Pick<RecipientsTable, 'road' | 'opened_at'>): boolean {
  return road === 'notice' && openedAt === null;
}
