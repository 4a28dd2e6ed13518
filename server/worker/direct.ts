// Owns bringing a mail itself to its recipient's own servers: only over a connection that evidence vouches for, tried again for a
// while, and then by the portal. It never goes any other way.

import { domainOf, parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Tx } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { Plan } from '../delivery/plan.ts';
import type { DirectOutcome } from '../mail/courier-direct.ts';
import { unverified } from '../mail/outcome.ts';
import type { FailedOutcome } from '../mail/outcome.ts';
import type { DeliveryRecord } from '../messages/message.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { leadToPortal, markDelivered } from '../messages/recipient-progress.store.ts';
import { sealDelivery } from '../messages/seal.ts';
import { enqueue, settleDead, settleDone } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { writeDirect } from './direct-letter.ts';
import type { Letter, MailDeps, Subject } from './mail-deps.ts';

export type DirectResult =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'delivered'; readonly record: DeliveryRecord & { readonly road: 'tls' } }
  /** `isFinal`: trying again cannot help. */
  | (FailedOutcome & { readonly isFinal: boolean });

/** `post` hands a letter over, while the job is ours. */
export async function bringMail(
  deps: MailDeps,
  { message, recipient }: Subject,
  post: (
    letter: Letter,
    send: typeof deps.delivery.courier.send,
    plan: Plan & { kind: 'route' },
  ) => Promise<DirectOutcome>,
): Promise<DirectResult> {
  const now = isoNow(deps.vault.clock);
  if (recipient.road !== 'direct' || readability(message, recipient, now) !== 'readable') return { kind: 'nothing' };
  const open = openMessage(deps.vault, message);
  const { address, bypass } = openRecipient(open, recipient);
  const to = parseAddress(address);
  if (to === undefined) throw new Error('a recipient has no address');
  const domain = domainOf(to);
  const plan = await (bypass === undefined ? deps.delivery.route(domain) : deps.delivery.bypass(domain, bypass));
  if (plan.kind === 'delay') return { ...unverified(), isFinal: false };
  if (plan.kind === 'nowhere') return { ...unverified(), isFinal: true };
  if (!plan.isEvident) return { ...unverified(), isFinal: !plan.mayFollow };
  const letter = await writeDirect(deps, open, recipient, to);
  const { outcome, via } = await post(letter, deps.delivery.courier.send, plan);
  if (outcome.kind === 'failed') return { ...outcome, isFinal: outcome.permanent };
  const evidence = plan.hosts.find(({ host, demand }) => demand !== undefined && host === via?.host)?.evidence;
  // What left did so over a connection that proved itself: anything else would be a fault of ours.
  if (via === undefined || evidence === undefined || outcome.tls !== 'verified') {
    throw new Error('a mail left directly, and nothing says by what evidence');
  }
  const { response } = outcome;
  return {
    kind: 'delivered',
    record: { road: 'tls', at: isoNow(deps.vault.clock), evidence, response, ...via },
  };
}

/** In the transaction that settles the job. @returns whether it was still ours. */
export async function settleDelivered(
  deps: MailDeps,
  tx: Tx,
  job: Job,
  { message, recipient }: Subject,
  record: DeliveryRecord & { readonly road: 'tls' },
): Promise<boolean> {
  if (!(await settleDone(tx, job))) return false;
  await markDelivered(tx, recipient.id, record.at, sealed(deps, message, recipient, record));
  const { evidence, protocol, cipher, response } = record;
  await appendAudit(deps.vault, tx, {
    event: 'mail-delivered',
    messageId: message.id,
    recipientId: recipient.id,
    details: { evidence, protocol, cipher, response, attempt: job.attempt },
  });
  return true;
}

/** From here on the portal: nothing of the mail left, and a notice does. @returns whether the job was still ours. */
export async function settleByPortal(
  deps: MailDeps,
  tx: Tx,
  job: Job,
  { message, recipient }: Subject,
  failure: string,
): Promise<boolean> {
  if (!(await settleDead(tx, job, failure))) return false;
  const record: DeliveryRecord = { road: 'portal', at: isoNow(deps.vault.clock), why: failure };
  if (!(await leadToPortal(tx, recipient.id, sealed(deps, message, recipient, record)))) return true;
  await enqueue(deps.vault, tx, { kind: 'notice', messageId: message.id, recipientId: recipient.id });
  await appendAudit(deps.vault, tx, {
    event: 'mail-to-portal',
    messageId: message.id,
    recipientId: recipient.id,
    details: { failure, attempt: job.attempt },
  });
  return true;
}

function sealed(deps: MailDeps, message: MessagesTable, recipient: RecipientsTable, record: DeliveryRecord): Buffer {
  return sealDelivery(openMessage(deps.vault, message).dataKey, message.id, recipient.id, record);
}
