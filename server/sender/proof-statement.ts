// Owns the shape of a proof of delivery: what is signed about one message, and the file that holds it. A proof stands by
// itself: whoever has it and the published key needs nothing of this program's store.

import { z } from 'zod';
import { deliveryWords } from '../messages/delivery-word.ts';

/** Kind of the statement, in the signature's header (RFC 7515 section 4.1.9). */
export const PROOF_TYPE = 'sealpost-proof';

const mailbox = z.object({ name: z.string(), address: z.string() });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const transitSchema = z.object({
  hops: z.number(),
  withTls: z.number(),
  withoutTls: z.number(),
  unsaid: z.number(),
  without: z.array(z.object({ from: z.string(), by: z.string() })),
});

export const statementSchema = z.object({
  format: z.literal(1),
  /** Address of the portal that signed. */
  issuer: z.string(),
  organisation: z.string(),
  madeAt: z.string(),
  madeFor: z.string(),
  message: z.object({
    id: z.string(),
    acceptedAt: z.string(),
    from: mailbox,
    subject: z.string(),
    /** Hops by which it came, as the servers on its way say; absent where they say nothing. */
    transit: transitSchema.optional(),
    /** Of the text and the HTML as they are kept, in UTF-8; absent where there was none. */
    textSha256: sha256.optional(),
    htmlSha256: sha256.optional(),
    attachments: z.array(z.object({ filename: z.string(), contentType: z.string(), sizeBytes: z.number(), sha256 })),
  }),
  protection: z.object({
    name: z.string(),
    rights: z.array(z.string()),
    expiresAt: z.string().nullable(),
    /** Why it is what it is. */
    reasons: z.array(z.string()),
  }),
  recipients: z.array(
    mailbox.extend({
      role: z.string(),
      status: z.string(),
      revokedAt: z.string().nullable(),
      /** By which road; its evidence stands in the event. Absent in statements of earlier programs. */
      delivery: z.enum(deliveryWords).optional(),
    }),
  ),
  /** Oldest first. `recipient`: place in `recipients`, from 0. */
  events: z.array(
    z.object({
      at: z.string(),
      event: z.string(),
      recipient: z.number().nullable(),
      by: z.string().optional(),
      particulars: z.record(z.string(), z.string()),
    }),
  ),
  /** Whether older events than these were left out, or some could not be read any more. */
  complete: z.boolean(),
});

export type Statement = z.infer<typeof statementSchema>;

/** The file: the statement for eyes, the signature for programs. Only what the signature holds counts. */
export const proofFileSchema = z.object({
  statement: z.unknown(),
  /** Compact JWS (RFC 7515) with EdDSA over the same statement. */
  signature: z.string().max(5_000_000),
});
