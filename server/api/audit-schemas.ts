// Owns the shapes of the calls about the audit log.

import { auditEvents } from '../audit/audit-event.ts';
import { isMessageId } from '../core/ids.ts';
import { z } from './described-zod.ts';
import { dayOrMoment, wholeAddress } from './schemas.ts';

export const auditQuery = z.strictObject({
  event: z.enum(auditEvents).optional(),
  address: wholeAddress.optional().openapi({ description: 'In whose name it happened' }),
  message: z.string().refine(isMessageId, 'is no id of a message').optional(),
  from: dayOrMoment('from').optional(),
  until: dayOrMoment('until').optional(),
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
