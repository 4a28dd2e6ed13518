// Owns the shapes of the calls about the audit log.

import { auditEvents } from '../audit/audit-event.ts';
import { momentIn } from '../core/moment-in.ts';
import { parseAddress } from '../core/address.ts';
import { isMessageId } from '../core/ids.ts';
import { z } from './described-zod.ts';

const day = (as: 'from' | 'until') =>
  z
    .string()
    .max(40)
    .refine((text) => momentIn(text, as) !== undefined, 'is no day and no moment of ISO 8601 in UTC')
    .optional()
    .openapi({ example: '2027-01-31' });

export const auditQuery = z.strictObject({
  event: z.enum(auditEvents).optional(),
  address: z
    .string()
    .max(254)
    .refine((text) => parseAddress(text) !== undefined, 'is no mail address')
    .optional()
    .openapi({ description: 'In whose name it happened' }),
  message: z.string().refine(isMessageId, 'is no id of a message').optional(),
  from: day('from'),
  until: day('until'),
  cursor: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .openapi({ description: 'From the answer before this one; without it, the newest entries' }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const entry = z
  .object({
    seq: z.number().openapi({ description: 'One more than the entry before it' }),
    at: z.string(),
    event: z.string(),
    messageId: z.string().nullable(),
    recipientId: z.string().nullable(),
    details: z
      .unknown()
      .optional()
      .openapi({ description: 'Absent when they do not open, since somebody changed them' }),
  })
  .openapi('AuditEntry');

export const auditList = z
  .object({
    entries: z.array(entry),
    cursor: z.number().nullable(),
    checkpoint: z
      .string()
      .nullable()
      .openapi({ description: 'How far the log has come, signed (compact JWS); worth keeping elsewhere' }),
  })
  .openapi('AuditList');

export type AuditList = z.infer<typeof auditList>;
