// Owns the shape of templates: protections that administrators made and named.

import { z } from 'zod';
import { parseExpiry } from './expiry.ts';
import { policyLimits } from './policy-limits.ts';
import { rightsInOrder } from './protection.ts';
import { brandName, demands, exactlyOne, kebab, line, road } from './words.ts';

export const template = z.strictObject({
  name: kebab,
  title: line(policyLimits.titleCharactersMax),
  /** What recipients may do beyond reading. Without `download` attachments can only be looked at. */
  rights: z
    .array(z.enum(rightsInOrder))
    .max(rightsInOrder.length)
    .refine((rights) => !rights.includes('reply-all') || rights.includes('reply'), 'grants reply-all without reply'),
  /** Absent: EXPIRY_DAYS_DEFAULT. */
  expiry: z
    .strictObject({
      /** 0: never. */
      days: z.int().min(0).max(policyLimits.expiryDaysMax).exactOptional(),
      /** The end of a day in UTC, or a moment. */
      until: z
        .string()
        .max(40)
        .refine(isMoment, 'is not a date such as 2027-01-31 or a moment such as 2027-01-31T12:00:00Z')
        .exactOptional(),
    })
    .superRefine(exactlyOne('days', 'until'))
    .exactOptional(),
  signIn: demands.exactOptional(),
  brand: brandName.exactOptional(),
  /** Days before the last one on which readers are reminded; 0: never. Absent: the brand's. */
  reminderDays: z.int().min(0).max(policyLimits.reminderDaysMax).exactOptional(),
  /** How long it is kept after its last day. */
  retentionDays: z.int().min(0).max(policyLimits.retentionDaysMax).exactOptional(),
  deliver: road.exactOptional(),
});

export type Template = z.output<typeof template>;

// A span such as 7d has its own field.
function isMoment(text: string): boolean {
  return /^\d{4}-/.test(text) && parseExpiry(text, 0) !== undefined;
}
