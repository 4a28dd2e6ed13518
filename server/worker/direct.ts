// Owns bringing a mail itself to its recipient: encrypted to their certificate, or to their own servers over a connection that evidence
// vouches for, as its road allows; tried again for a while, and then by the portal. It never goes any other way.

import { domainOf, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Tx } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { Plan } from '../delivery/plan.ts';
import type { DirectOutcome } from '../mail/courier-direct.ts';
import { unverified } from '../mail/outcome.ts';
import type { FailedOutcome, Outcome } from '../mail/outcome.ts';
import type { DeliveryRecord, RecipientCard } from '../messages/message.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { leadToPortal, markDelivered } from '../messages/recipient-progress.store.ts';
import { sealDelivery } from '../messages/seal.ts';
import { enqueue, settleDead, settleDone } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { bringEncrypted } from './direct-encrypted.ts';
import type { NoWay } from './direct-encrypted.ts';
import { writeDirect } from './direct-letter.ts';
import type { SecuredLetter } from './encrypt-letter.ts';
import type { Letter, MailDeps, Subject } from './mail-deps.ts';

/** How the mail itself went there. */
export type Delivered = Exclude<DeliveryRecord, { readonly road: 'portal' }>;

export type DirectResult =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'delivered'; readonly record: Delivered }
  /** Every way that it may go is closed for good. */
  | { readonly kind: 'no-way'; readonly why: NoWay }
  /** `isFinal`: trying again cannot help. */
  | (FailedOutcome & { readonly isFinal: boolean });

/** Hand a letter over, while the job is ours. */
export interface Carriers {
  readonly byTls: (letter: Letter, plan: Plan & { kind: 'route' }) => Promise<DirectOutcome>;
  readonly encrypted: (letter: SecuredLetter) => Promise<Outcome>;
  /** What kept a mail from being encrypted, by a fault of ours. */
  readonly note: (error: unknown) => void;
}

/** By the first of its ways that is open. */
export async function bringMail(
  deps: MailDeps,
  { message, recipient }: Subject,
  carriers: Carriers,
): Promise<DirectResult> {
  const now = isoNow(deps.vault.clock);
  if (recipient.road !== 'direct' || readability(message, recipient, now) !== 'readable') return { kind: 'nothing' };
  const open = openMessage(deps.vault, message);
  const { address, bypass, rungs = ['tls'] } = openRecipient(open, recipient);
  const to = parseAddress(address);
  if (to === undefined) throw new Error('a recipient has no address');
  let result: DirectResult = { kind: 'nothing' };
  for (const rung of rungs) {
    result =
      rung === 'smime'
        ? await bringEncrypted(deps, await writeDirect(deps, open, recipient, to), carriers)
        : await bringByTls(deps, () => writeDirect(deps, open, recipient, to), { to, bypass }, carriers);
    if (result.kind !== 'no-way') return result;
  }
  return result;
}

async function bringByTls(
  deps: MailDeps,
  write: () => Promise<Letter>,
  { to, bypass }: { readonly to: Address; readonly bypass: RecipientCard['bypass'] },
  { byTls }: Carriers,
): Promise<DirectResult> {
  const domain = domainOf(to);
  const plan = await (bypass === undefined ? deps.delivery.route(domain) : deps.delivery.bypass(domain, bypass));
  if (plan.kind === 'delay') return { ...unverified(), isFinal: false };
  if (plan.kind === 'nowhere') return { ...unverified(), isFinal: true };
  if (!plan.isEvident) return { ...unverified(), isFinal: !plan.mayFollow };
  const { outcome, via } = await byTls(await write(), plan);
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
  record: Delivered,
): Promise<boolean> {
  if (!(await settleDone(tx, job))) return false;
  await markDelivered(tx, recipient.id, record.at, sealed(deps, message, recipient, record));
  await appendAudit(deps.vault, tx, {
    event: 'mail-delivered',
    messageId: message.id,
    recipientId: recipient.id,
    details: { ...evidenceDetails(record), response: record.response, attempt: job.attempt },
  });
  return true;
}

function evidenceDetails(record: Delivered): Record<string, string> {
  if (record.road === 'tls') {
    const { evidence, protocol, cipher } = record;
    return { evidence, protocol, cipher };
  }
  const { certificate, algorithms, isSigned } = record;
  const { fingerprint, issuer, notAfter } = certificate;
  return { evidence: 'smime', fingerprint, issuer, until: notAfter, algorithms, signed: isSigned ? 'yes' : 'no' };
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
