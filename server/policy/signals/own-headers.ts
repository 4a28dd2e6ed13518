// Owns the wishes that stand in a mail's own `X-Sealpost-…` headers. Pure.

import { askBrand, askDelivery, askExpiry, askProtection, askSignIn } from '../ask.ts';
import type { PolicyFrame, Wish } from '../asks.ts';
import { unknownHeader } from '../refusals.ts';
import type { HeaderBook } from './header-book.ts';

type Reader = (where: string, value: string, frame: PolicyFrame) => Wish;

/** Each header's name as people write it, by its name in lower case, and who reads its value. */
const readers: ReadonlyMap<string, readonly [where: string, read: Reader]> = new Map<string, readonly [string, Reader]>(
  [
    ['x-sealpost-protection', ['X-Sealpost-Protection', askProtection]],
    ['x-sealpost-expires', ['X-Sealpost-Expires', askExpiry]],
    ['x-sealpost-brand', ['X-Sealpost-Brand', askBrand]],
    ['x-sealpost-deliver', ['X-Sealpost-Deliver', askDelivery]],
    ['x-sealpost-sign-in', ['X-Sealpost-Sign-In', askSignIn]],
  ],
);

const OURS = 'x-sealpost';

/** Our own outgoing mail carries it; ingestion refuses a mail that comes back with it. */
export const LOOP_MARK = 'x-sealpost-loop';

/** Every wish of the `X-Sealpost-…` headers. Throws policy/unknown-value for one that is unknown, doubled or misspelt. */
export function ownHeaderWishes(headers: HeaderBook, frame: PolicyFrame): Wish[] {
  const names = headers.namesWith(OURS).filter((name) => name !== LOOP_MARK);
  return names.map((name) => {
    const reader = readers.get(name);
    // X-Sealpost-Protetcion would otherwise be a wish that nobody hears.
    if (reader === undefined) throw unknownHeader(name);
    const [where, read] = reader;
    return read(where, headers.one(name, where) ?? '', frame);
  });
}
