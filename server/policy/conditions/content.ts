// Owns the conditions on what a mail holds: its texts, what detectors and lists find in them, and what could not be read.

import { z } from 'zod';
import { detectorNames } from '../../detect/look.ts';
import { exactlyOne, kebab } from '../words.ts';
import { contains, pattern } from './text-match.ts';

const atLeast = z.int().min(1).max(100_000).default(1);

const sources = z
  .array(z.enum(['subject', 'body', 'attachments']))
  .min(1)
  .max(3)
  .default(['subject', 'body', 'attachments']);

export const contentShapes = {
  text: z
    .strictObject({
      contains: contains.exactOptional(),
      matches: pattern.exactOptional(),
      in: z
        .array(z.enum(['body', 'attachments']))
        .min(1)
        .max(2)
        .default(['body', 'attachments']),
    })
    .superRefine(exactlyOne('contains', 'matches')),
  detector: z.strictObject({ is: z.enum(detectorNames), atLeast, in: sources }),
  list: z.strictObject({ is: kebab, atLeast, in: sources }),
  unreadable: z
    .array(z.enum(['encrypted', 'broken', 'too-large', 'too-slow', 'too-deep', 'unknown-kind']))
    .min(1)
    .max(6),
};
