// Owns the shapes of the calls about webhooks.

import { auditEvents } from '../audit/audit-event.ts';
import { z } from './described-zod.ts';

const url = z.string().max(4_000).openapi({ example: 'https://hooks.example.com/sealpost' });
const events = z.array(z.enum(auditEvents)).max(auditEvents.length);
const state = z.enum(['on', 'off']);

export const newWebhook = z.strictObject({ url, events }).openapi('NewWebhook');
export const putWebhook = z.strictObject({ url, events, state }).openapi('PutWebhook');

const view = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  state,
  offBecause: z.enum(['gone', 'failing']).nullable().openapi({ description: 'Why it was switched off by itself' }),
  failingSince: z.string().nullable(),
  createdAt: z.string(),
});
export const webhookView = view.openapi('Webhook');
export const webhookList = z.object({ webhooks: z.array(webhookView) }).openapi('Webhooks');
export const webhookWithSecret = view
  .extend({ secret: z.string().openapi({ description: 'Shown this once', example: 'whsec_…' }) })
  .openapi('WebhookWithSecret');
export const deliveryList = z
  .object({
    deliveries: z.array(
      z.object({
        id: z.string().openapi({ description: 'The webhook-id it goes out with, in every try and replay' }),
        event: z.string(),
        state: z.enum(['waiting', 'delivered', 'failed']),
        createdAt: z.string(),
        attempts: z.array(z.object({ at: z.string(), outcome: z.string().openapi({ example: 'HTTP 204' }) })),
      }),
    ),
  })
  .openapi('WebhookDeliveries');
export const ordered = z.object({ id: z.string() }).openapi('WebhookOrdered');

export type WebhookView = z.infer<typeof webhookView>;
export type DeliveryList = z.infer<typeof deliveryList>;
