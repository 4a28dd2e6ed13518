// Owns one entry of the audit log as a message of syslog (RFC 5424), framed for a stream (RFC 6587 section 3.4.1, as RFC 5425
// demands it): its length in bytes first, so that nothing in it can begin another.

import type { ReadEntry } from '../audit/audit-entry.ts';

// RFC 5424 section 6.2.1.
const LOG_AUDIT = 13;
const WARNING = 4;
const INFORMATIONAL = 6;
const WORTH_A_LOOK = /refused|failed|broken|back-in-time|loss/;
const MSGID_CHARACTERS_MAX = 32;

export function syslogFrame(entry: ReadEntry, host: string): Buffer {
  const priority = LOG_AUDIT * 8 + (WORTH_A_LOOK.test(entry.event) ? WARNING : INFORMATIONAL);
  const event = printable(entry.event).slice(0, MSGID_CHARACTERS_MAX) || '-';
  // The mark says that UTF-8 follows (section 6.4). JSON has no line end of its own.
  const message = `<${priority}>1 ${entry.at} ${printable(host) || '-'} sealpost - ${event} - \uFEFF${JSON.stringify(entry)}`;
  const bytes = Buffer.from(message, 'utf8');
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/** PRINTUSASCII: what the fields of the head may hold. */
function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '');
}
