// Owns who administers the place by settings and roster. Pure.

import type { Address } from '../core/address.ts';
import { standingOf } from './roster.ts';
import type { Roster, Surroundings } from './roster.ts';

/** Each once. */
export function administratorsOf(roster: Roster, around: Surroundings): Address[] {
  const named = roster.staff.filter(({ address }) => standingOf(roster, address, around).role === 'administrator');
  // Who stands in both is refused when the roster is saved; ADMINS may have grown since.
  return [...new Set([...around.admins, ...named.map(({ address }) => address)])];
}
