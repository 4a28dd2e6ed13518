// Owns the shape of a search among sent messages. Addresses and words stand in a body: a query would be in every log on the way.

import { findStates } from '../messages/recipient-state.ts';
import { z } from './described-zod.ts';
import { cursor, dayOrMoment, text, wholeAddress } from './schemas.ts';

export const findAsk = z
  .strictObject({
    sender: wholeAddress.optional(),
    recipient: wholeAddress.optional(),
    subject: text(200).optional().openapi({ description: 'Words that all stand in it, capitals or not' }),
    from: dayOrMoment('from').optional(),
    until: dayOrMoment('until').optional(),
    state: z
      .enum(findStates)
      .optional()
      .openapi({ description: 'Of any of its recipients, or of the whole while held' }),
    cursor,
    limit: z.number().int().min(1).max(200).default(50),
  })
  .openapi('FindAsk');
