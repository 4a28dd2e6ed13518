// Owns writing that a mail was given up so that programs can read it (RFC 3464): the fields of message/delivery-status. Pure. Whatever
// another server said comes out as plain characters within one field; what cannot stand in one is left out.

import type { Address } from '../core/address.ts';
import { isDomain } from '../core/address.ts';

export interface GivenUp {
  /** The name under which mail leaves here. */
  readonly reportingHost: string;
  /** When the mail was handed in. */
  readonly arrivedAt: Date;
  readonly recipient: Address;
  readonly status: FailedStatus;
  /** What was answered, numbers first, or undefined when nobody answered. */
  readonly answer?: string | undefined;
  /** Who answered. */
  readonly remoteHost?: string | undefined;
}

/**
 * RFC 3463 section 2: class 5, or 4 where what may pass did not pass in time. Class 2 is success, and stands by no failure.
 */
export type FailedStatus = `${4 | 5}.${number}.${number}`;

/** The fields, lines ending in CRLF: those of the report, an empty line, and those of the recipient. */
export function writeDeliveryStatus({
  reportingHost,
  arrivedAt,
  recipient,
  status,
  answer,
  remoteHost,
}: GivenUp): string {
  if (!isDomain(reportingHost)) throw new Error('Reporting-MTA is not a domain');
  const words = answer === undefined ? '' : plainWords(answer);
  const ofReport = [`Reporting-MTA: dns; ${reportingHost}`, `Arrival-Date: ${mailDate(arrivedAt)}`];
  const ofRecipient = [
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    `Status: ${status}`,
    ...(remoteHost !== undefined && isDomain(remoteHost) ? [`Remote-MTA: dns; ${remoteHost}`] : []),
    ...(words === '' ? [] : [folded(`Diagnostic-Code: smtp; ${words}`)]),
  ];
  return [...ofReport, '', ...ofRecipient, ''].join('\r\n');
}

/** One line of printable ASCII, no longer than anybody reads. */
function plainWords(answer: string): string {
  const plain = answer.slice(0, 4 * WORDS_CHARACTERS_MAX).replace(/[^!-~]+/g, ' ');
  return plain.trim().slice(0, WORDS_CHARACTERS_MAX).trimEnd();
}

/** RFC 5322 section 2.2.3: broken at blanks, and within what has none. */
function folded(field: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of field.split(' ')) {
    for (const piece of word.match(PIECES) ?? []) {
      if (line !== '' && line.length + 1 + piece.length > LINE_CHARACTERS_MAX) {
        lines.push(line);
        line = '';
      }
      line = line === '' && lines.length === 0 ? piece : `${line} ${piece}`;
    }
  }
  return [...lines, line].join('\r\n');
}

/** RFC 5322 section 3.3. */
function mailDate(date: Date): string {
  return date.toUTCString().replace(/GMT$/, '+0000');
}

const WORDS_CHARACTERS_MAX = 500;
const LINE_CHARACTERS_MAX = 76;
const PIECES = /.{1,70}/g;
