// Owns the API's description, OpenAPI 3.1, made of the same schemas that check the calls.

import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';
import { describeApiKeyCalls } from './api-keys-schemas.ts';
import { reportParams, reportView } from './report-schemas.ts';
import { auditList, auditQuery } from './audit-schemas.ts';
import { findAsk } from './find-schemas.ts';
import { describeHeldCalls } from './held-schemas.ts';
import { describeNewsCalls } from './news-schemas.ts';
import { describeOwnSts } from './own-sts-schemas.ts';
import { describePeopleCalls } from './openapi-people.ts';
import { describeBrandCalls } from './openapi-brands.ts';
import { describeCertificates } from './openapi-certificates.ts';
import { describeSetup } from './openapi-setup.ts';
import { describeConnectors } from './openapi-connectors.ts';
import { describePolicyCalls } from './openapi-policy.ts';
import { describeWebhookCalls } from './openapi-webhooks.ts';
import { describeOperationCalls } from './operation-schemas.ts';
import { describeSimulator } from './openapi-simulate.ts';
import {
  changeAsk,
  decisionAsk,
  envelopeQuery,
  eventList,
  helpAsk,
  listQuery,
  messageList,
  messageView,
  newMessage,
  proofView,
  resendAsk,
  restoreAsk,
  revokeAsk,
} from './schemas.ts';

const MESSAGE = '/messages/{id}';

export function openApiDocument(publicUrl: string): ReturnType<OpenApiGeneratorV31['generateDocument']> {
  const registry = new OpenAPIRegistry();
  const key = registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' });
  const security = [{ [key.name]: [] }];
  const answer = (status: number, description: string, schema: z.ZodType) => ({
    [status]: { description, content: json(schema) },
    default: whyNot,
  });
  const params = z.object({ id: z.string() });

  registry.registerPath({
    method: 'post',
    path: '/messages',
    summary: 'Send a message. Scope messages:send. Idempotency-Key is honoured.',
    security,
    request: {
      query: envelopeQuery.partial(),
      headers: z.object({ 'Idempotency-Key': z.string().optional() }),
      body: { required: true, content: { ...json(newMessage), 'message/rfc822': { schema: z.string() } } },
    },
    responses: answer(201, 'Stored; the notices are on their way', messageView),
  });
  registry.registerPath({
    method: 'get',
    path: '/messages',
    summary: 'Sent messages, newest first. Scope messages:read.',
    security,
    request: { query: listQuery },
    responses: answer(200, 'A page of messages', messageList),
  });
  registry.registerPath({
    method: 'post',
    path: '/messages/find',
    summary:
      'Search sent messages, newest first. Scope messages:read. Subjects are sealed and looked through some at a time: fewer than asked for, and a cursor, means that there may be more.',
    security,
    request: { body: { required: true, content: json(findAsk) } },
    responses: answer(200, 'Those that fit', messageList),
  });
  registry.registerPath({
    method: 'get',
    path: MESSAGE,
    summary: 'One message and what became of it with each recipient. Scope messages:read.',
    security,
    request: { params },
    responses: answer(200, 'The message', messageView),
  });
  registry.registerPath({
    method: 'get',
    path: `${MESSAGE}/events`,
    summary: 'What happened to a message, newest first. Scope messages:read.',
    security,
    request: { params },
    responses: answer(200, 'The events', eventList),
  });
  registry.registerPath({
    method: 'get',
    path: `${MESSAGE}/proof`,
    summary: 'What was sent, to whom and what became of it, signed. Scope messages:read.',
    security,
    request: { params },
    responses: answer(200, 'The statement, and the signature over it (compact JWS)', proofView),
  });
  registry.registerPath({
    method: 'post',
    path: `${MESSAGE}/revoke`,
    summary: 'Take it back from some or all, or destroy it. Scope messages:revoke.',
    security,
    request: { params, body: { content: json(revokeAsk) } },
    responses: answer(200, 'The message now', messageView),
  });
  registry.registerPath({
    method: 'post',
    path: `${MESSAGE}/restore`,
    summary: 'Give it back. Scope messages:revoke.',
    security,
    request: { params, body: { content: json(restoreAsk) } },
    responses: answer(200, 'The message now', messageView),
  });
  registry.registerPath({
    method: 'post',
    path: `${MESSAGE}/resend`,
    summary: 'Send the notice once more to those who have not read. Scope messages:send.',
    security,
    request: { params, body: { content: json(resendAsk) } },
    responses: answer(200, 'The message now', messageView),
  });
  registry.registerPath({
    method: 'patch',
    path: MESSAGE,
    summary: 'Change its last day or its access phrase, or both. Scope messages:revoke.',
    security,
    request: { params, body: { content: json(changeAsk) } },
    responses: answer(200, 'The message now', messageView),
  });
  registry.registerPath({
    method: 'post',
    path: `${MESSAGE}/requests/{request}`,
    summary: 'Answer a reader who asked for more time. Scope messages:revoke.',
    security,
    request: { params: params.extend({ request: z.string() }), body: { required: true, content: json(decisionAsk) } },
    responses: answer(200, 'The message now', messageView),
  });
  for (const [path, summary] of [
    ['/help-desk/notices', 'Send the notices of all that waits for an address again. Scope admin:write.'],
    ['/help-desk/unlock', 'Take away what was counted against an address’s tries. Scope admin:write.'],
  ] as const) {
    registry.registerPath({
      method: 'post',
      path,
      summary,
      security,
      request: { body: { required: true, content: json(helpAsk) } },
      responses: {
        204: { description: 'Done, if there is anybody; which is not told' },
        default: whyNot,
      },
    });
  }

  registry.registerPath({
    method: 'get',
    path: '/audit',
    summary: 'Entries of the audit log, newest first. Scope admin:read.',
    security,
    request: { query: auditQuery },
    responses: answer(200, 'A page of entries', auditList),
  });
  registry.registerPath({
    method: 'get',
    path: '/reports/{report}',
    summary:
      'A report, policy-review or compliance, made now; as JSON, or as PDF where that is accepted. Scope admin:read.',
    security,
    request: { params: reportParams },
    responses: answer(200, 'The report', reportView),
  });
  describeApiKeyCalls(registry, security);
  describeHeldCalls(registry, security);
  describeNewsCalls(registry, security);
  describeOwnSts(registry, security);
  describeCertificates(registry, security);
  describePolicyCalls(registry, security);
  describePeopleCalls(registry, security);
  describeBrandCalls(registry, security);
  describeWebhookCalls(registry, security);
  describeOperationCalls(registry, security);
  describeSimulator(registry, security);
  describeConnectors(registry, security);
  describeSetup(registry, security);

  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Sealpost API', version: '1' },
    servers: [{ url: `${publicUrl}/api/v1` }],
  });
}
