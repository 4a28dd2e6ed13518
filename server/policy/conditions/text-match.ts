// Owns how a condition says what a text has to hold, a phrase or a pattern in RE2 syntax, and finding it in a short text.

import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { checkPattern } from '../../detect/pattern.ts';
import { policyLimits } from '../policy-limits.ts';
import { exactlyOne } from '../words.ts';

export const contains = z.string().min(1).max(policyLimits.wordCharactersMax);
/** In RE2 syntax; one that could run away is no pattern. */
export const pattern = z.string().min(1).max(policyLimits.patternCharactersMax).superRefine(canRun);

function canRun(value: string, context: z.RefinementCtx): void {
  try {
    checkPattern(value);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}

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
