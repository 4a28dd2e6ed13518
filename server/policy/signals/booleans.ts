// Owns how the headers of other programs say yes and no.

import { unknownValue } from '../ask.ts';
import type { HeaderBook } from './header-book.ts';

const yes = ['true', 'yes'];
const no = ['false', 'no'];

/** Undefined when the header is not there. Throws policy/unknown-value for anything but yes and no. */
export function readBoolean(headers: HeaderBook, where: string): boolean | undefined {
  const value = headers.one(where.toLowerCase(), where)?.toLowerCase();
  if (value === undefined) return undefined;
  if (yes.includes(value)) return true;
  if (no.includes(value)) return false;
  throw unknownValue(where, 'true or false');
}
