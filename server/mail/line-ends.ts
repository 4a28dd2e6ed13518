// Owns the line ends of a raw mail that came as a file. Many programs keep mails with the line ends of their
// system; here every one of them becomes CR LF (RFC 5322 section 2.3), as on the wire, so that the same mail is known
// again by whichever road it comes. Over SMTP nothing is repaired (ingest/line-endings.ts): there a second mail could
// hide behind the first; here the file says where the mail ends.

import { AppError } from '../core/errors.ts';

const LF = 0x0a;
const CR = 0x0d;
const BARE_LF = /(?<!\r)\n/g;
const BARE_CR = /\r(?!\n|$)/;

/** Throws mail/unreadable for a CR without its LF, which is a line end to some readers and none to others. */
export async function* withCrLf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let afterCr = false;
  for await (const chunk of source) {
    if (chunk.length === 0) continue;
    if (afterCr && chunk[0] !== LF) throw bareCr();
    const text = chunk.toString('latin1');
    if (BARE_CR.test(text)) throw bareCr();
    // A LF that stands first in its chunk has its CR in the one before, or none.
    const rest = afterCr ? text.slice(1) : text;
    const whole = rest.replace(BARE_LF, '\r\n');
    yield whole === rest ? chunk : Buffer.from(afterCr ? `\n${whole}` : whole, 'latin1');
    afterCr = chunk.at(-1) === CR;
  }
  if (afterCr) throw bareCr();
}

function bareCr(): AppError {
  return new AppError('mail/unreadable', 'The mail cannot be read: a line of it ends with CR alone.');
}
