// Owns the shapes of the calls about what a sender wishes to hear of, and how they are described.

import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { parseAddress } from '../core/address.ts';
import { json, whyNot } from './described-answers.ts';
import { z } from './described-zod.ts';

export const senderInPath = z.string().transform((text, context) => {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  context.addIssue({ code: 'custom', message: 'is no mail address' });
  return z.NEVER;
});

export const senderNotices = z
  .strictObject({
    firstRead: z.boolean().openapi({ description: 'A mail when the first reader of a message opens it' }),
    digest: z.boolean().openapi({ description: 'A summary once a day, when something happened' }),
    subjects: z.boolean().openapi({ description: 'Whether these mails name subjects' }),
  })
  .openapi('SenderNotices');

export function describeNewsCalls(registry: OpenAPIRegistry, security: NonNullable<RouteConfig['security']>): void {
  const content = json(senderNotices);
  const params = z.object({ address: z.string() });
  registry.registerPath({
    method: 'get',
    path: '/senders/{address}/notices',
    summary: 'Which mails a sender gets about what they sent. Scope messages:read.',
    security,
    request: { params },
    responses: { 200: { description: 'What is chosen', content }, default: whyNot },
  });
  registry.registerPath({
    method: 'put',
    path: '/senders/{address}/notices',
    summary:
      'Choose which mails a sender gets about what they sent. Scope messages:send. A key that is bound to nobody needs admin:write as well.',
    security,
    request: { params, body: { required: true, content } },
    responses: { 200: { description: 'What is chosen', content }, default: whyNot },
  });
}
