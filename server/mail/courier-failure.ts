// Owns the one error that passes between the parts of the courier; send() turns it into an outcome. Besides
// the courier only the command that sends the try-out sample sees it.

import type { SmtpStage } from './outcome.ts';

/** Why TLS failed, by the names of RFC 8460 section 4.3. */
export type TlsFault =
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure';

/** The dialogue ended at a stage, by a reply of the server or, without one, by silence or a lost connection. */
export class StageFailure extends Error {
  readonly stage: SmtpStage;
  /** The server's own words: for reading codes from; never for a row, a log or a mail. */
  readonly reply: string | undefined;
  /** Where the stage is TLS. */
  readonly tlsFault: TlsFault | undefined;

  constructor(stage: SmtpStage, reply?: string, tlsFault?: TlsFault) {
    super(`SMTP failed at ${stage}`);
    this.name = 'StageFailure';
    this.stage = stage;
    this.reply = reply;
    this.tlsFault = stage === 'TLS' ? (tlsFault ?? 'validation-failure') : undefined;
  }
}

/** By OpenSSL's words, which stay as they are: ours are the numbers and names of protocols. */
export function tlsFaultOf(error: Error): TlsFault {
  const { message } = error;
  if (/altnames/i.test(message)) return 'certificate-host-mismatch';
  if (/expired/i.test(message)) return 'certificate-expired';
  return /self[- ]signed|unable to (?:get|verify)/i.test(message) ? 'certificate-not-trusted' : 'validation-failure';
}
