// Owns telling by the header of a mail to our own address what it is: a report of a mail server, one about TLS, what a program wrote, or
// somebody's answer to a mail of ours. Pure.

import { canonicalAddress } from '../core/address.ts';
import type { Address, Mailbox } from '../core/address.ts';
import { LOOP_MARK } from '../policy/signals/own-headers.ts';
import { readMailHead } from '../mail/mail-head.ts';
import type { MailHead } from '../mail/mail-head.ts';
import type { HeaderLine } from '../mail/mail-tree.ts';
import { parseOwnMailId } from '../mail/own-mail-id.ts';
import { isTlsReportAddress } from '../mail/tls-report-address.ts';
import { parseVerp } from '../mail/verp.ts';

export interface ReturnAsk {
  /** '' for the null sender. */
  readonly from: Address | '';
  readonly to: readonly Address[];
  readonly headers: readonly HeaderLine[];
}

export interface OwnNames {
  /** MAIL_FROM. */
  readonly ownAddress: Address;
  readonly mailIdHost: string;
}

/**
 * program: whatever wrote it waits for no answer (RFC 3834 section 2). `recipientId`: whom the mail went to that this is about; a
 * report must name them by the address that it came to, since all else in it anybody can write.
 */
export type ReturnKind =
  | { readonly kind: 'report'; readonly recipientId: string }
  | { readonly kind: 'program' }
  /** About TLS (RFC 8460). */
  | { readonly kind: 'tls-report' }
  | { readonly kind: 'answer'; readonly recipientId: string | undefined; readonly author: Mailbox };

/** Throws mail/unreadable for what somebody wrote and does not say who. */
export function kindOfReturn({ from, to, headers }: ReturnAsk, { ownAddress, mailIdHost }: OwnNames): ReturnKind {
  const byAddress = to.map((address) => parseVerp(address, ownAddress)).find((id) => id !== undefined);
  if (headers.some(isReportOf('delivery-status')) && byAddress !== undefined)
    return { kind: 'report', recipientId: byAddress };
  // Nothing else is for its own address, whatever it says of itself.
  if (headers.some(isReportOf('tlsrpt')) || to.some((address) => isTlsReportAddress(address, ownAddress)))
    return { kind: 'tls-report' };
  if (from === '' || headers.some(isOfProgram)) return { kind: 'program' };
  const head = readMailHead(headers);
  if (head.automatic || canonicalAddress(head.from.address) === canonicalAddress(ownAddress))
    return { kind: 'program' };
  return { kind: 'answer', recipientId: byAddress ?? byThread(head, mailIdHost), author: head.from };
}

function isReportOf(type: 'delivery-status' | 'tlsrpt'): (line: HeaderLine) => boolean {
  const pattern = new RegExp(`report-type="?${type}\\b`, 'i');
  return ({ name, value }) => name === 'content-type' && /^multipart\/report\b/i.test(value) && pattern.test(value);
}

function isOfProgram({ name, value }: HeaderLine): boolean {
  if (name === 'precedence') return /^(?:bulk|junk|list|auto_reply)$/i.test(value);
  if (name === 'content-type') return /^multipart\/report\b/i.test(value);
  return PROGRAMS.has(name);
}

// Lists, vacation programs of earlier days, and our own mail coming back.
const PROGRAMS: ReadonlySet<string> = new Set([
  LOOP_MARK,
  'list-id',
  'list-unsubscribe',
  'x-autoreply',
  'x-autorespond',
]);

/** Our own Message-IDs hold whom the mail went to (mail/own-mail-id.ts). */
function byThread({ inReplyTo, references }: MailHead, host: string): string | undefined {
  for (const mailId of [...(inReplyTo === undefined ? [] : [inReplyTo]), ...references.toReversed()]) {
    const id = parseOwnMailId(mailId, host);
    if (id !== undefined) return id;
  }
  return undefined;
}
