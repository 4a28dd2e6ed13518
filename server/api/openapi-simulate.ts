// Owns how the calls that try a policy out are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';
import { policyView, replayQuery, replayView } from './policy-schemas.ts';
import { envelopeQuery, simulateAsk } from './schemas.ts';

const explanation = z
  .object({
    outcome: z.enum(['granted', 'held', 'refused']),
    refusal: z.object({ code: z.string(), sentence: z.string(), rule: z.string().optional() }).optional(),
    decision: z.record(z.string(), z.unknown()).optional(),
    decidedBy: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'The rule (with its name) or the wish that gave the protection its name, or refused' }),
    rules: z.array(z.record(z.string(), z.unknown())),
  })
  .openapi('Explanation');

export function describeSimulator(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const why = { default: whyNot };

  registry.registerPath({
    method: 'post',
    path: '/simulate',
    summary:
      'What would become of a message, and what each rule says; nothing is stored. Scope admin:read. With `days`: what would become of the messages of so many days; the body is the policy to try, or empty for the one in force. Scopes admin:read and admin:write.',
    security,
    request: {
      query: z.object({ ...envelopeQuery.partial().shape, ...replayQuery.partial().shape }),
      body: {
        content: {
          'application/json': { schema: z.union([simulateAsk, policyView]) },
          'application/yaml': { schema: z.string() },
          'message/rfc822': { schema: z.string() },
          'multipart/form-data': {
            schema: z.object({
              policy: z.string().openapi({ description: 'The policy to try, YAML or JSON; before the mail' }),
              mail: z.string().openapi({ format: 'binary', description: 'The raw mail, as a file' }),
            }),
            encoding: { mail: { contentType: 'message/rfc822' } },
          },
        },
      },
    },
    responses: {
      200: { description: 'The outcome, its reasons, and every rule', content: json(explanation) },
      202: { description: 'Begun; its place is the Location', content: json(replayView) },
      409: { description: 'Another is under way' },
      ...why,
    },
  });
  registry.registerPath({
    method: 'get',
    path: '/simulate/{replay}',
    summary: 'How far it has come, and what came of it: counts, and ids of messages. Scope admin:read.',
    security,
    request: { params: z.object({ replay: z.string() }) },
    responses: { 200: { description: 'The replay', content: json(replayView) }, ...why },
  });
}
