// Owns the shapes of the calls about TLS with our own mail servers, what we say of them and what others report, and how they are
// described. What a policy may hold is checked by delivery/own-sts.ts.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';

const ownPolicy = {
  mode: z.enum(['enforce', 'testing', 'none']),
  mx: z.array(z.string()).openapi({ description: 'The servers that take the domain’s mail; *. stands for one label' }),
  maxAgeSeconds: z.number(),
};

/** Its values are read where they are saved, whose faults name their places. */
export const ownPolicyAsk = z.object(ownPolicy).openapi('OwnMtaSts');

export const ownPolicyList = z
  .object({
    policies: z.array(
      z.object({
        domain: z.string(),
        ...ownPolicy,
        file: z.string().openapi({ description: 'As it is served' }),
        records: z
          .array(z.object({ name: z.string(), type: z.string(), value: z.string() }))
          .openapi({ description: 'To be published in DNS' }),
      }),
    ),
  })
  .openapi('OwnMtaStsList');
export type OwnPolicyList = z.infer<typeof ownPolicyList>;

export const tlsReportsQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(400).default(30),
  limit: z.coerce.number().int().min(1).max(2_000).default(500),
});

export const tlsReportList = z
  .object({
    since: z.string().openapi({ description: 'The first day that counts, in UTC' }),
    reports: z.array(
      z.object({
        day: z.string(),
        domain: z.string(),
        organization: z.string().openapi({ description: 'Who says so; anybody may send a report' }),
        reportId: z.string(),
        policyType: z.string(),
        successful: z.number(),
        failed: z.number(),
        failures: z.array(z.object({ type: z.string(), host: z.string(), count: z.number() })),
      }),
    ),
    more: z.boolean().openapi({ description: 'There are more than were asked for' }),
  })
  .openapi('TlsReportList');
export type TlsReportList = z.infer<typeof tlsReportList>;

export function describeOwnSts(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const list = { description: 'The policies. Their version is the ETag', content: json(ownPolicyList) };
  const params = z.object({ domain: z.string() });
  const headers = z.object({ 'If-Match': z.string().openapi({ description: 'The ETag it was changed from, or *' }) });
  const changed = { 200: list, 412: { description: 'There is another version by now' }, default: whyNot };
  registry.registerPath({
    method: 'get',
    path: '/mta-sts',
    summary: 'What our own domains say of their mail servers by MTA-STS. Scope admin:read.',
    security,
    responses: { 200: list, default: whyNot },
  });
  registry.registerPath({
    method: 'put',
    path: '/mta-sts/{domain}',
    summary: 'Say it of one of our own domains. Scope admin:write.',
    security,
    request: { params, headers, body: { required: true, content: json(ownPolicyAsk) } },
    responses: changed,
  });
  registry.registerPath({
    method: 'delete',
    path: '/mta-sts/{domain}',
    summary: 'Say nothing of it any more. Scope admin:write.',
    security,
    request: { params, headers },
    responses: changed,
  });
  registry.registerPath({
    method: 'get',
    path: '/tls-reports',
    summary: 'What other mail servers report of TLS with ours, newest first. Scope admin:read.',
    security,
    request: { query: tlsReportsQuery },
    responses: { 200: { description: 'The reports', content: json(tlsReportList) }, default: whyNot },
  });
}
