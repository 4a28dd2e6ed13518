// Owns how the calls about brands are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { brandListView, brandView, removedBrandView } from './brand-schemas.ts';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';
import { noteQuery, policyVersionList, restorePolicyAsk, versionsQuery } from './policy-schemas.ts';

export function describeBrandCalls(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const why = {
    default: whyNot,
  };
  const outdated = { 412: { description: 'There is another version by now' } };
  const tagged = (description: string, schema: z.ZodType) => ({
    200: { description: `${description}. Its version is the ETag`, content: json(schema) },
    ...why,
  });
  const headers = z.object({ 'If-Match': z.string().openapi({ description: 'The ETag it was changed from, or *' }) });
  const newOrChanged = z.object({
    'If-Match': z.string().optional().openapi({ description: 'The ETag it was changed from, or *' }),
    'If-None-Match': z.string().optional().openapi({ description: '* for a brand that is new' }),
  });
  const params = z.object({ brand: z.string() });
  const versionParams = z.object({ brand: z.string(), n: z.string() });
  const one = '/brands/{brand}';

  registry.registerPath({
    method: 'get',
    path: '/brands',
    summary: 'Every brand. Scope admin:read.',
    security,
    responses: tagged('The brands', brandListView),
  });
  registry.registerPath({
    method: 'put',
    path: '/brands',
    summary: 'Make the brands these: what is not among them is removed, all or nothing. Scope admin:write.',
    security,
    request: { query: noteQuery, headers, body: { required: true, content: json(brandListView) } },
    responses: { ...tagged('The brands as they were saved', brandListView), ...outdated },
  });
  registry.registerPath({
    method: 'get',
    path: one,
    summary: 'One brand. Scope admin:read.',
    security,
    request: { params },
    responses: tagged('The brand', brandView),
  });
  registry.registerPath({
    method: 'put',
    path: one,
    summary: 'Make a brand, or save a new version of one; it is refused whole. Scope admin:write.',
    security,
    request: { params, query: noteQuery, headers: newOrChanged, body: { required: true, content: json(brandView) } },
    responses: {
      ...tagged('The brand as it was saved', brandView),
      201: { description: 'It is new', content: json(brandView) },
      ...outdated,
    },
  });
  registry.registerPath({
    method: 'delete',
    path: one,
    summary: 'Remove a brand that the policy does not name. Its name and versions stay. Scope admin:write.',
    security,
    request: { params, headers },
    responses: {
      200: { description: 'Removed', content: json(removedBrandView) },
      409: { description: 'The policy names it, or it is the default brand' },
      ...outdated,
      ...why,
    },
  });
  registry.registerPath({
    method: 'get',
    path: `${one}/versions`,
    summary: 'Who changed what and when, newest first; also of a brand that was removed. Scope admin:read.',
    security,
    request: { params, query: versionsQuery },
    responses: { 200: { description: 'A page of versions', content: json(policyVersionList) }, ...why },
  });
  registry.registerPath({
    method: 'get',
    path: `${one}/versions/{n}`,
    summary: 'The brand as it was in one version. Scope admin:read.',
    security,
    request: { params: versionParams },
    responses: tagged('The brand', brandView),
  });
  registry.registerPath({
    method: 'post',
    path: `${one}/versions/{n}/restore`,
    summary: 'Save an earlier version anew, as the newest. Scope admin:write.',
    security,
    request: { params: versionParams, headers: headers.partial(), body: { content: json(restorePolicyAsk) } },
    responses: { ...tagged('The brand as it was saved', brandView), ...outdated },
  });
}
