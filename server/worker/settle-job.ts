// Owns settling one job with what came of it: job, recipient and audit in one transaction. A failure's words are stage and
// codes, never the peer's text.

import { SECOND_MS, isoNow } from '../core/clock.ts';
import { idTimeMs } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { Tx } from '../db/engine.ts';
import { failed } from '../mail/outcome.ts';
import type { FailedOutcome, Outcome } from '../mail/outcome.ts';
import { referenceIndex } from '../messages/notice-reference.ts';
import { markFailed, markNotified, noteReference } from '../messages/recipient-progress.store.ts';
import { addNews } from '../people/news.store.ts';
import type { JobKind } from '../outbox/jobs.ts';
import {
  enqueue,
  ensureQueued,
  isLastTry,
  nextTryAt,
  settleDead,
  settleDone,
  settleLater,
  settleRetry,
} from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { settleByPortal, settleDelivered } from './direct.ts';
import type { DirectResult } from './direct.ts';
import type { Subject } from './mail-deps.ts';
import { noteDigestTold } from './news.ts';
import { notePasscode } from './passcode.ts';
import { notePasskeyTold } from './passkey.ts';
import type { LackedNotice } from './resend.ts';
import type { SendReportDeps } from './tls-report.ts';
import { isAboutHold, noteHoldMailFailed } from './unreached.ts';

export interface JobDeps extends SendReportDeps {
  readonly log: Log;
}

/**
 * nothing: there was nothing left to send. broken: the letter could not be written, by a fault of ours. crowded: enough goes
 * to that domain at the moment. found: what a search came upon.
 */
export type Result =
  | Outcome
  | { readonly kind: 'nothing' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'crowded' }
  | DirectResult
  | { readonly kind: 'found'; readonly lacked: readonly LackedNotice[] };

export async function settleJob(
  deps: JobDeps,
  tx: Tx,
  job: Job,
  subject: Subject | undefined,
  outcome: Result,
): Promise<void> {
  const now = isoNow(deps.vault.clock);
  if (outcome.kind === 'crowded' && (await settleLater(deps.vault, tx, job))) return;
  const result = outcome.kind === 'crowded' ? failed('CONNECT') : outcome;
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
  if (result.kind === 'no-way') {
    if (subject === undefined || !(await settleByPortal(deps, tx, job, subject, result.why))) return;
    deps.log.info('mail.to-portal', { job: job.kind, id: job.id, reason: result.why });
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
