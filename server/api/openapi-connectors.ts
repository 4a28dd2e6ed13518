// Owns how the calls about connectors are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { connectorList, domainTest } from './connector-schemas.ts';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';

export function describeConnectors(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const why = { default: whyNot };
  const answer = { 200: { description: 'The list. Its version is the ETag', content: json(connectorList) }, ...why };

  registry.registerPath({
    method: 'get',
    path: '/connectors',
    summary: 'What partners’ mail servers have to prove, and who may hand in mail by a certificate. Scope admin:read.',
    security,
    responses: answer,
  });
  registry.registerPath({
    method: 'put',
    path: '/connectors',
    summary: 'Save the list whole; it is refused whole. Scope admin:write.',
    security,
    request: {
      headers: z.object({ 'If-Match': z.string().openapi({ description: 'The ETag it was changed from, or *' }) }),
      body: { required: true, content: json(connectorList) },
    },
    responses: { ...answer, 412: { description: 'There is another version by now' } },
  });
  registry.registerPath({
    method: 'post',
    path: '/connectors/{domain}/test',
    summary: 'Connect to each server of the domain, send nothing, and tell what it proves. Scope admin:write.',
    security,
    request: { params: z.object({ domain: z.string() }) },
    responses: { 200: { description: 'What was found', content: json(domainTest) }, ...why },
  });
}
