// Owns whether what a signature covers of a mail shows that it was written to us, as the answer that it is taken for. What somebody has
// signed for others, and at any time, can be sent here by whoever has it. Pure.

import { canonicalAddress } from '../core/address.ts';
import { readMailHead } from '../mail/mail-head.ts';
import type { HeaderLine } from '../mail/mail-tree.ts';
import { parseOwnMailId } from '../mail/own-mail-id.ts';
import { parseVerp } from '../mail/verp.ts';
import type { OwnNames } from './return-head.ts';

export interface Covered {
  /** The whole header of a mail that was read, so that it has one author. */
  readonly headers: readonly HeaderLine[];
  /** The lines of it that are signed. */
  readonly covered: readonly HeaderLine[];
  readonly recipientId: string;
}

export function isWrittenToUs(
  { headers, covered, recipientId }: Covered,
  { ownAddress, mailIdHost }: OwnNames,
): boolean {
  const isCovered = (wanted: string): boolean => covered.some(({ name }) => name === wanted);
  // Under another type the same bytes read as something else.
  if (headers.some(({ name }) => name === 'content-type') && !isCovered('content-type')) return false;
  if (!isCovered('from')) return false;
  const { to, cc, inReplyTo, references } = readMailHead(covered);
  const own = canonicalAddress(ownAddress);
  return (
    [...to, ...cc].some(
      ({ address }) => canonicalAddress(address) === own || parseVerp(address, ownAddress) === recipientId,
    ) ||
    [...(inReplyTo === undefined ? [] : [inReplyTo]), ...references].some(
      (mailId) => parseOwnMailId(mailId, mailIdHost) === recipientId,
    )
  );
}
