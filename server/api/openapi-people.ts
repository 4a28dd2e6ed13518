// Owns how the calls about people are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';
import { peopleView } from './people-schemas.ts';

export function describePeopleCalls(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const people = json(peopleView);
  const responses = {
    200: { description: 'The people; their version is the ETag', content: people },
    default: whyNot,
  };
  registry.registerPath({
    method: 'get',
    path: '/people',
    summary: 'Who has which role, and the shared mailboxes with their delegates. Scope admin:read.',
    security,
    responses,
  });
  registry.registerPath({
    method: 'put',
    path: '/people',
    summary: 'Replace them as a whole. Those of the setting ADMINS stay administrators. Scope admin:write.',
    security,
    request: {
      headers: z.object({ 'If-Match': z.string().openapi({ description: 'The ETag it was changed from, or *' }) }),
      body: { required: true, content: people },
    },
    responses: { ...responses, 412: { description: 'Somebody else changed them' } },
  });
}
