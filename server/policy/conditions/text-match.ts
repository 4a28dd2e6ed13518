// Owns how a condition says what a text has to hold, a phrase or a pattern in RE2 syntax, and finding it in a short text.

import { z } from 'zod';
import { policyLimits } from '../policy-limits.ts';
import { exactlyOne } from '../words.ts';

export const contains = z.string().min(1).max(policyLimits.wordCharactersMax);
/** In RE2 syntax; whether it can run is asked when it is saved (saving.ts). */
export const pattern = z.string().min(1).max(policyLimits.patternCharactersMax);

/** Exactly one of `contains` (whatever the case of its letters) and `matches`. */
export const textMatch = z
  .strictObject({ contains: contains.exactOptional(), matches: pattern.exactOptional() })
  .superRefine(exactlyOne('contains', 'matches'));

export type TextMatch = z.output<typeof textMatch>;

export interface TextTest {
  readonly says: string;
  /** What was found, masked; undefined when nothing was. */
  readonly find: (text: string) => string | undefined;
}
