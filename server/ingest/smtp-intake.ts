// Owns the way of one mail from its first byte to its one answer. It must never answer before the last byte is
// off the wire, nor say 250 unless `onMail` has both read the mail to its end and made it durable.

import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { answers, answerTo, type SmtpAnswer } from './smtp-answers.ts';
import { type IncomingContent, MailCutOff } from './smtp-content.ts';

export interface SubmittedMail {
  /** `from`: '' for the null sender. */
  readonly envelope: { readonly from: Address | ''; readonly to: readonly Address[] };
  readonly peer: {
    readonly ip: string;
    readonly user?: string;
    /** Whose certificate it showed. */
    readonly identity?: string;
    readonly tls: boolean;
  };
  /**
   * The mail, dots unstuffed, every line ending with CR LF. Ends only after the final dot; throws
   * AppError('mail/too-large') past the limit, and MailCutOff when the peer goes away.
   */
  readonly content: AsyncIterable<Buffer>;
}

export interface IntakeOptions {
  /** Takes the mail in, to its last byte, and resolves when it is durable. What it throws is answered by smtp-answers.ts. */
  readonly onMail: (mail: SubmittedMail) => Promise<{ id: string }>;
  readonly log: SmtpLog;
}

export type SmtpLog = Pick<Log, 'info' | 'error'>;

export type IntakeOutcome =
  | { readonly kind: 'taken' | 'refused'; readonly answer: SmtpAnswer }
  /** The peer sends and sends: better say why and close than read on. */
  | { readonly kind: 'flooded'; readonly answer: SmtpAnswer }
  /** Nobody is left to be answered. */
  | { readonly kind: 'cut-off' };

/** Never throws: every end of a mail is one of the outcomes. */
export async function takeIn(
  content: IncomingContent,
  about: Omit<SubmittedMail, 'content'>,
  { onMail, log }: IntakeOptions,
): Promise<IntakeOutcome> {
  const host = about.peer.ip;
  let outcome: IntakeOutcome;
  try {
    const { id } = await onMail({ ...about, content: content.read() });
    // In a pair with onMail's own promise: 250 for a mail that was not read to its end would lose the rest.
    if (!content.wholeWasRead) throw new Error('a mail was taken in without being read to its end');
    outcome = { kind: 'taken', answer: { code: 250, enhanced: '2.0.0', text: id } };
  } catch (error) {
    logRefusal(error, host, log);
    outcome = { kind: 'refused', answer: answerTo(error) };
  }
  try {
    if (await content.drain()) return outcome;
    log.info('smtp.flooded', { host });
    return { kind: 'flooded', answer: answers.tooLarge };
  } catch (error) {
    if (!(error instanceof MailCutOff)) log.error('smtp.drain-failed', { err: error, host });
    return { kind: 'cut-off' };
  }
}

function logRefusal(error: unknown, host: string, log: SmtpLog): void {
  if (error instanceof MailCutOff) log.info('smtp.mail-cut-off', { host });
  else if (error instanceof AppError) log.info('smtp.mail-refused', { err: error, host });
  else log.error('smtp.mail-failed', { err: error, host });
}
