// Owns how the calls about the policy are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';
import {
  noteQuery,
  partViews,
  policyVersionList,
  policyView,
  restorePolicyAsk,
  versionsQuery,
} from './policy-schemas.ts';
import { ruleHitList, ruleHitsQuery } from './rule-hits.ts';

export function describePolicyCalls(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const documents = (schema: z.ZodType) => ({
    'application/json': { schema },
    'application/yaml': { schema: z.string() },
  });
  const why = {
    default: whyNot,
  };
  const answer = (description: string, schema: z.ZodType) => ({
    200: { description: `${description}. Its version is the ETag`, content: documents(schema) },
    ...why,
  });
  const outdated = { 412: { description: 'There is another version by now' } };
  const headers = z.object({ 'If-Match': z.string().openapi({ description: 'The ETag it was changed from, or *' }) });
  const params = z.object({ n: z.string() });

  registry.registerPath({
    method: 'get',
    path: '/policy',
    summary: 'The policy in force, whole. Scope admin:read.',
    security,
    responses: answer('The document', policyView),
  });
  registry.registerPath({
    method: 'put',
    path: '/policy',
    summary: 'Save a new version of the whole; it is refused whole, with the path of each fault. Scope admin:write.',
    security,
    request: { query: noteQuery, headers, body: { required: true, content: documents(policyView) } },
    responses: { ...answer('The document as it was saved', policyView), ...outdated },
  });
  registry.registerPath({
    method: 'get',
    path: '/policy/versions',
    summary: 'Who changed what and when, newest first. Scope admin:read.',
    security,
    request: { query: versionsQuery },
    responses: {
      200: { description: 'A page of versions', content: json(policyVersionList) },
      ...why,
    },
  });
  registry.registerPath({
    method: 'get',
    path: '/policy/versions/{n}',
    summary: 'The document of one version. Scope admin:read.',
    security,
    request: { params },
    responses: answer('The document', policyView),
  });
  registry.registerPath({
    method: 'post',
    path: '/policy/versions/{n}/restore',
    summary: 'Save an earlier version anew, as the newest. Scope admin:write.',
    security,
    request: { params, headers, body: { content: json(restorePolicyAsk) } },
    responses: { ...answer('The document as it was saved', policyView), ...outdated },
  });
  registry.registerPath({
    method: 'get',
    path: '/rules/hits',
    summary: 'How often each rule met a mail, day by day, those in shadow as well. Scope admin:read.',
    security,
    request: { query: ruleHitsQuery },
    responses: { 200: { description: 'Every rule', content: json(ruleHitList) }, ...why },
  });
  for (const [part, schema] of Object.entries(partViews)) {
    registry.registerPath({
      method: 'get',
      path: `/${part}`,
      summary: `The ${part} of the policy in force. Scope admin:read.`,
      security,
      responses: answer(`The ${part}`, schema),
    });
    registry.registerPath({
      method: 'put',
      path: `/${part}`,
      summary: `Save a new version of the policy with other ${part}. Scope admin:write.`,
      security,
      request: { query: noteQuery, headers, body: { required: true, content: documents(schema) } },
      responses: { ...answer(`The ${part} as they were saved`, schema), ...outdated },
    });
  }
}
