// Owns the shapes of the calls about the policy, and how its document is described. What a document may hold is checked
// by policy/document.ts.

import { policyLimits } from '../policy/policy-limits.ts';
import { z } from './described-zod.ts';

const NOTE_CHARACTERS_MAX = 500;

const note = z.string().max(NOTE_CHARACTERS_MAX).optional().openapi({ description: 'Why, for those who come after' });

export const noteQuery = z.strictObject({ note });
export const restorePolicyAsk = z.strictObject({ note }).openapi('RestorePolicy');

export const versionsQuery = z.strictObject({
  cursor: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .openapi({ description: 'From the answer before this one; without it, the newest versions' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const replayQuery = z.strictObject({
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(policyLimits.replayDaysMax)
    .openapi({ description: 'Instead of one message, try what was taken in within so many days' }),
});

const standing = z.object({
  outcome: z.enum(['granted', 'held', 'refused']),
  protection: z.string().optional(),
  rights: z.array(z.string()).optional(),
});

const count = z.number().int();

export const replayView = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done', 'failed', 'broken-off']),
    report: z.object({
      days: count,
      policy: z.union([count, z.literal('draft')]).openapi({ description: 'A version, or the draft that came along' }),
      from: z.string(),
      to: z.string(),
      upTo: z.string().openapi({ description: 'How far it has come' }),
      judged: count,
      notOpened: z.object({ shredded: count, damaged: count, unknown: count }),
      same: count.openapi({ description: 'Judged, and as before' }),
      changes: z.array(z.object({ from: standing, to: standing, count })),
      rules: z.array(
        z.object({
          rule: z.string(),
          name: z.string(),
          state: z.string(),
          hits: count,
          before: count.openapi({ description: 'Hits of messages that met a rule of this id when they were taken in' }),
        }),
      ),
      messages: z
        .array(
          z.object({
            id: z.string(),
            from: standing,
            to: standing,
            rules: z.array(z.string()),
            label: z.string().optional(),
          }),
        )
        .openapi({ description: 'The first 200 that would change' }),
    }),
  })
  .openapi('Replay');

const parts = {
  templates: z.array(z.record(z.string(), z.unknown())).openapi({ description: 'Protections of your own' }),
  rules: z.array(z.record(z.string(), z.unknown())).openapi({ description: 'In the order in which they are tried' }),
  labels: z
    .record(z.string(), z.unknown())
    .openapi({ description: 'Whose labels count, and the template each stands for' }),
  groups: z.array(z.record(z.string(), z.unknown())).openapi({ description: 'Senders that rules know by a name' }),
};

export const policyView = z
  .object({
    format: z.literal(1),
    ...parts,
    lists: z.array(z.record(z.string(), z.unknown())),
  })
  .partial()
  .required({ format: true })
  .openapi('Policy');

export const partViews = {
  templates: z.object({ templates: parts.templates }).openapi('Templates'),
  rules: z.object({ rules: parts.rules }).openapi('Rules'),
  labels: z.object({ labels: parts.labels }).openapi('Labels'),
  groups: z.object({ groups: parts.groups }).openapi('Groups'),
};

const policyVersionView = z
  .object({
    version: z.number(),
    at: z.string(),
    actor: z.string().openapi({ description: 'An address, the id of a key, or the command line' }),
    note: z.string(),
    changed: z.array(z.string()).openapi({ description: 'Paths of what is not as in the version before' }),
  })
  .openapi('PolicyVersion');

export type PolicyVersionView = z.infer<typeof policyVersionView>;

export const policyVersionList = z
  .object({ versions: z.array(policyVersionView), cursor: z.number().nullable() })
  .openapi('PolicyVersionList');

export type PolicyVersionList = z.infer<typeof policyVersionList>;
