// Owns the shape of what a rule does: exactly one thing an action.

import { z } from 'zod';
import { parseExpiry } from './expiry.ts';
import { policyLimits } from './policy-limits.ts';
import { address, brandName, demands, exactlyOne, hostName, kebab, line, road } from './words.ts';

const actionShapes = {
  /** The name of a template. */
  apply: kebab.exactOptional(),
  brand: brandName.exactOptional(),
  deliver: road.exactOptional(),
  /** `7d`, `36h`, or a date. */
  expires: z
    .string()
    .max(40)
    // A span of nothing would be over before it began.
    .refine((text) => (parseExpiry(text, 0) ?? 0) > 0, 'is not a time such as 7d, 36h or 2027-01-31')
    .exactOptional(),
  signIn: demands.exactOptional(),
  /** Who is sent a copy as well. */
  reviewer: address.exactOptional(),
  /** Past the portal, as ordinary mail, to this host over verified TLS only. */
  bypass: z.strictObject({ host: hostName, port: z.int().min(1).max(65_535).default(25) }).exactOptional(),
  /** Kept back until one of these lets it go. */
  hold: z.strictObject({ approvers: z.array(address).min(1).max(policyLimits.approversMax) }).exactOptional(),
  refuse: line(policyLimits.refusalCharactersMax).exactOptional(),
};

export const action = z.strictObject(actionShapes).superRefine(exactlyOne(...Object.keys(actionShapes)));

/** One key is set. */
export type Action = z.output<typeof action>;
