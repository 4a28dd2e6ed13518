// Owns the pieces of which the pages about webhooks are made.

import { webhookPage, webhooksPage } from '../../server/admin/webhooks.model.ts';
import type { WebhookPage, WebhookSecretPage, WebhooksPage } from '../../server/render/page-models/webhooks.ts';
import type { Webhook } from '../../server/webhooks/webhook.ts';
import type { ListedDelivery } from '../../server/webhooks/deliveries.store.ts';
import { longWord } from './fixture-people.ts';
import { hostileField } from './fixture-staff.ts';

const path = '/admin/webhooks';
const at = '2026-11-21T14:05:00.000Z';
const clock = { nowMs: () => Date.parse('2026-11-21T16:05:00.000Z') };

const one: Webhook = {
  id: '01kag3xyz00000000000000001',
  version: 3,
  state: 'on',
  offBecause: null,
  url: 'https://hooks.example.org/sealpost',
  events: ['message-read', 'notice-failed', 'policy-changed'],
  secrets: [{ secret: '' }, { secret: '', until: '2026-11-22T14:05:00.000Z' }],
  afterSeq: 0,
  failingSince: null,
  createdAt: at,
};
const failing: Webhook = {
  ...one,
  id: '01kag3xyz00000000000000002',
  url: `https://${longWord.replace('ä', 'a').slice(0, 60)}.department.example.net:8443/`,
  events: ['message-read'],
  failingSince: at,
};
const gone: Webhook = {
  ...one,
  id: '01kag3xyz00000000000000003',
  url: 'https://old.example.net/',
  state: 'off',
  offBecause: 'gone',
};

const nothing = { url: '', events: ['message-read', 'notice-failed'] };
const mayChange = true;
export const webhooksEmpty: WebhooksPage = webhooksPage({ clock }, path, [], { mayChange, typed: nothing });
export const webhooks: WebhooksPage = webhooksPage({ clock }, path, [one, failing, gone], {
  mayChange,
  typed: nothing,
});
export const webhooksRefused: WebhooksPage = webhooksPage({ clock }, path, [one], {
  mayChange,
  typed: { url: hostileField, events: [], problem: 'The address has to be one of the public internet.' },
});

const delivery = (n: number, more: Partial<ListedDelivery>): ListedDelivery => ({
  id: `01kag3xyz0000000000000010${n}`,
  webhookId: failing.id,
  event: 'message-read',
  body: '{}',
  state: 'delivered',
  createdAt: at,
  attempts: [{ at, outcome: 'HTTP 204' }],
  ...more,
});
const deliveries: readonly ListedDelivery[] = [
  delivery(4, { event: 'test', state: 'waiting', attempts: [] }),
  delivery(3, {
    event: 'held-attachment-viewed',
    state: 'waiting',
    attempts: [
      { at, outcome: 'TIMEOUT' },
      { at, outcome: 'REFUSED-TARGET' },
      { at, outcome: 'HTTP 503' },
    ],
  }),
  delivery(2, { state: 'failed', attempts: [{ at, outcome: 'TLS' }] }),
  delivery(1, {}),
];

export const webhook: WebhookPage = webhookPage({ clock }, path, failing, deliveries, { mayChange });
export const webhookFresh: WebhookPage = webhookPage({ clock }, path, { ...one, events: ['message-read'] }, [], {
  mayChange,
});
export const secret: WebhookSecretPage = {
  host: 'hooks.example.org',
  secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDuGlSbnRoaXM=',
  rotated: false,
  nextUrl: `${path}/${one.id}`,
};
