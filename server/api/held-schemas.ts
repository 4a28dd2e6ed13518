// Owns the shapes of the calls about messages that a rule holds, and how they are described. Nothing of a mail is told.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { isId } from '../core/ids.ts';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';

export const heldQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) });
export const holdId = z.string().refine(isId, 'is no id of a hold');

export const heldList = z
  .object({
    held: z.array(
      z.object({
        id: z.string(),
        messageId: z.string(),
        rule: z.string().openapi({ description: 'What the rule that holds it is called' }),
        since: z.string(),
      }),
    ),
    more: z.boolean().openapi({ description: 'There are more than were asked for' }),
  })
  .openapi('HeldList');
export type HeldList = z.infer<typeof heldList>;

export const heldAnswer = z
  .strictObject({
    decision: z.enum(['release', 'refuse']),
    word: z.string().max(1_000).default('').openapi({ description: 'To the sender' }),
  })
  .openapi('HeldAnswer');

export function describeHeldCalls(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  registry.registerPath({
    method: 'get',
    path: '/held',
    summary: 'What waits for approval, oldest first. Scope admin:read.',
    security,
    request: { query: heldQuery },
    responses: { 200: { description: 'The holds', content: json(heldList) }, default: whyNot },
  });
  registry.registerPath({
    method: 'post',
    path: '/held/{hold}',
    summary: 'Let a held message go, or refuse it; the last release sends it on its way. Scope admin:write.',
    description:
      'A key lets nothing go that was sent by whoever made it, and one that was made on the command line lets nothing go: refusing is all it may.',
    security,
    request: { params: z.object({ hold: z.string() }), body: { required: true, content: json(heldAnswer) } },
    responses: {
      204: { description: 'Done' },
      403: { ...whyNot, description: 'Its maker sent that message, or it has no maker' },
      409: { ...whyNot, description: 'It was answered before' },
      default: whyNot,
    },
  });
}
