// Owns what is done with one claimed job: write the letter, hand it over while the job is ours, and settle job,
// recipient and audit in one transaction. A failure's words are stage and codes, never the peer's text.

import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS, isoNow } from '../core/clock.ts';
import { idTimeMs } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { composeDirect, composeStream } from '../mail/compose.ts';
import type { FailedOutcome, Outcome } from '../mail/outcome.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { referenceIndex } from '../messages/notice-reference.ts';
import { loadRecipient, markFailed, markNotified, noteReference } from '../messages/recipients.store.ts';
import { addNews } from '../people/news.store.ts';
import type { JobKind } from '../outbox/jobs.ts';
import {
  enqueue,
  ensureQueued,
  isLastTry,
  nextTryAt,
  settleDead,
  settleDone,
  settleRetry,
} from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { mayGoAsItIs, writeAnswer } from './answer.ts';
import { writeApproval, writeHeld } from './approval.ts';
import { writeCertificateEnd } from './certificate.ts';
import { encryptLetter } from './encrypt-letter.ts';
import type { SecuredLetter } from './encrypt-letter.ts';
import { bringMail, settleByPortal, settleDelivered } from './direct.ts';
import type { DirectResult } from './direct.ts';
import { writeFailure } from './failure.ts';
import { LeaseLost } from './leases.ts';
import type { Lease } from './leases.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { noteDigestTold, writeDigest, writeFirstRead } from './news.ts';
import { writeNotice } from './notice.ts';
import { notePasscode, writePasscode } from './passcode.ts';
import { notePasskeyTold, writePasskey } from './passkey.ts';
import { writeDecision, writeRequest } from './request.ts';
import { findLacked } from './resend.ts';
import type { LackedNotice } from './resend.ts';
import { noteHoldMailFailed, writeUnreached } from './unreached.ts';

export interface JobDeps extends MailDeps {
  readonly log: Log;
}

/**
 * nothing: there was nothing left to send. broken: the letter could not be written, by a fault of ours. found: what a
 * search came upon.
 */
type Result =
  | Outcome
  | { readonly kind: 'nothing' }
  | { readonly kind: 'broken' }
  | DirectResult
  | { readonly kind: 'found'; readonly lacked: readonly LackedNotice[] };

const SETTLE_AGAIN_MS = SECOND_MS;

interface Subject {
  readonly message: MessagesTable;
  readonly recipient: RecipientsTable;
}

/** Does the job and settles it, or leaves it alone when it is another's by now. */
export async function runJob(deps: JobDeps, lease: Lease, stopping: AbortSignal): Promise<void> {
  const { job } = lease;
  const subject = await loadSubject(deps, job);
  const result = await attempt(deps, lease, subject);
  if (result === 'lost') {
    deps.log.warn('lease.lost', { job: job.kind, id: job.id, attempts: job.attempt });
    return;
  }
  for (;;) {
    try {
      return await inTransaction(deps.db, (tx) => settle(deps, tx, job, subject, result));
    } catch (error) {
      // A mail that left is settled however long the database's weather lasts: given up, it would leave again.
      if ((result.kind !== 'sent' && result.kind !== 'delivered') || stopping.aborted) throw error;
      deps.log.warn('job.settle-failed', { job: job.kind, id: job.id, err: error });
      await sleep(SETTLE_AGAIN_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

async function attempt(deps: JobDeps, lease: Lease, subject: Subject | undefined): Promise<Result | 'lost'> {
  const { job } = lease;
  // A code that has run out helps nobody.
  if (job.kind === 'passcode' && isoNow(deps.vault.clock) > job.giveUpAt) return { kind: 'nothing' };
  try {
    return await send(deps, lease, subject);
  } catch (error) {
    if (error instanceof LeaseLost) return 'lost';
    // It waits for a mended program rather than get lost.
    deps.log.error('job.failed', { job: job.kind, id: job.id, err: error });
    return { kind: 'broken' };
  }
}

async function send(deps: JobDeps, lease: Lease, subject: Subject | undefined): Promise<Result> {
  const { job } = lease;
  if (job.kind === 'passcode') return post(deps, lease, await writePasscode(deps, job));
  if (job.kind === 'passkey') return post(deps, lease, await writePasskey(deps, job));
  if (job.kind === 'certificate') return post(deps, lease, await writeCertificateEnd(deps, job));
  if (job.kind === 'digest') return post(deps, lease, await writeDigest(deps, job));
  if (job.kind === 'resend') return { kind: 'found', lacked: await findLacked(deps, job) };
  if (isAboutHold(job.kind)) return post(deps, lease, await writeAboutHold(deps, job));
  if (subject === undefined) return { kind: 'nothing' };
  const { message, recipient } = subject;
  switch (job.kind) {
    case 'notice':
      return post(deps, lease, await writeNotice(deps, message, recipient));
    case 'reminder':
      return post(deps, lease, await writeNotice(deps, message, recipient, 'reminder'));
    case 'request':
      return post(deps, lease, await writeRequest(deps, message, recipient, job));
    case 'decision':
      return post(deps, lease, await writeDecision(deps, message, recipient, job));
    case 'first-read':
      return post(deps, lease, await writeFirstRead(deps, message, recipient, job));
    case 'failure':
      return post(deps, lease, await writeFailure(deps, message, recipient));
    case 'answer':
      return sendAnswer(deps, lease, message, recipient);
    case 'direct':
      return bringMail(deps, subject, ({ from, to, mail }, carry, { hosts }) =>
        handOver(lease, composeDirect(mail), (raw) => carry(hosts, { from, to, raw, requireVerifiedTls: true })),
      );
    case 'webhook':
      throw new Error('no mail: webhook.ts sends it');
  }
}

// It is about a message, and about none of its recipients.
async function writeAboutHold(deps: JobDeps, job: Job): Promise<Letter | undefined> {
  const message = job.messageId === null ? undefined : await loadMessage(deps.db, job.messageId);
  if (message === undefined) return undefined;
  if (job.kind === 'approval') return writeApproval(deps, message, job);
  return job.kind === 'held' ? writeHeld(deps, message, job) : writeUnreached(deps, message, job);
}

async function sendAnswer(
  deps: JobDeps,
  lease: Lease,
  message: MessagesTable,
  recipient: RecipientsTable,
): Promise<Result> {
  const write = (): Promise<Letter | undefined> => writeAnswer(deps, message, recipient);
  let letter = await write();
  const secured = letter === undefined ? undefined : await encrypted(deps, lease, letter);
  if (typeof secured === 'object') return post(deps, lease, secured);
  // Its attachments are read once.
  if (secured === 'failed') letter = await write();
  if (letter !== undefined && (await mayGoAsItIs(deps, letter))) {
    const outcome = await post(deps, lease, letter, true);
    if (outcome.kind !== 'failed' || outcome.unverified !== true) return outcome;
  }
  return post(deps, lease, await writeNotice(deps, message, recipient));
}

/** What cannot be encrypted travels on the next road, which is as safe. */
async function encrypted(deps: JobDeps, { job }: Lease, letter: Letter): Promise<SecuredLetter | 'failed' | undefined> {
  try {
    return await encryptLetter(deps, letter);
  } catch (error) {
    deps.log.error('smime.failed', { job: job.kind, id: job.id, err: error });
    return 'failed';
  }
}

async function post(
  deps: JobDeps,
  lease: Lease,
  letter: Letter | SecuredLetter | undefined,
  requireVerifiedTls = false,
): Promise<Result> {
  if (letter === undefined) return { kind: 'nothing' };
  const { from, to } = letter;
  const mail = 'raw' in letter ? Readable.from([letter.raw], { objectMode: false }) : composeStream(letter.mail);
  return handOver(lease, mail, (raw) => deps.courier.send({ from, to, raw, requireVerifiedTls }));
}

async function handOver<Handed>(
  lease: Lease,
  mail: Readable,
  send: (raw: Readable) => Promise<Handed>,
): Promise<Handed> {
  try {
    return await send(Readable.from(whileHeld(lease, mail), { objectMode: false }));
  } finally {
    mail.destroy();
  }
}

/**
 * The mail's bytes while the job is ours, asked before the first and after the last, when only the dot is missing: a
 * process that was stopped on the way breaks off, and the relay discards what it has.
 */
async function* whileHeld(lease: Lease, mail: Readable): AsyncGenerator<Buffer> {
  await lease.check();
  yield* mail;
  await lease.check();
}

async function settle(deps: JobDeps, tx: Tx, job: Job, subject: Subject | undefined, result: Result): Promise<void> {
  const now = isoNow(deps.vault.clock);
  if (result.kind === 'nothing') {
    await settleDone(tx, job);
    return;
  }
  if (result.kind === 'found') {
    if (!(await settleDone(tx, job))) return;
    for (const notice of result.lacked) await ensureQueued(deps.vault, tx, { kind: 'notice', ...notice });
    return;
  }
  if (result.kind === 'delivered') {
    if (subject === undefined || !(await settleDelivered(deps, tx, job, subject, result.record))) return;
    deps.log.info('mail.sent', { job: job.kind, id: job.id, attempts: job.attempt });
    return;
  }
  if (result.kind === 'sent') {
    // Another worker holds the job by now; it will tell.
    if (!(await settleDone(tx, job))) return;
    deps.log.info('mail.sent', { job: job.kind, id: job.id, attempts: job.attempt });
    if (job.kind === 'passcode') {
      const host = deps.relayHost === undefined ? {} : { host: deps.relayHost };
      await notePasscode(deps, tx, job, { state: 'sent', at: now, ...host });
    }
    if (job.kind === 'digest') await noteDigestTold(deps, tx, job);
    if (job.kind === 'passkey') await notePasskeyTold(deps, tx, job, result.response);
    if (subject === undefined || !tellsReader(job)) return;
    await noteReference(tx, subject.recipient.id, referenceIndex(deps.vault.keyring, subject.recipient.id));
    if (isAnnouncement(job)) await markNotified(tx, subject.recipient.id, now);
    await audit(deps, tx, job, subject, {
      response: result.response,
      tls: result.tls,
      afterSeconds: String(secondsSince(deps, job)),
    });
    return;
  }
  const failure = failureCodes(result);
  deps.log.warn('mail.failed', { job: job.kind, id: job.id, attempts: job.attempt, reason: failure });
  const isFinal = 'isFinal' in result && result.isFinal;
  const permanent = isFinal || (result.kind === 'failed' && result.permanent && isAboutRecipient(result, job));
  if (!permanent && !isLastTry(deps.vault, job)) {
    const nextAt = nextTryAt(deps.vault, job);
    if (!(await settleRetry(deps.vault, tx, job, failure))) return;
    if (job.kind === 'passcode') await notePasscode(deps, tx, job, { state: 'delayed', at: now, failure, nextAt });
    return;
  }
  if (job.kind === 'direct' && subject !== undefined) {
    await settleByPortal(deps, tx, job, subject, failure);
    return;
  }
  if (!(await settleDead(tx, job, failure))) return;
  if (job.kind === 'passcode') await notePasscode(deps, tx, job, { state: 'refused', at: now, failure });
  if (isAboutHold(job.kind)) await noteHoldMailFailed(deps, tx, job, failure);
  if (subject === undefined || !isAnnouncement(job)) return;
  await markFailed(tx, subject.recipient.id, now, failure);
  await audit(deps, tx, job, subject, { failure });
  // An answer that does not reach its sender's mailbox still waits under /sent; its author, outside, gets no
  // mail about the organisation's own server.
  if (job.kind === 'notice') {
    const { id: messageId, sender_index: addressIndex } = subject.message;
    await addNews(deps.vault, tx, { addressIndex, messageId, kind: 'failed' });
    await enqueue(deps.vault, tx, {
      kind: 'failure',
      messageId: subject.message.id,
      recipientId: subject.recipient.id,
    });
  }
}

/** Since it was promised. */
function secondsSince({ vault }: JobDeps, { id }: Job): number {
  return Math.max(0, Math.round((vault.clock.nowMs() - idTimeMs(id)) / SECOND_MS));
}

/** What the reader's row tells of: whether they were told at all. */
function isAnnouncement({ kind }: Job): boolean {
  return kind === 'notice' || kind === 'answer';
}

function isAboutHold(kind: JobKind): kind is 'approval' | 'held' | 'unreached' {
  return kind === 'approval' || kind === 'held' || kind === 'unreached';
}

function tellsReader(job: Job): boolean {
  return isAnnouncement(job) || job.kind === 'reminder' || job.kind === 'decision';
}

// Refusing MAIL is about us, whatever the recipient; and the mail that tells a sender of a failure is the last
// word on it, so it is tried as long as there is time.
function isAboutRecipient(result: FailedOutcome, job: Job): boolean {
  return result.stage !== 'MAIL' && job.kind !== 'failure' && job.kind !== 'unreached';
}

/** Stage and codes, "RCPT 550 5.1.1"; "WRITE" for a letter that never was. */
function failureCodes(result: FailedOutcome | { readonly kind: 'broken' }): string {
  if (result.kind === 'broken') return 'WRITE';
  return [result.stage, result.code, result.enhanced].filter((part) => part !== undefined).join(' ');
}

const sentEvents: Partial<Record<JobKind, AuditEvent>> = {
  answer: 'answer-sent',
  reminder: 'reminder-sent',
  decision: 'decision-sent',
};

async function audit(
  deps: JobDeps,
  tx: Tx,
  job: Job,
  subject: Subject,
  details: Record<string, string>,
): Promise<void> {
  await appendAudit(deps.vault, tx, {
    event: 'failure' in details ? 'notice-failed' : (sentEvents[job.kind] ?? 'notice-sent'),
    messageId: subject.message.id,
    recipientId: subject.recipient.id,
    details: { ...details, attempt: job.attempt },
  });
}

async function loadSubject(deps: JobDeps, job: Job): Promise<Subject | undefined> {
  if (job.messageId === null || job.recipientId === null) return undefined;
  const message = await loadMessage(deps.db, job.messageId);
  const recipient = await loadRecipient(deps.db, job.recipientId);
  return message === undefined || recipient === undefined ? undefined : { message, recipient };
}
