// Owns the shapes of the calls about API keys, and how they are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { scopes } from '../signin/api-keys.store.ts';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';

export const newApiKey = z
  .strictObject({
    name: z.string().max(400),
    scopes: z.array(z.enum(scopes)).min(1),
    senders: z
      .array(z.string().max(254))
      .max(1_000)
      .default([])
      .openapi({ description: 'Bound to these; empty: to none' }),
    expires: z
      .string()
      .max(20)
      .default('')
      .openapi({ description: 'Its last day, or a number of days (90d); empty: no end', example: '2027-01-31' }),
  })
  .openapi('NewApiKey');

const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(scopes)),
    senders: z.array(z.string()),
    madeBy: z
      .string()
      .nullable()
      .openapi({ description: 'Whose it is, also when another key of theirs made it; null: made on the command line' }),
    createdAt: z.string(),
    lastUsedAt: z.string().nullable().openapi({ description: 'By the day' }),
    revokedAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
  })
  .openapi('ApiKey');

export const apiKeyList = z.object({ keys: z.array(apiKey) }).openapi('ApiKeyList');
export type ApiKeyList = z.infer<typeof apiKeyList>;

export const madeApiKey = z
  .object({ id: z.string(), key: z.string().openapi({ description: 'Shown this once' }) })
  .openapi('MadeApiKey');
export type MadeApiKey = z.infer<typeof madeApiKey>;

export function describeApiKeyCalls(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const why = { default: whyNot };
  registry.registerPath({
    method: 'get',
    path: '/api-keys',
    summary: 'All keys, never their secrets. Scope admin:read.',
    security,
    responses: { 200: { description: 'The keys', content: json(apiKeyList) }, ...why },
  });
  registry.registerPath({
    method: 'post',
    path: '/api-keys',
    summary: 'Make a key. Scope admin:write.',
    security,
    request: { body: { required: true, content: json(newApiKey) } },
    responses: { 201: { description: 'The key', content: json(madeApiKey) }, ...why },
  });
  registry.registerPath({
    method: 'delete',
    path: '/api-keys/{key}',
    summary: 'End a key at once. Scope admin:write.',
    security,
    request: { params: z.object({ key: z.string() }) },
    responses: { 204: { description: 'It opens nothing any more' }, ...why },
  });
}
