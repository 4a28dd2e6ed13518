// Owns the headers by which a SEPPmail gateway is told what to do with a mail. Pure.

import type { Wish } from '../asks.ts';
import { encryptOnly } from '../protection.ts';
import { readBoolean } from './booleans.ts';
import type { HeaderBook } from './header-book.ts';

/** To be read by way of the portal, and to be sealed at all: everything here is both. */
export const portalAlways = { protection: encryptOnly, deliver: 'portal' } as const;

/**
 * A wish not to protect. Whether a mail may go unprotected is for a rule to say (bypass); without one it is sealed like
 * any other, and this is said. So it never makes anything weaker.
 */
export const plain = { isNote: true } as const;
export const PLAIN_WORDS = 'asks for no protection, which only a rule can grant';

/** Throws policy/unknown-value for anything but yes and no. */
export function seppmailWishes(headers: HeaderBook): Wish[] {
  const wishes: Wish[] = [];
  if (readBoolean(headers, 'x-smenc') === true) wishes.push({ words: 'x-smenc: yes', protection: encryptOnly });
  if (readBoolean(headers, 'x-smwebmail') === true) wishes.push({ words: 'x-smwebmail: yes', ...portalAlways });
  if (readBoolean(headers, 'x-smplain') === true) wishes.push({ words: `x-smplain: ${PLAIN_WORDS}`, ...plain });
  return wishes;
}
