// Owns the shapes of the calls about how the house runs: what waits to leave it, and what happened day by day.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { isId } from '../core/ids.ts';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';

export const queueQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) });

const queueJob = z
  .object({
    id: z.string(),
    kind: z.string().openapi({ example: 'notice' }),
    state: z.enum(['ready', 'leased', 'dead', 'done']),
    attempts: z.number(),
    error: z.string().nullable().openapi({
      description: 'Stage and code of the dialogue as it failed last; nothing of a mail',
      example: 'RCPT 450 4.2.1',
    }),
    createdAt: z.string(),
    nextAt: z.string().nullable(),
    messageId: z.string().nullable(),
  })
  .openapi('QueueJob');

export const queueList = z
  .object({ jobs: z.array(queueJob), more: z.boolean().openapi({ description: 'There are more than were asked for' }) })
  .openapi('QueueList');
export type QueueList = z.infer<typeof queueList>;

export const jobId = z.string().refine(isId, 'is no id of a job');

export const figuresQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(400).default(30) });

export const figureList = z
  .object({
    since: z.string().openapi({ description: 'The first day that counts, in UTC', example: '2027-01-01' }),
    figures: z.array(
      z.object({
        day: z.string(),
        name: z.string().openapi({ example: 'taken-in' }),
        label: z.string().openapi({ example: 'smtp' }),
        count: z.number(),
      }),
    ),
    queue: z
      .object({ waiting: z.string(), givenUp: z.string() })
      .openapi({ description: 'Of the present; "1000+" for more than is worth counting' }),
  })
  .openapi('FigureList');
export type FigureList = z.infer<typeof figureList>;

export function describeOperationCalls(
  registry: OpenAPIRegistry,
  security: NonNullable<RouteConfig['security']>,
): void {
  const params = z.object({ job: z.string() });
  registry.registerPath({
    method: 'get',
    path: '/queue',
    summary: 'What waits to leave the house, what is under way, and what was given up of late. Scope admin:read.',
    security,
    request: { query: queueQuery },
    responses: { 200: { description: 'The jobs', content: json(queueList) }, default: whyNot },
  });
  for (const [path, summary] of [
    ['/queue/{job}/retry', 'Try it now. Scope admin:write.'],
    ['/queue/{job}/give-up', 'Try it once more, and then give it up and tell whom it concerns. Scope admin:write.'],
  ] as const) {
    registry.registerPath({
      method: 'post',
      path,
      summary,
      security,
      request: { params },
      responses: { 204: { description: 'Done' }, 404: { description: 'It does not wait any more' }, default: whyNot },
    });
  }
  registry.registerPath({
    method: 'post',
    path: '/queue/retry-all',
    summary: 'Try all now that waits for a later try. Scope admin:write.',
    security,
    responses: { 204: { description: 'Done' }, default: whyNot },
  });
  registry.registerPath({
    method: 'get',
    path: '/figures',
    summary: 'What happened day by day, in numbers without addresses. Scope admin:read.',
    security,
    request: { query: figuresQuery },
    responses: { 200: { description: 'The figures', content: json(figureList) }, default: whyNot },
  });
}
