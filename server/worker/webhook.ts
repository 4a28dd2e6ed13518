// Owns sending one event to one webhook and writing down what came of it: a status or one of our own words, never what the peer
// said. One that is gone, or failed for days, is switched off, which is in the audit log.

import { z } from 'zod';
import { DAY_MS, SECOND_MS, isoNow } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { signWebhook } from '../crypto/webhook-signature.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { PostOutside } from '../net/post-outside.ts';
import { isLastTry, openPayload, settleDead, settleDone, settleRetry } from '../outbox/outbox.store.ts';
import type { Job, OutboxDeps } from '../outbox/outbox.store.ts';
import { loadDelivery, noteAttempt } from '../webhooks/deliveries.store.ts';
import type { Delivery } from '../webhooks/deliveries.store.ts';
import { livingSecrets } from '../webhooks/webhook.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { loadWebhook, noteReached, noteUnreached, switchOff } from '../webhooks/webhooks.store.ts';
import { LeaseLost } from './leases.ts';
import type { Lease } from './leases.ts';

export interface WebhookJobDeps {
  readonly db: Db;
  readonly vault: OutboxDeps;
  readonly log: Log;
  readonly postOutside: PostOutside;
}

const payload = z.object({ deliveryId: z.string() });
const FAILING_MAX_MS = 3 * DAY_MS;
/** "This address wants no more of it", in the specification's words. */
const GONE = 'HTTP 410';
const OFF = 'OFF';
const NOTHING = 'NOTHING';

/** Sends and settles; with a lease that was lost it leaves all to who has it. */
export async function runWebhookJob(deps: WebhookJobDeps, lease: Lease): Promise<void> {
  const { job } = lease;
  const { db, log } = deps;
  let work: Work | undefined;
  let outcome: string;
  try {
    work = await findWork(deps, job);
    outcome = work === undefined ? NOTHING : await attempt(deps, lease, work);
  } catch (error) {
    if (error instanceof LeaseLost) {
      log.warn('lease.lost', { job: job.kind, id: job.id, attempts: job.attempt });
      return;
    }
    // It waits for a mended program rather than get lost.
    log.error('job.failed', { job: job.kind, id: job.id, err: error });
    outcome = 'WRITE';
  }
  await inTransaction(db, (tx) => settle(deps, tx, job, work?.delivery, outcome));
}

interface Work {
  readonly delivery: Delivery;
  readonly webhook: Webhook;
}

/** Undefined when the webhook was removed, or the delivery swept. */
async function findWork({ db, vault }: WebhookJobDeps, job: Job): Promise<Work | undefined> {
  const { deliveryId } = payload.parse(openPayload(vault, job));
  const delivery = await loadDelivery(db, deliveryId);
  const webhook = delivery === undefined ? undefined : await loadWebhook(vault, db, delivery.webhookId);
  return delivery === undefined || webhook === undefined ? undefined : { delivery, webhook };
}

async function attempt({ vault, postOutside }: WebhookJobDeps, lease: Lease, work: Work): Promise<string> {
  const { webhook, delivery } = work;
  if (webhook.state === 'off') return OFF;
  const { id, body } = delivery;
  const timestamp = Math.floor(vault.clock.nowMs() / SECOND_MS);
  const secrets = livingSecrets(webhook, isoNow(vault.clock));
  await lease.check();
  const posted = await postOutside({
    url: webhook.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Sealpost',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook(secrets, { id, timestamp, body }),
    },
    body,
  });
  return posted.kind === 'answered' ? `HTTP ${posted.status}` : posted.why;
}

async function settle(
  { vault, log }: WebhookJobDeps,
  tx: Tx,
  job: Job,
  delivery: Delivery | undefined,
  outcome: string,
): Promise<void> {
  const { clock } = vault;
  const isSent = /^HTTP 2\d\d$/.test(outcome);
  if (isSent || outcome === NOTHING) {
    if (!(await settleDone(tx, job)) || delivery === undefined) return;
    await noteAttempt(clock, tx, delivery.id, { outcome, state: 'delivered' });
    await noteReached(tx, delivery.webhookId);
    log.info('webhook.sent', { job: job.kind, id: delivery.id, attempts: job.attempt });
    return;
  }
  log.warn('webhook.failed', { job: job.kind, id: delivery?.id, attempts: job.attempt, reason: outcome });
  const isOver = outcome === OFF || outcome === GONE || isLastTry(vault, job);
  const isOurs = isOver ? await settleDead(tx, job, outcome) : await settleRetry(vault, tx, job, outcome);
  if (!isOurs || delivery === undefined) return;
  await noteAttempt(clock, tx, delivery.id, { outcome, state: isOver ? 'failed' : 'waiting' });
  if (outcome !== OFF) await noteFailing(vault, tx, delivery.webhookId, outcome);
}

async function noteFailing(vault: OutboxDeps, tx: Tx, webhook: string, outcome: string): Promise<void> {
  const { clock } = vault;
  const since = await noteUnreached(tx, webhook, isoNow(clock));
  const because = outcome === GONE ? 'gone' : 'failing';
  if (because === 'failing' && since > isoNow(clock, -FAILING_MAX_MS)) return;
  if (!(await switchOff(tx, webhook, because))) return;
  const details = { webhook, because, since, outcome };
  await appendAudit(vault, tx, { event: 'webhook-switched-off', details });
}
