// Owns the shapes of the API: one definition for checking requests and for describing them in OpenAPI.

import { parseAddress } from '../core/address.ts';
import { isId } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import { momentIn } from '../core/moment-in.ts';
import { recipientStatuses } from '../messages/recipient-state.ts';
import { deliveryWords } from '../messages/delivery-word.ts';
import { z } from './described-zod.ts';

/** Text for people. Half a surrogate pair is no character: it would be stored as another one than was sent. */
export function text(charactersMax: number): z.ZodString {
  return z
    .string()
    .max(charactersMax)
    .refine((value) => value.isWellFormed(), 'holds half a character');
}

const address = z.string().max(254).openapi({ example: 'bob@recipient.example' });
export const wholeAddress = z
  .string()
  .max(254)
  .refine((value) => parseAddress(value) !== undefined, 'is no mail address');

/** A day counts from its beginning, or to its end. */
export function dayOrMoment(as: 'from' | 'until'): z.ZodString {
  return z
    .string()
    .max(40)
    .refine((value) => momentIn(value, as) !== undefined, 'is no day and no moment of ISO 8601 in UTC')
    .openapi({ example: '2027-01-31' });
}

const author = text(500).openapi({ example: 'Alice Example <alice@example.com>' });

// RFC 9110 section 8.3.1: tokens, and parameters, which count for nothing here.
const CONTENT_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+ *(?:;[\x20-\x7e]*)?$/;

const attachment = z
  .strictObject({
    filename: text(1_000)
      .min(1)
      .refine((name) => !/\p{Cc}/u.test(name), 'holds control characters'),
    contentType: z
      .string()
      .max(200)
      .refine((type) => CONTENT_TYPE.test(type), 'is no type/subtype')
      .default('application/octet-stream'),
    content: z.base64().openapi({ description: 'The bytes in base64' }),
  })
  .openapi('Attachment');

const accessPhrase = text(500).openapi({
  description: 'Asked of each reader after they signed in: 8 to 200 characters. You tell them; nothing sent holds it',
});

export const newMessage = z
  .strictObject({
    from: author,
    to: z.array(address).max(limits.recipientsMax).default([]),
    cc: z.array(address).max(limits.recipientsMax).default([]),
    bcc: z.array(address).max(limits.recipientsMax).default([]),
    subject: text(limits.subjectCharactersMax).default(''),
    text: text(limits.bodyTextBytesMax).optional(),
    html: text(limits.bodyTextBytesMax).optional(),
    attachments: z.array(attachment).max(limits.attachmentsMax).default([]),
    protection: z.string().max(100).optional().openapi({ example: 'do-not-forward' }),
    expiresAt: z.string().max(40).optional().openapi({ example: '2027-01-31T12:00:00Z' }),
    expiresIn: z.string().max(20).optional().openapi({ example: '7d' }),
    brand: z.string().max(100).optional(),
    deliver: z.string().max(20).optional().openapi({ example: 'portal' }),
    signIn: z
      .string()
      .max(20)
      .optional()
      .openapi({ description: 'What readers must prove: code, federated, passkey, or two', example: 'two' }),
    accessPhrase: accessPhrase.optional(),
  })
  .openapi('NewMessage');

export type NewMessage = z.infer<typeof newMessage>;

/** A message that is only tried out, with the policy that is to hold for it; without one, the policy in force. */
export const simulateAsk = z
  // Not extended: it would be described as two closed objects at once, which nothing is.
  .strictObject({ ...newMessage.shape, policy: z.record(z.string(), z.unknown()).optional() })
  .openapi('SimulateAsk');

/** Envelope of a raw mail. */
export const envelopeQuery = z.strictObject({
  from: z.string().max(254).openapi({ description: 'Envelope sender, with message/rfc822' }),
  to: z
    .union([z.string(), z.array(z.string())])
    .openapi({ description: 'Envelope recipients, with message/rfc822; once for each, or separated by commas' }),
});

/** What else has no query: a wish that stands where nobody looks must not be lost. */
export const noQuery = z.strictObject({});

export const cursor = z
  .string()
  .refine(isId, 'is of no answer of this server')
  .optional()
  .openapi({ description: 'From the answer before this one; without it, the newest messages' });

export const listQuery = z.strictObject({ cursor, limit: z.coerce.number().int().min(1).max(200).default(50) });

const status = z.enum(recipientStatuses);

export const messageView = z
  .object({
    id: z.string(),
    createdAt: z.string(),
    subject: z.string().nullable().openapi({ description: 'Null once the message is destroyed' }),
    protection: z.string(),
    expiresAt: z.string().nullable(),
    keptUntil: z.string().nullable().openapi({
      description: 'Until when it can be given more time; then it is shredded. Null: it never ends, or is gone',
    }),
    reminderDays: z.number().nullable().openapi({
      description: 'Days before the end on which readers are reminded; 0: never; null: as its brand has it',
    }),
    destroyed: z.boolean(),
    demands: z
      .array(z.string())
      .openapi({ description: 'What readers must prove: code, federated, passkey, phrase, two; empty for any way in' }),
    recipients: z.array(
      z.object({
        n: z.number(),
        address: z.string().nullable(),
        delivery: z.enum(deliveryWords).openapi({
          description:
            'smime: the mail itself, encrypted to their certificate; tls: to their own server over TLS that something vouches for; best: not decided yet',
        }),
        evidence: z
          .discriminatedUnion('by', [
            z.object({
              by: z.enum(['connector', 'rule', 'dane', 'mta-sts']),
              host: z.string(),
              protocol: z.string(),
              cipher: z.string(),
              at: z.string(),
            }),
            z.object({
              by: z.literal('certificate'),
              fingerprint: z.string().openapi({ description: 'SHA-256 of the certificate, hex' }),
              issuer: z.string(),
              validUntil: z.string(),
              algorithms: z.string().openapi({ example: 'AES-256-GCM, RSA-OAEP' }),
              signed: z.boolean().openapi({ description: 'By a certificate of the organisation' }),
              at: z.string(),
            }),
          ])
          .nullable()
          .openapi({
            description: 'The certificate that it was encrypted to, or what vouched for the server; null until it went',
          }),
        status,
        notifiedAt: z.string().nullable(),
        openedAt: z.string().nullable(),
        repliedAt: z.string().nullable(),
        revokedAt: z.string().nullable(),
        failure: z.string().nullable().openapi({ description: 'SMTP stage and reply codes' }),
      }),
    ),
    requests: z
      .array(
        z.object({
          id: z.string(),
          recipient: z.number(),
          state: z.enum(['open', 'given', 'refused']),
          askedAt: z.string(),
          answeredAt: z.string().nullable(),
          expiresAt: z.string().nullable().openapi({ description: 'The new end, when given' }),
        }),
      )
      .openapi({ description: 'Who asked for more time, oldest first' }),
    hold: z.enum(['open', 'released', 'refused']).nullable().openapi({
      description: 'Of a message that a rule holds for approval; its recipients are told of nothing before',
    }),
    reasons: z.array(z.string()).openapi({ description: 'Why the protection is what it is' }),
    transit: z
      .object({
        hops: z.number(),
        withTls: z.number(),
        withoutTls: z.number(),
        unsaid: z.number(),
        without: z.array(z.object({ from: z.string(), by: z.string() })),
      })
      .nullable()
      .openapi({
        description:
          'Hops between machines by which the mail came, as its Received fields say, and the first of those without TLS; null where they say nothing. Nobody has checked it',
      }),
  })
  .openapi('Message');

export type MessageView = z.infer<typeof messageView>;

export const messageList = z
  .object({ messages: z.array(messageView), cursor: z.string().nullable() })
  .openapi('MessageList');

export type MessageList = z.infer<typeof messageList>;

export const eventList = z
  .object({ events: z.array(z.object({ at: z.string(), event: z.string(), recipient: z.number().nullable() })) })
  .openapi('EventList');

export type EventList = z.infer<typeof eventList>;

export const proofView = z
  .object({ statement: z.record(z.string(), z.unknown()), signature: z.string() })
  .openapi('Proof');

export const helpAsk = z.strictObject({ address }).openapi('HelpAsk');

/** `days`: to the end of that day, in UTC. */
export const decisionAsk = z
  .discriminatedUnion('decision', [
    z.strictObject({
      decision: z.literal('give'),
      days: z.number().int().min(1).max(730),
      whom: z.enum(['reader', 'all']).default('reader'),
    }),
    z.strictObject({ decision: z.literal('refuse'), word: text(1_000).default('') }),
  ])
  .openapi('DecisionAsk');

export const revokeAsk = z
  .strictObject({
    recipients: z.array(address).min(1).max(limits.recipientsMax).optional(),
    reason: text(500).optional(),
    destroy: z.boolean().optional(),
  })
  .openapi('Revoke');

export const restoreAsk = z
  .strictObject({ recipients: z.array(address).min(1).max(limits.recipientsMax).optional() })
  .openapi('Restore');

export const changeAsk = z
  .strictObject({ expiresAt: z.string().max(40).optional(), accessPhrase: accessPhrase.optional() })
  .refine((asked) => Object.keys(asked).length > 0, 'changes nothing')
  .openapi('Change');

export const resendAsk = z
  .strictObject({ recipients: z.array(address).min(1).max(limits.recipientsMax).optional() })
  .openapi('Resend');

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string(),
    faults: z
      .array(z.object({ path: z.string(), says: z.string() }))
      .optional()
      .openapi({ description: 'Of a policy that is refused: each fault, and where it is' }),
  })
  .openapi('Problem');
