// Owns the conditions on attachments and on a mail's size.

import { z } from 'zod';
import { policyLimits } from '../policy-limits.ts';
import { textMatch } from './text-match.ts';

const bytes = z
  .int()
  .min(1)
  .max(10 * 1024 * 1024 * 1024);

// RFC 6838 section 4.2, or `image/*`.
const contentType = z
  .string()
  .max(200)
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)$/, 'is not a type such as application/pdf');

const extension = z
  .string()
  .max(20)
  .toLowerCase()
  .regex(/^[a-z0-9_-]+$/, 'is not an extension such as pdf');

export const attachmentShapes = {
  /** One attachment that is all of this. With nothing said: any attachment. */
  attachment: z.strictObject({
    types: z.array(contentType).min(1).max(policyLimits.namedMax).exactOptional(),
    extensions: z.array(extension).min(1).max(policyLimits.namedMax).exactOptional(),
    atLeastBytes: bytes.exactOptional(),
    name: textMatch.exactOptional(),
  }),
  size: z.strictObject({ atLeastBytes: bytes }),
};
