// Owns what a sender may do to a message that is out: take it back from one or all, give it back, change
// its last day, destroy it. One road for the page, the API and the command line; each change and its
// audit entry are one transaction.

import type { Clock } from '../core/clock.ts';
import { isoNow, isoTime } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit.store.ts';
import type { Db, Tx } from '../db/engine.ts';
import { checkpoint, inTransaction } from '../db/engine.ts';
import { destroyMessage, loadMessage, setExpiry } from '../messages/messages.store.ts';
import { restore, revoke } from '../messages/recipients.store.ts';
import type { Vault } from '../messages/seal.ts';
import { checkExpiry } from '../policy/ask.ts';

export interface TakeBackDeps {
  readonly db: Db;
  readonly vault: Vault & { readonly clock: Clock };
  readonly expiryDaysDefault: number;
  readonly expiryDaysMax: number;
}

export interface Change {
  readonly messageId: string;
  /** Places of recipients, from 0, or all. */
  readonly positions: readonly number[] | 'all';
  /** Who does it: an address, a key's name, "command line". Goes into the audit. */
  readonly actor: string;
  readonly reason?: string;
}

/** These roads with their dependencies given. */
export interface TakeBack {
  takeBack(change: Change): Promise<number>;
  giveBack(change: Change): Promise<number>;
  changeExpiry(change: Change, expiresAtMs: number): Promise<void>;
  destroy(change: Change): Promise<boolean>;
}

export function bindTakeBack(deps: TakeBackDeps): TakeBack {
  return {
    takeBack: (change) => takeBack(deps, change),
    giveBack: (change) => giveBack(deps, change),
    changeExpiry: (change, expiresAtMs) => changeExpiry(deps, change, expiresAtMs),
    destroy: (change) => destroy(deps, change),
  };
}

/** @returns from how many it was taken. From the answer on, no reading of theirs begins. */
export function takeBack(deps: TakeBackDeps, change: Change): Promise<number> {
  return changed(deps, change, 'message-revoked', (tx, now) => revoke(tx, change.messageId, change.positions, now));
}

/** @returns to how many it was given back. Throws request/gone when it is destroyed. */
export async function giveBack(deps: TakeBackDeps, change: Change): Promise<number> {
  await checkNotDestroyed(deps, change.messageId);
  return changed(deps, change, 'message-restored', (tx) => restore(tx, change.messageId, change.positions));
}

/** `expiresAtMs` in the future and within EXPIRY_DAYS_MAX, else policy/unknown-value. */
export async function changeExpiry(deps: TakeBackDeps, change: Change, expiresAtMs: number): Promise<void> {
  const { expiryDaysDefault, expiryDaysMax } = deps;
  checkExpiry(expiresAtMs, 'The last day', {
    nowMs: deps.vault.clock.nowMs(),
    expiryDaysDefault,
    expiryDaysMax,
    brands: [],
  });
  await checkNotDestroyed(deps, change.messageId);
  await changed(deps, change, 'expiry-changed', async (tx) =>
    (await setExpiry(tx, change.messageId, isoTime(expiresAtMs))) ? 1 : 0,
  );
}

/** Overwrites the message's key; nothing brings it back. @returns false when it was destroyed before. */
export async function destroy(deps: TakeBackDeps, change: Change): Promise<boolean> {
  let blobs: readonly string[] | undefined;
  await changed(deps, change, 'message-destroyed', async (tx, now) => {
    blobs = await destroyMessage(tx, change.messageId, now);
    return blobs === undefined ? 0 : 1;
  });
  if (blobs === undefined) return false;
  // The old key must not lie on in the write-ahead log. What is left in blobs cannot be opened; if the
  // process ends here it is litter, not a leak.
  await checkpoint(deps.db);
  for (const blob of blobs) await deps.vault.blobs.remove(blob);
  return true;
}

async function changed(
  deps: TakeBackDeps,
  change: Change,
  event: AuditEvent,
  work: (tx: Tx, now: string) => Promise<number>,
): Promise<number> {
  return inTransaction(deps.db, async (tx) => {
    const count = await work(tx, isoNow(deps.vault.clock));
    if (count === 0) return 0;
    await appendAudit(deps.vault, tx, {
      event,
      messageId: change.messageId,
      details: {
        actor: change.actor,
        recipients: change.positions === 'all' ? 'all' : change.positions.map(String),
        ...(change.reason === undefined ? {} : { reason: change.reason }),
      },
    });
    return count;
  });
}

async function checkNotDestroyed(deps: TakeBackDeps, messageId: string): Promise<void> {
  const message = await loadMessage(deps.db, messageId);
  if (message === undefined) throw new AppError('request/not-found', 'There is no such message.');
  if (message.destroyed_at !== null)
    throw new AppError('request/gone', 'This message is destroyed; nothing of it is left.');
}
