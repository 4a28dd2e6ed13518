// Owns changing webhooks: one road for the pages and the API, each change with its audit entry. A secret is handed out once, when it
// is made.

import { loadAuditHead } from '../audit/audit-head.store.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { HOUR_MS, isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { newWebhookSecret } from '../crypto/webhook-signature.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import type { OutboxDeps } from '../outbox/outbox.store.ts';
import { addDelivery, listDeliveries, waitAgain } from '../webhooks/deliveries.store.ts';
import type { ListedDelivery } from '../webhooks/deliveries.store.ts';
import { parseTarget } from '../webhooks/webhook.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { addWebhook, listWebhooks, loadWebhook, removeWebhook, saveWebhook } from '../webhooks/webhooks.store.ts';

export interface SwitchboardDeps {
  readonly db: Db;
  readonly vault: OutboxDeps;
  /** Called when there is something to send. */
  readonly kick: () => void;
}

export interface By {
  /** An address, or the id of a key. */
  readonly actor: string;
  readonly network?: string;
}

export interface Wanted {
  readonly url: string;
  readonly events: readonly AuditEvent[];
}

export interface WithSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Throws request/not-found for what is none, request/outdated for what another changed meanwhile. */
export interface Switchboard {
  list(): Promise<Webhook[]>;
  get(id: string): Promise<Webhook>;
  /**
   * Throws request/malformed for an address that is none outside, or one webhook too many, and request/conflict when there
   * is one of that id.
   */
  add(wanted: Wanted & { readonly id?: string }, by: By): Promise<WithSecret>;
  save(id: string, basedOn: number, wanted: Wanted & Pick<Webhook, 'state'>, by: By): Promise<Webhook>;
  /** The secret before signs beside the new one for a day. */
  rotate(id: string, by: By, basedOn?: number): Promise<WithSecret>;
  remove(id: string, basedOn: number, by: By): Promise<void>;
  sendTest(id: string, by: By): Promise<string>;
  deliveries(id: string): Promise<ListedDelivery[]>;
  /** Sends it once more under its own id. @returns false when it waits already. */
  replay(id: string, deliveryId: string, by: By): Promise<boolean>;
}

export const WEBHOOKS_MAX = 20;
/** What a webhook may be sent beside what happens. */
export const TEST_EVENT = 'test';
const BOTH_SECRETS_MS = 24 * HOUR_MS;
const LISTED_MAX = 50;

export function bindSwitchboard({ db, vault, kick }: SwitchboardDeps): Switchboard {
  const { clock } = vault;
  return {
    list: () => listWebhooks(vault, db),
    get: (id) => getWebhook(db, id),
    add: ({ url, events, id }, by) =>
      inTransaction(db, async (tx) => {
        if (id !== undefined && (await loadWebhook(vault, tx, id)) !== undefined) throw known();
        if ((await listWebhooks(vault, tx)).length >= WEBHOOKS_MAX) {
          throw new AppError('request/malformed', `There are ${WEBHOOKS_MAX} webhooks already. Remove one first.`);
        }
        const secret = newWebhookSecret();
        const card = { url: parseTarget(url), events: checkedEvents(events), secrets: [{ secret }] };
        const webhook = await addWebhook(vault, tx, card, await headSeq(tx), id);
        if (webhook === undefined) throw known();
        await tell(tx, webhook, 'added', by);
        return { webhook, secret };
      }),
    save: (id, basedOn, { url, events, state }, by) =>
      inTransaction(db, async (tx) => {
        const before = await getWebhook(tx, id);
        if (before.version !== basedOn) throw outdated();
        // What happened while it was off it never gets.
        const afterSeq = before.state === 'off' && state === 'on' ? await headSeq(tx) : before.afterSeq;
        const card = { url: parseTarget(url), events: checkedEvents(events), secrets: before.secrets };
        const saved = await saveWebhook(vault, tx, before, { ...card, state, afterSeq });
        if (saved === undefined) throw outdated();
        await tell(tx, saved, before.state === state ? 'changed' : `switched ${state}`, by);
        return saved;
      }),
    rotate: (id, by, basedOn) =>
      inTransaction(db, async (tx) => {
        const before = await getWebhook(tx, id);
        if (basedOn !== undefined && before.version !== basedOn) throw outdated();
        const secret = newWebhookSecret();
        const until = isoNow(clock, BOTH_SECRETS_MS);
        // The one that signs now goes on for a day; one that was on its way out already is gone.
        const kept = before.secrets.slice(0, 1).map((old) => ({ secret: old.secret, until }));
        const webhook = await saveWebhook(vault, tx, before, { ...before, secrets: [{ secret }, ...kept] });
        if (webhook === undefined) throw outdated();
        await tell(tx, webhook, 'secret rotated', by);
        return { webhook, secret };
      }),
    remove: (id, basedOn, by) =>
      inTransaction(db, async (tx) => {
        const webhook = await getWebhook(tx, id);
        if (webhook.version !== basedOn || !(await removeWebhook(tx, webhook))) throw outdated();
        await tell(tx, webhook, 'removed', by);
      }),
    sendTest: async (id, by) => {
      const deliveryId = await inTransaction(db, async (tx) => {
        const webhook = await getOn(tx, id);
        const body = JSON.stringify({ type: TEST_EVENT, timestamp: isoNow(clock), data: {} });
        const made = await addDelivery(clock, tx, { webhookId: id, event: TEST_EVENT, body });
        await enqueue(vault, tx, { kind: 'webhook', payload: { deliveryId: made } });
        await tell(tx, webhook, 'test sent', by);
        return made;
      });
      kick();
      return deliveryId;
    },
    deliveries: (id) => listDeliveries(db, id, LISTED_MAX),
    replay: async (id, deliveryId, by) => {
      const ordered = await inTransaction(db, async (tx) => {
        await getOn(tx, id);
        if (!(await waitAgain(tx, id, deliveryId))) return false;
        await enqueue(vault, tx, { kind: 'webhook', payload: { deliveryId } });
        await appendAudit(vault, tx, {
          event: 'webhook-replayed',
          details: { ...by, webhook: id, delivery: deliveryId },
        });
        return true;
      });
      kick();
      return ordered;
    },
  };

  async function getWebhook(from: Db | Tx, id: string): Promise<Webhook> {
    const webhook = await loadWebhook(vault, from, id);
    if (webhook === undefined) throw new AppError('request/not-found', 'There is no such webhook.');
    return webhook;
  }

  async function getOn(tx: Tx, id: string): Promise<Webhook> {
    const webhook = await getWebhook(tx, id);
    if (webhook.state === 'off') throw new AppError('request/malformed', 'It is switched off. Switch it on first.');
    return webhook;
  }

  /** Of its address the server alone: the rest may be as good as a password. */
  async function tell(tx: Tx, { id, url, events }: Webhook, what: string, by: By): Promise<void> {
    const details = { ...by, webhook: id, what, host: new URL(url).host, events };
    await appendAudit(vault, tx, { event: 'webhook-changed', details });
  }
}

function checkedEvents(events: readonly AuditEvent[]): AuditEvent[] {
  if (events.length === 0) throw new AppError('request/malformed', 'Choose at least one event.');
  return [...new Set(events)].toSorted();
}

async function headSeq(tx: Tx): Promise<number> {
  return (await loadAuditHead(tx))?.seq ?? 0;
}

function known(): AppError {
  return new AppError('request/conflict', 'This webhook is made already.');
}

function outdated(): AppError {
  return new AppError('request/outdated', 'Somebody else changed the webhook meanwhile. Look at it again.');
}
