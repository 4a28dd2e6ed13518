// Owns the conditions on a mail's subject and headers.

import { z } from 'zod';
import { exactlyOne, headerName } from '../words.ts';
import { contains, pattern, textMatch } from './text-match.ts';

export const headShapes = {
  subject: textMatch,
  header: z
    .strictObject({
      name: headerName,
      contains: contains.exactOptional(),
      matches: pattern.exactOptional(),
      present: z.literal(true).exactOptional(),
    })
    .superRefine(exactlyOne('contains', 'matches', 'present')),
};
