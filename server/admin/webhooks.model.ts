// Owns what the pages of webhooks are given.

import { auditEvents } from '../audit/audit-event.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { newId } from '../crypto/random.ts';
import type { Site } from '../http/site.ts';
import { moment } from '../render/moment.ts';
import type { StateView } from '../render/page-models/parts.ts';
import type { DeliveryRow, WebhookFields, WebhookPage, WebhooksPage } from '../render/page-models/webhooks.ts';
import type { ListedDelivery } from '../webhooks/deliveries.store.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { eventWords, wordsOf } from './audit-words.ts';

/** What was typed and not saved, and why. */
export interface TypedWebhook {
  readonly url: string;
  readonly events: readonly string[];
  readonly problem?: string;
  /** The mark of the form that was sent. */
  readonly once?: string;
}

export function webhooksPage(
  { clock }: Pick<Site, 'clock'>,
  path: string,
  webhooks: readonly Webhook[],
  { mayChange, typed }: { readonly mayChange: boolean; readonly typed: TypedWebhook },
): WebhooksPage {
  return {
    mayChange,
    rows: webhooks.map((webhook) => ({
      host: hostOf(webhook),
      url: `${path}/${webhook.id}`,
      state: stateOf(webhook),
      events: webhook.events.length,
    })),
    fields: fieldsOf(path, typed, 'Add it'),
    once: typed.once ?? newId(clock),
    ...(typed.problem === undefined ? {} : { problem: typed.problem }),
  };
}

export function webhookPage(
  { clock }: Pick<Site, 'clock'>,
  path: string,
  webhook: Webhook,
  deliveries: readonly ListedDelivery[],
  { mayChange, typed = webhook }: { readonly mayChange: boolean; readonly typed?: TypedWebhook | undefined },
): WebhookPage {
  const nowMs = clock.nowMs();
  const here = `${path}/${webhook.id}`;
  const until = webhook.secrets[1]?.until;
  const trouble = troubleOf(webhook, nowMs);
  const isOn = webhook.state === 'on';
  return {
    backUrl: path,
    host: hostOf(webhook),
    state: stateOf(webhook),
    ...(trouble === undefined ? {} : { trouble }),
    mayChange,
    isOn,
    version: webhook.version,
    fields: fieldsOf(here, typed, 'Save'),
    ...(until === undefined || Date.parse(until) <= nowMs ? {} : { bothUntil: moment(until, nowMs) }),
    stateAction: `${here}/state`,
    testAction: `${here}/test`,
    rotateAction: `${here}/rotate`,
    removeAction: `${here}/remove`,
    replayAction: `${here}/replay`,
    deliveries: deliveries.map((delivery) => deliveryRow(delivery, nowMs, mayChange && isOn)),
    ...(typed.problem === undefined ? {} : { problem: typed.problem }),
  };
}

export function hostOf({ url }: Pick<Webhook, 'url'>): string {
  return new URL(url).host;
}

const MESSAGE_EVENTS: ReadonlySet<AuditEvent> = new Set<AuditEvent>([
  'message-accepted',
  'message-read',
  'attachment-taken',
  'attachment-viewed',
  'message-forwarded',
  'message-replied',
  'message-revoked',
  'message-restored',
  'message-destroyed',
  'message-expired',
  'expiry-changed',
  'notice-sent',
  'notice-failed',
  'answer-sent',
  'more-time-asked',
  'message-held',
  'hold-released',
  'hold-refused',
]);

function fieldsOf(action: string, { url, events }: Pick<TypedWebhook, 'url' | 'events'>, label: string): WebhookFields {
  const choices = auditEvents.map((name) => ({ name, words: eventWords[name], chosen: events.includes(name) }));
  const otherEvents = choices.filter(({ name }) => !MESSAGE_EVENTS.has(name));
  return {
    action,
    url,
    messageEvents: choices.filter(({ name }) => MESSAGE_EVENTS.has(name)),
    otherEvents,
    anyOther: otherEvents.some(({ chosen }) => chosen),
    label,
  };
}

function stateOf({ state, failingSince }: Webhook): StateView {
  if (state === 'off') return { words: 'Off', tone: 'off' };
  return failingSince === null ? { words: 'On', tone: 'good' } : { words: 'On, failing', tone: 'bad' };
}

function troubleOf({ state, offBecause, failingSince }: Webhook, nowMs: number): string | undefined {
  if (state === 'on') {
    if (failingSince === null) return undefined;
    return `No try has reached it since ${moment(failingSince, nowMs).words}. After three days it is switched off.`;
  }
  if (offBecause === 'gone') return 'Switched off: it answered that it is gone for good (410).';
  return offBecause === 'failing' ? 'Switched off: no try had reached it for three days.' : undefined;
}

const deliveryStates = {
  waiting: { words: 'Waits', tone: 'waiting' },
  delivered: { words: 'Arrived', tone: 'good' },
  failed: { words: 'Given up', tone: 'bad' },
} as const;

const outcomeWords: Readonly<Record<string, string>> = {
  'REFUSED-TARGET': 'Its name leads to an address inside a network; not sent',
  DNS: 'Its name leads nowhere',
  TLS: 'Its certificate cannot be trusted',
  TIMEOUT: 'No answer within 10 seconds',
  CONNECT: 'It cannot be reached',
  OFF: 'The webhook was off',
  WRITE: 'It could not be prepared here',
};

function deliveryRow(delivery: ListedDelivery, nowMs: number, mayReplay: boolean): DeliveryRow {
  return {
    id: delivery.id,
    words: delivery.event === 'test' ? 'Test event' : wordsOf(delivery.event),
    state: deliveryStates[delivery.state],
    created: moment(delivery.createdAt, nowMs),
    attempts: delivery.attempts.map(({ at, outcome }) => ({
      at: moment(at, nowMs),
      outcome: outcomeWords[outcome] ?? outcome,
    })),
    mayReplay: mayReplay && delivery.state !== 'waiting',
  };
}
