// Owns what follows when a mail about a held message fails for good: it is in the audit, and of an approver who could not be told
// its sender hears, since nobody may ever decide.

import { z } from 'zod';
import { domainOf, parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Tx } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { failureWords } from '../messages/failure-words.ts';
import { listUnreached, loadHold, markUnreached, openHold } from '../messages/holds.store.ts';
import { openMessage } from '../messages/open.ts';
import { enqueue, openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeToSender } from './to-sender.ts';
import type { JobKind } from '../outbox/jobs.ts';

/** `state` is what a mail to the sender said. */
const failedPayload = z.object({ holdId: z.string(), approver: z.number().optional(), state: z.string().optional() });
const unreachedPayload = z.object({ holdId: z.string(), approver: z.number(), failure: z.string() });

/** Within the transaction that gives the job up. */
export async function noteHoldMailFailed(deps: MailDeps, tx: Tx, job: Job, failure: string): Promise<void> {
  if (job.messageId === null) return;
  const { messageId } = job;
  const { keyring, clock } = deps.vault;
  const details = { failure, attempt: job.attempt };
  const event = job.kind === 'approval' ? 'approver-unreached' : 'hold-notice-failed';
  // What cannot be opened is given up like all else; the log says that much.
  const payload = unlessBroken(() => failedPayload.parse(openPayload(deps.vault, job)));
  const hold = payload === undefined ? undefined : await loadHold(tx, payload.holdId);
  const card = hold === undefined ? undefined : unlessBroken(() => openHold(keyring, hold));
  if (hold === undefined || payload === undefined || card === undefined) {
    await appendAudit(deps.vault, tx, { event, messageId, details });
    return;
  }
  const rule = hold.rule_id;
  if (job.kind !== 'approval') {
    const about = job.kind === 'unreached' ? 'approver-unreached' : (payload.state ?? '');
    await appendAudit(deps.vault, tx, { event, messageId, details: { ...details, rule, about } });
    return;
  }
  const approver = parseAddress(card.approvers[payload.approver ?? -1] ?? '');
  if (approver === undefined) return;
  await markUnreached(keyring, tx, hold.id, approver, isoNow(clock));
  await enqueue(deps.vault, tx, {
    kind: 'unreached',
    messageId,
    payload: { holdId: hold.id, approver: payload.approver, failure },
  });
  await appendAudit(deps.vault, tx, { event, messageId, details: { ...details, rule, approver } });
}

/** To the sender, or undefined when somebody has answered meanwhile, or they are not of this house. */
export async function writeUnreached(deps: MailDeps, message: MessagesTable, job: Job): Promise<Letter | undefined> {
  const { holdId, approver: n, failure } = unreachedPayload.parse(openPayload(deps.vault, job));
  const hold = await loadHold(deps.db, holdId);
  if (hold?.state !== 'open' || message.destroyed_at !== null) return undefined;
  const { keyring } = deps.vault;
  const { name, approvers } = openHold(keyring, hold);
  const approver = parseAddress(approvers[n] ?? '');
  if (approver === undefined) return undefined;
  const unreached = await listUnreached(keyring, deps.db, hold);
  return writeToSender(deps, openMessage(deps.vault, message), {
    name: 'unreached',
    mailId: ownMailId(hold.id, deps.mailIdHost, `unreached-${n}`),
    subject: (words) => words.say('mail.unreached-subject'),
    model: (words) => ({
      approver,
      anyOther: unreached.length < new Set(approvers).size,
      rule: name,
      sent: words.day(new Date(message.created_at)),
      reason: failureWords(words, failure, domainOf(approver)),
      link: `${deps.publicUrl}/sent/${message.id}`,
    }),
  });
}

/** About a hold and so about a message, and about none of its recipients. */
export function isAboutHold(kind: JobKind): kind is 'approval' | 'held' | 'unreached' {
  return kind === 'approval' || kind === 'held' || kind === 'unreached';
}
