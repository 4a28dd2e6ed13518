// Owns the shape of what a policy says of labels: whose count, and what protection each stands for.

import { z } from 'zod';
import { sha256 } from '../crypto/digest.ts';
import type { Sensitivity } from './conditions/signs.ts';
import { policyLimits } from './policy-limits.ts';
import { exactlyOne, guid, headerName, kebab, line } from './words.ts';

const secretHeader = z
  .strictObject({
    name: headerName,
    sha256: z
      .string()
      .toLowerCase()
      .regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal digits')
      .exactOptional(),
    /** Taken when it is saved; only its digest is kept. */
    value: z
      .string()
      .trim()
      .min(policyLimits.secretCharactersMin)
      .max(policyLimits.secretCharactersMax)
      .exactOptional(),
  })
  .superRefine(exactlyOne('sha256', 'value'))
  .transform(({ name, sha256: digest, value = '' }) => ({ name, sha256: digest ?? sha256(value).toString('hex') }));

export const labels = z.strictObject({
  /** The Entra tenant whose labels count; without it none does. */
  tenant: guid.exactOptional(),
  /** Whether the stamps of Exchange Online are asked for as well. */
  requireStamp: z.boolean().default(false),
  secretHeader: secretHeader.exactOptional(),
  map: z
    .array(
      z.strictObject({ label: guid, title: line(policyLimits.titleCharactersMax).exactOptional(), template: kebab }),
    )
    .max(policyLimits.labelsMax)
    .default([]),
  /** Which template each value of the Sensitivity header stands for. */
  sensitivity: z
    .strictObject({
      personal: kebab.exactOptional(),
      private: kebab.exactOptional(),
      'company-confidential': kebab.exactOptional(),
    } satisfies Record<Sensitivity, unknown>)
    .default({}),
});

export type Labels = z.output<typeof labels>;
