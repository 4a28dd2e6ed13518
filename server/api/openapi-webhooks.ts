// Owns how the calls about webhooks are described in OpenAPI.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';
import {
  deliveryList,
  newWebhook,
  ordered,
  putWebhook,
  webhookList,
  webhookView,
  webhookWithSecret,
} from './webhook-schemas.ts';

const ONE = '/webhooks/{webhook}';

export function describeWebhookCalls(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const answers = (status: number, description: string, schema?: z.ZodType) => ({
    [status]: { description, ...(schema === undefined ? {} : { content: json(schema) }) },
    default: whyNot,
  });
  const params = z.object({ webhook: z.string() });
  const headers = z.object({ 'If-Match': z.string().openapi({ description: 'The ETag it was changed from, or *' }) });
  const describe = (
    method: RouteConfig['method'],
    path: string,
    summary: string,
    responses: RouteConfig['responses'],
    request?: RouteConfig['request'],
  ): void => {
    registry.registerPath({
      method,
      path,
      summary,
      security,
      responses,
      ...(request === undefined ? {} : { request }),
    });
  };

  describe('get', '/webhooks', 'The webhooks. Scope admin:read.', answers(200, 'All of them', webhookList));
  describe(
    'post',
    '/webhooks',
    'Make a webhook. Each event goes there by POST, signed as in Standard Webhooks. Scope admin:write.',
    answers(201, 'It, with its secret', webhookWithSecret),
    { body: { required: true, content: json(newWebhook) } },
  );
  describe('get', ONE, 'One webhook. Scope admin:read.', answers(200, 'Its version is the ETag', webhookView), {
    params,
  });
  describe(
    'put',
    ONE,
    'Change it, switch it on or off. Scope admin:write.',
    { ...answers(200, 'It as it is now', webhookView), 412: { description: 'Somebody else changed it' } },
    { params, headers, body: { required: true, content: json(putWebhook) } },
  );
  describe('delete', ONE, 'Remove it. Scope admin:write.', answers(204, 'It is removed'), { params, headers });
  describe(
    'post',
    `${ONE}/rotate`,
    'Make a new secret; the one before signs beside it for a day. Scope admin:write.',
    answers(200, 'It, with its new secret', webhookWithSecret),
    { params },
  );
  describe('post', `${ONE}/test`, 'Send a test event. Scope admin:write.', answers(202, 'On its way', ordered), {
    params,
  });
  describe(
    'get',
    `${ONE}/deliveries`,
    'What was sent last, and what came of each try. Scope admin:read.',
    answers(200, 'The newest first', deliveryList),
    { params },
  );
  describe(
    'post',
    `${ONE}/deliveries/{delivery}/replay`,
    'Send it once more, under the same webhook-id. Scope admin:write.',
    answers(202, 'On its way', ordered),
    { params: params.extend({ delivery: z.string() }) },
  );
}
