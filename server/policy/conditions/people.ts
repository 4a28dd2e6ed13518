// Owns the conditions on who writes and to whom.

import { z } from 'zod';
import { limits } from '../../core/limits.ts';
import { policyLimits } from '../policy-limits.ts';
import { addressPattern, kebab } from '../words.ts';

const named = z.strictObject({ is: z.array(addressPattern).min(1).max(policyLimits.namedMax) });
const count = z.int().min(1).max(limits.recipientsMax);

export const peopleShapes = {
  sender: named,
  /** The name of a group. */
  senderGroup: kebab,
  /** The recipient for whom the rule is tried. */
  recipient: named,
  anyRecipient: named,
  recipients: z
    .strictObject({ atLeast: count.exactOptional(), atMost: count.exactOptional() })
    .refine((value) => Object.keys(value).length > 0, 'needs atLeast, atMost or both')
    .refine(({ atLeast = 1, atMost = Infinity }) => atLeast <= atMost, 'asks for more than it allows'),
  direction: z.enum(['out', 'in', 'internal']),
};
