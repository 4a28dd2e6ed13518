// Owns the envelope sender that tells one recipient's bounce from another's (VERP): MAIL_FROM with the
// recipient's id in its subaddress. It never says whether such a recipient exists.

import { canonicalAddress, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isId } from '../core/ids.ts';

const MARK = '+b-';

/**
 * `local+b-RECIPIENTID@domain` (RFC 5233 subaddressing).
 * @throws Error when the id is none of ours, or MAIL_FROM's local part is over 35 characters, so that
 * the whole would pass the 64 of RFC 5321 section 4.5.3.1.1.
 */
export function verpAddress(mailFrom: Address, recipientId: string): Address {
  if (!isId(recipientId)) throw new Error('Not a recipient id');
  const at = mailFrom.lastIndexOf('@');
  const address = parseAddress(`${mailFrom.slice(0, at)}${MARK}${recipientId}${mailFrom.slice(at)}`);
  if (address === undefined) throw new Error('MAIL_FROM is too long to carry a recipient id');
  return address;
}

/**
 * The recipient id in an address that a bounce came to, or undefined when it is none of these. Bounces
 * come back through servers that change upper and lower case, so that does not count.
 */
export function parseVerp(address: string, mailFrom: Address): string | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const text = canonicalAddress(parsed);
  const own = canonicalAddress(mailFrom);
  const at = own.lastIndexOf('@');
  const head = `${own.slice(0, at)}${MARK}`;
  const tail = own.slice(at);
  if (!text.startsWith(head) || !text.endsWith(tail)) return undefined;
  const id = text.slice(head.length, text.length - tail.length);
  return isId(id) ? id : undefined;
}
