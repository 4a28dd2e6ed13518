// Owns how the calls about setting the place up are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { json, whyNot } from './described-answers.ts';
import { domainsReport, relayAsk, relayTried } from './setup-schemas.ts';

export function describeSetup(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const why = { default: whyNot };

  registry.registerPath({
    method: 'get',
    path: '/domains',
    summary:
      'What the world sees of the organisation’s own domains: MX, SPF, DKIM, DMARC, MTA-STS, TLS-RPT. Scope admin:read.',
    security,
    responses: { 200: { description: 'What was found, a moment ago at most', content: json(domainsReport) }, ...why },
  });
  registry.registerPath({
    method: 'post',
    path: '/relay/try',
    summary: 'Try a relay with one test mail, and say how far it came. No setting is changed. Scope admin:write.',
    security,
    request: { body: { required: true, content: json(relayAsk) } },
    responses: { 200: { description: 'What came of it', content: json(relayTried) }, ...why },
  });
}
