// Owns an approver's answer to a hold: the last release sends the message on its way, one refusal ends it. The answer, what
// follows from it and the audit entry are one transaction, and of two approvers at once the first counts.

import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { asWriter, readability } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import { sentence } from '../language/words.ts';
import { answerHold, listHolds, loadHold, takeHeldRecipients } from '../messages/holds.store.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { holdRecipients, insertRecipients } from '../messages/recipients.store.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';

export interface SettleDeps {
  readonly db: Db;
  readonly vault: Vault;
}

export interface HoldAnswer {
  readonly holdId: string;
  readonly state: 'released' | 'refused';
  /** An address, or the id of a key. */
  readonly by: string;
  /** To the sender; may be ''. */
  readonly word: string;
}

/** Throws request/conflict when it was answered before, request/gone when the message is destroyed or over. */
export async function settleHold({ db, vault }: SettleDeps, answer: HoldAnswer): Promise<void> {
  const { holdId, state, by, word } = answer;
  await inTransaction(db, async (tx) => {
    const found = await loadHold(tx, holdId);
    if (found === undefined) throw new AppError('request/not-found', 'There is no such page.');
    const messageId = found.message_id;
    // In turn with those who take the message back or destroy it.
    await holdRecipients(tx, messageId);
    const now = isoNow(vault.clock);
    await checkStillThere(tx, messageId, now);
    const settle = async (hold: HoldsTable): Promise<boolean> =>
      answerHold(vault.keyring, tx, hold, { state, at: now, by, word });
    if (!(await settle(found))) throw new AppError('request/conflict', sentence('approval.conflict'));
    const open = (await listHolds(tx, [messageId])).filter((hold) => hold.state === 'open');
    if (state === 'refused') {
      for (const hold of open) await settle(hold);
      await takeHeldRecipients(tx, messageId);
    } else if (open.length === 0) {
      await release(vault, tx, messageId, now);
    }
    // Nobody is told that it is approved while another approval is missing.
    if (state === 'refused' || open.length === 0) {
      await enqueue(vault, tx, { kind: 'held', messageId, payload: { holdId, state } });
    }
    await appendAudit(vault, tx, {
      event: state === 'released' ? 'hold-released' : 'hold-refused',
      messageId,
      details: { actor: by, rule: found.rule_id },
    });
  });
}

async function release(vault: Vault, tx: Tx, messageId: string, now: string): Promise<void> {
  const rows = (await takeHeldRecipients(tx, messageId)).map((row) => ({ ...row, created_at: now }));
  await insertRecipients(tx, rows);
  for (const { road, id } of rows) await enqueue(vault, tx, { kind: road, messageId, recipientId: id });
}

async function checkStillThere(tx: Tx, messageId: string, now: string): Promise<void> {
  const message = await loadMessage(tx, messageId);
  if (message === undefined || readability(message, asWriter, now) !== 'readable') {
    throw new AppError('request/gone', sentence('approval.gone'));
  }
}
