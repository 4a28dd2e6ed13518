// Owns the answer to "where in the SMTP dialogue are we?" when a connection is lost: nodemailer says only
// that it was lost. It listens to nodemailer's log of commands and replies and keeps no word of them.

import type { SmtpStage } from './outcome.ts';

export class Transcript {
  #unanswered: SmtpStage[] = ['GREETING'];
  #answered: SmtpStage = 'GREETING';
  #contentEnded = false;

  /** The step that is under way: the oldest command without an answer, else the one answered last. */
  get stage(): SmtpStage {
    return this.#unanswered[0] ?? this.#answered;
  }

  /** The step that the last reply belonged to. */
  get answered(): SmtpStage {
    return this.#answered;
  }

  /** True from the dot that ends the content on. */
  get contentEnded(): boolean {
    return this.#contentEnded;
  }

  startMail(): void {
    this.#contentEnded = false;
  }

  /** The part of a logger that nodemailer calls, `whenContentEnds` run as the final dot is written. */
  logger(whenContentEnds: () => void): Record<'debug' | 'info', (entry: LogEntry, line?: unknown) => void> {
    const listen = (entry: LogEntry, line: unknown): void => {
      if (entry.tnx === 'client') this.#sent(String(line));
      if (entry.tnx === 'server') this.#received();
      if (entry.tnx === 'message') {
        this.#contentEnded = true;
        this.#unanswered.push('END');
        whenContentEnds();
      }
    };
    return { debug: listen, info: listen };
  }

  #sent(line: string): void {
    // What follows AUTH is a user name or a password in base64, which can look like any command.
    const verb = /^(?:EHLO|HELO|STARTTLS|AUTH|MAIL FROM|RCPT TO|DATA|RSET|QUIT)\b/.exec(line)?.[0];
    this.#unanswered.push((verb === undefined ? undefined : STAGES[verb]) ?? this.#answered);
  }

  #received(): void {
    this.#answered = this.#unanswered.shift() ?? this.#answered;
  }
}

interface LogEntry {
  readonly tnx?: unknown;
}

// RSET and QUIT stand between mails, where a session is as it was after EHLO.
const STAGES: Readonly<Record<string, SmtpStage>> = {
  EHLO: 'EHLO',
  HELO: 'EHLO',
  STARTTLS: 'TLS',
  AUTH: 'AUTH',
  'MAIL FROM': 'MAIL',
  'RCPT TO': 'RCPT',
  DATA: 'DATA',
  RSET: 'EHLO',
  QUIT: 'EHLO',
};
