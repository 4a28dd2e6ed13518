// Owns the address that others send reports about TLS to by mail (RFC 8460 section 3): MAIL_FROM with a subaddress, so that they come
// by the way of everything that is for us.

import { canonicalAddress, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';

const MARK = '+tls-reports';

/** Undefined where MAIL_FROM is too long for it. */
export function tlsReportAddress(mailFrom: Address): Address | undefined {
  const at = mailFrom.lastIndexOf('@');
  return parseAddress(`${mailFrom.slice(0, at)}${MARK}${mailFrom.slice(at)}`);
}

export function isTlsReportAddress(address: Address, mailFrom: Address): boolean {
  const own = tlsReportAddress(mailFrom);
  return own !== undefined && canonicalAddress(address) === canonicalAddress(own);
}

/** As a record names it. */
export function tlsReportMailto(mailFrom: Address): string | undefined {
  const address = tlsReportAddress(mailFrom);
  // RFC 8460 section 3: what parts the list is not to stand in it; and RFC 6068 section 2 of the rest.
  return address === undefined ? undefined : `mailto:${address.replace(/[^\w.+@~-]/g, encodeURIComponent)}`;
}
