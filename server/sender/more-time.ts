// Owns the sender's answer to a reader who asks for more time: some days, for that reader or for all, or none. The
// reader is told either way. The answer, its mail and its audit entry are one transaction.

import { DAY_MS, isoNow, isoTime } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Tx } from '../db/engine.ts';
import type { RequestsTable } from '../db/tables/messages.ts';
import { sentence } from '../language/words.ts';
import { loadMessage, setExpiry } from '../messages/messages.store.ts';
import { clearOwnEnds, pinOwnEnds, setOwnEnd } from '../messages/recipients.store.ts';
import { answerRequest, listRequests, sealWord } from '../messages/requests.store.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { announceUntold, changed, checkNotOverdue, destroyed } from './changing.ts';
import type { Change, ChangeDeps } from './changing.ts';
import { checkPolicyEnd, endWithin } from './policy-end.ts';

export interface MoreTimeDeps extends ChangeDeps {
  readonly expiryDaysMax: number;
}

/**
 * Each throws request/conflict when the request is answered already, request/gone when nothing is left to open, and `give`
 * policy/refused beyond what a rule or a label set.
 */
export interface MoreTime {
  /** Until the end of the day that is `days` from now. */
  give(change: Change, request: RequestsTable, days: number, whom: 'reader' | 'all'): Promise<void>;
  /** `word` to the reader may be ''. */
  refuse(change: Change, request: RequestsTable, word: string): Promise<void>;
}

export function bindMoreTime(deps: MoreTimeDeps): MoreTime {
  return {
    give: async (change, request, days, whom) => {
      const end = await endWithin(deps.db, change.messageId, endOfDay(deps, days));
      await changed(deps, change, 'more-time-given', { expiresAt: end, whom }, async (tx, now) => {
        await checkNotOverdue(tx, change.messageId, now);
        await checkPolicyEnd(tx, change.messageId, end);
        const until = whom === 'all' ? await openForAll(tx, change.messageId, end) : await openForOne(tx, request, end);
        await answer(deps, tx, request, { state: 'given', answered_at: now, expires_at: until, sealed_word: null });
        if (whom === 'all') {
          await giveAllAsked(deps, tx, change.messageId, until, now);
          await announceUntold(deps, tx, change.messageId);
        }
        return { count: 1 };
      });
    },
    refuse: async (change, request, word) => {
      const { keyring } = deps.vault;
      const sealed = word === '' ? null : sealWord(keyring, request.id, word);
      await changed(deps, change, 'more-time-refused', {}, async (tx, now) => {
        await answer(deps, tx, request, {
          state: 'refused',
          answered_at: now,
          expires_at: null,
          sealed_word: sealed,
        });
        return { count: 1 };
      });
    },
  };
}

/** The message is open for everybody: whoever asked for that has it, and is told. */
export async function giveAllAsked(
  deps: { readonly vault: Vault },
  tx: Tx,
  messageId: string,
  until: string,
  now: string,
): Promise<void> {
  for (const request of await listRequests(tx, [messageId])) {
    if (request.state !== 'open') continue;
    await answer(deps, tx, request, { state: 'given', answered_at: now, expires_at: until, sealed_word: null });
  }
}

async function answer(
  { vault }: { readonly vault: Vault },
  tx: Tx,
  request: RequestsTable,
  what: Parameters<typeof answerRequest>[2],
): Promise<void> {
  if (!(await answerRequest(tx, request.id, what))) {
    throw new AppError('request/conflict', sentence('request.conflict'));
  }
  const { message_id: messageId, recipient_id: recipientId } = request;
  await enqueue(vault, tx, { kind: 'decision', messageId, recipientId, payload: { requestId: request.id } });
}

// Never sooner than it would have ended anyway.
async function openForAll(tx: Tx, messageId: string, end: string): Promise<string> {
  const until = later(end, await endOfMessage(tx, messageId));
  if (!(await setExpiry(tx, messageId, until))) throw destroyed();
  await clearOwnEnds(tx, messageId);
  return until;
}

// The message lasts as long as its last reader's time. So that nobody else's grows with it, theirs is written down.
async function openForOne(tx: Tx, request: RequestsTable, end: string): Promise<string> {
  const { message_id: messageId, recipient_id: recipientId } = request;
  const before = await endOfMessage(tx, messageId);
  if (before === null || end <= before) {
    await setOwnEnd(tx, recipientId, end);
    return end;
  }
  await pinOwnEnds(tx, messageId, recipientId, before);
  await setOwnEnd(tx, recipientId, null);
  if (!(await setExpiry(tx, messageId, end))) throw destroyed();
  return end;
}

async function endOfMessage(tx: Tx, messageId: string): Promise<string | null> {
  const message = await loadMessage(tx, messageId);
  if (message === undefined) throw destroyed();
  return message.expires_at;
}

function later(one: string, other: string | null): string {
  return other !== null && other > one ? other : one;
}

// The end of a day is stored as the start of the next; no day is given that a sender could not have chosen.
export function endOfDay(
  { vault, expiryDaysMax }: Pick<MoreTimeDeps, 'vault' | 'expiryDaysMax'>,
  days: number,
): string {
  const nowMs = vault.clock.nowMs();
  const startMs = Date.parse(isoNow(vault.clock).slice(0, 10));
  return isoTime(Math.min(startMs + (days + 1) * DAY_MS, nowMs + expiryDaysMax * DAY_MS));
}
