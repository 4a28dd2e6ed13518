// Owns how the calls about certificates are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import {
  certificateAsk,
  certificateList,
  certificateView,
  certificatesQuery,
  importAnswer,
  importAsk,
} from './certificate-schemas.ts';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';

export function describeCertificates(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const why = { default: whyNot };
  const answer = (status: number, description: string, schema: z.ZodType) => ({
    [status]: { description, content: json(schema) },
    ...why,
  });
  const params = z.object({ certificate: z.string() });
  const ONE = '/certificates/{certificate}';

  registry.registerPath({
    method: 'get',
    path: '/certificates',
    summary: 'Certificates for S/MIME, newest first. Scope admin:read.',
    security,
    request: { query: certificatesQuery },
    responses: answer(200, 'A page of certificates', certificateList),
  });
  registry.registerPath({
    method: 'post',
    path: '/certificates',
    summary: 'Take in what a file holds; nothing is used before it is approved. Scope admin:write.',
    security,
    request: { body: { required: true, content: json(importAsk) } },
    responses: answer(201, 'What was taken in', importAnswer),
  });
  registry.registerPath({
    method: 'get',
    path: ONE,
    summary: 'One certificate, and what speaks against its use. Scope admin:read.',
    security,
    request: { params },
    responses: answer(200, 'The certificate', certificateView),
  });
  registry.registerPath({
    method: 'put',
    path: ONE,
    summary: 'Approve or refuse it, or change how mail is encrypted to it. Scope admin:write.',
    security,
    request: { params, body: { required: true, content: json(certificateAsk) } },
    responses: answer(200, 'The certificate now', certificateView),
  });
  registry.registerPath({
    method: 'delete',
    path: ONE,
    summary: 'Remove it for good, with its private key. Scope admin:write.',
    security,
    request: { params },
    responses: { 204: { description: 'Removed' }, ...why },
  });
}
