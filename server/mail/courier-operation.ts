// Owns one operation of nodemailer's SMTPConnection: its callback made a promise, and its failure given the stage at which it came.

import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { StageFailure, tlsFaultOf } from './courier-failure.ts';
import type { Transcript } from './courier-transcript.ts';
import { isPermanent, replyCodes } from './outcome.ts';
import type { RefusedRecipient, SmtpStage } from './outcome.ts';

export type Done<Result> = (error?: SMTPConnection.SMTPError | null, result?: Result) => void;

export interface Operating {
  readonly connection: SMTPConnection;
  readonly transcript: Transcript;
  /** Ends the connection as it is. */
  readonly close: () => void;
}

/** @throws StageFailure, or another error when the content could not be read. */
export function operate<Result>(
  { connection, transcript, close }: Operating,
  signal: AbortSignal,
  start: (done: Done<Result>) => void,
): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      connection.off('error', onError).off('end', onEnd);
      finish();
    };
    const onError = (error: SMTPConnection.SMTPError): void => settle(() => reject(failureOf(error, transcript)));
    // A 421 ends the connection first and fails the mail afterwards: its own error shall come first.
    const onEnd = (): void => void setImmediate(() => settle(() => reject(new StageFailure(transcript.stage))));
    const onAbort = (): void => {
      const failure = new StageFailure(transcript.stage);
      settle(() => reject(failure));
      close();
    };
    signal.addEventListener('abort', onAbort);
    connection.once('error', onError).once('end', onEnd);
    if (signal.aborted || connection.destroyed) return onAbort();
    start((error, result) => (error ? onError(error) : settle(() => resolve(result))));
  });
}

function failureOf(error: SMTPConnection.SMTPError, transcript: Transcript): Error {
  if (error.code === 'ESTREAM') return error;
  // An answer to STARTTLS itself; a handshake has none.
  if (error.response !== undefined)
    return new StageFailure(stageOf(error, transcript), error.response, 'starttls-not-supported');
  // The server announced a smaller SIZE, so nodemailer did not even ask (RFC 1870 section 6.1).
  if (error.code === 'EMESSAGE' && error.command === 'MAIL FROM') return new StageFailure('MAIL', '552 5.3.4');
  return new StageFailure(transcript.stage, undefined, tlsFaultOf(error));
}

/** Whom the server refused, of those the mail was for. */
export function refusals(to: readonly string[], info: SMTPConnection.SentMessageInfo): RefusedRecipient[] {
  return (info.rejectedErrors ?? []).map(({ recipient = '', response = '' }) => {
    const codes = replyCodes(response);
    return { n: to.indexOf(recipient), permanent: isPermanent('RCPT', codes.code), ...codes };
  });
}

/** With several commands under way nodemailer reports a refusal late, but names its command. */
function stageOf({ command = '', code }: SMTPConnection.SMTPError, { answered }: Transcript): SmtpStage {
  if (command === 'DATA' && code === 'EMESSAGE') return 'END';
  if (command.startsWith('AUTH')) return 'AUTH';
  return COMMANDS[command] ?? answered;
}

const COMMANDS: Readonly<Record<string, SmtpStage>> = {
  EHLO: 'EHLO',
  HELO: 'EHLO',
  STARTTLS: 'TLS',
  'MAIL FROM': 'MAIL',
  'RCPT TO': 'RCPT',
  DATA: 'DATA',
};
