// Owns what is done with one claimed job: write the letter, hand it over while the job is ours, and have it settled.

import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS, isoNow } from '../core/clock.ts';
import { inTransaction } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { composeDirect, composeStream } from '../mail/compose.ts';
import { Crowded } from '../mail/courier-places.ts';
import type { Outcome } from '../mail/outcome.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { mayGoAsItIs, writeAnswer } from './answer.ts';
import { writeAlert } from './alert.ts';
import { writeApproval, writeHeld } from './approval.ts';
import { writeCertificateEnd } from './certificate.ts';
import { encryptLetter } from './encrypt-letter.ts';
import type { SecuredLetter } from './encrypt-letter.ts';
import { bringMail } from './direct.ts';
import { writeByMail } from './by-mail.ts';
import { writeFailure } from './failure.ts';
import { LeaseLost } from './leases.ts';
import type { Lease } from './leases.ts';
import type { Letter, Subject } from './mail-deps.ts';
import { writeDigest, writeFirstRead } from './news.ts';
import { writeNotice } from './notice.ts';
import { writePasscode } from './passcode.ts';
import { writePasskey } from './passkey.ts';
import { writeDecision, writeRequest } from './request.ts';
import { findLacked } from './resend.ts';
import { sendTlsReport } from './tls-report.ts';
import { settleJob } from './settle-job.ts';
import type { JobDeps, Result } from './settle-job.ts';
import { isAboutHold, writeUnreached } from './unreached.ts';

const SETTLE_AGAIN_MS = SECOND_MS;

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
      return await inTransaction(deps.db, (tx) => settleJob(deps, tx, job, subject, result));
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
    if (error instanceof Crowded) return { kind: 'crowded' };
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
  if (job.kind === 'alert') return post(deps, lease, await writeAlert(deps, job));
  if (job.kind === 'tls-report') {
    return sendTlsReport(deps, job, (to, raw) =>
      handOver(lease, Readable.from([raw], { objectMode: false }), (content) =>
        deps.courier.send({ from: '', to, raw: content, requireVerifiedTls: false }),
      ),
    );
  }
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
    case 'by-mail':
      return post(deps, lease, await writeByMail(deps, message, recipient));
    case 'failure':
      return post(deps, lease, await writeFailure(deps, message, recipient));
    case 'answer':
      return sendAnswer(deps, lease, message, recipient);
    case 'direct':
      return bringMail(deps, subject, {
        byTls: ({ from, to, mail }, { hosts }) =>
          handOver(lease, composeDirect(mail), (raw) =>
            deps.delivery.courier.send(hosts, { from, to, raw, requireVerifiedTls: true }),
          ),
        encrypted: (letter) => carry(deps, lease, letter),
        note: (error) => noteUnencrypted(deps, lease, error),
      });
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
async function encrypted(deps: JobDeps, lease: Lease, letter: Letter): Promise<SecuredLetter | 'failed' | undefined> {
  try {
    return await encryptLetter(deps, letter);
  } catch (error) {
    noteUnencrypted(deps, lease, error);
    return 'failed';
  }
}

function noteUnencrypted({ log }: JobDeps, { job }: Lease, error: unknown): void {
  log.error('smime.failed', { job: job.kind, id: job.id, err: error });
}

async function post(
  deps: JobDeps,
  lease: Lease,
  letter: Letter | SecuredLetter | undefined,
  requireVerifiedTls = false,
): Promise<Result> {
  return letter === undefined ? { kind: 'nothing' } : carry(deps, lease, letter, requireVerifiedTls);
}

function carry(
  deps: JobDeps,
  lease: Lease,
  letter: Letter | SecuredLetter,
  requireVerifiedTls = false,
): Promise<Outcome> {
  const { from, to } = letter;
  const mail = 'raw' in letter ? Readable.from([letter.raw], { objectMode: false }) : composeStream(letter.mail);
  const isUrgent = lease.job.kind === 'passcode';
  return handOver(lease, mail, (raw) => deps.courier.send({ from, to, raw, requireVerifiedTls, isUrgent }));
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

async function loadSubject(deps: JobDeps, job: Job): Promise<Subject | undefined> {
  if (job.messageId === null || job.recipientId === null) return undefined;
  const message = await loadMessage(deps.db, job.messageId);
  const recipient = await loadRecipient(deps.db, job.recipientId);
  return message === undefined || recipient === undefined ? undefined : { message, recipient };
}
