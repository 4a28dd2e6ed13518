// Owns the one error that passes between the parts of the courier; send() turns it into an outcome. Besides
// the courier only the command that sends the try-out sample sees it.

import type { SmtpStage } from './outcome.ts';

/** The dialogue ended at a stage, by a reply of the server or, without one, by silence or a lost connection. */
export class StageFailure extends Error {
  readonly stage: SmtpStage;
  /** The server's own words: for reading codes from; never for a row, a log or a mail. */
  readonly reply: string | undefined;

  constructor(stage: SmtpStage, reply?: string) {
    super(`SMTP failed at ${stage}`);
    this.name = 'StageFailure';
    this.stage = stage;
    this.reply = reply;
  }
}
