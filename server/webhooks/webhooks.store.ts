// Owns the rows of webhooks. Their addresses and secrets are sealed.

import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { WebhooksTable } from '../db/tables/webhooks.ts';
import { cardShape } from './webhook.ts';
import type { Webhook, WebhookCard } from './webhook.ts';

export interface WebhookDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** The oldest first. */
export async function listWebhooks({ keyring }: WebhookDeps, db: Db | Tx): Promise<Webhook[]> {
  const rows = await db.selectFrom('webhooks').selectAll().orderBy('id').execute();
  return rows.map((row) => opened(keyring, row));
}

export async function loadWebhook({ keyring }: WebhookDeps, db: Db | Tx, id: string): Promise<Webhook | undefined> {
  const row = await db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : opened(keyring, row);
}

/** The lowest number after which one that is on gets entries; undefined when none is. */
export async function firstWanted(db: Db | Tx): Promise<number | undefined> {
  const rows = await db.selectFrom('webhooks').select('after_seq').where('state', '=', 'on').execute();
  return rows.length === 0 ? undefined : Math.min(...rows.map(({ after_seq: after }) => after));
}

/** @returns undefined when there is one of that id already. */
export async function addWebhook(
  deps: WebhookDeps,
  tx: Tx,
  card: WebhookCard,
  afterSeq: number,
  id = newId(deps.clock),
): Promise<Webhook | undefined> {
  const row: WebhooksTable = {
    id,
    version: 1,
    state: 'on',
    off_because: null,
    sealed: sealedCard(deps.keyring, id, card),
    after_seq: afterSeq,
    failing_since: null,
    created_at: isoNow(deps.clock),
  };
  const added = await tx
    .insertInto('webhooks')
    .values(row)
    .onConflict((on) => on.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return added === undefined ? undefined : opened(deps.keyring, row);
}

/** Puts it in the place of version `basedOn`. @returns undefined when another came first. */
export async function saveWebhook(
  { keyring }: WebhookDeps,
  tx: Tx,
  { id, version: basedOn }: Webhook,
  change: WebhookCard & Pick<Webhook, 'state' | 'afterSeq'>,
): Promise<Webhook | undefined> {
  const row = await tx
    .updateTable('webhooks')
    .set((eb) => ({
      version: basedOn + 1,
      state: change.state,
      // Only what somebody switches on begins anew.
      off_because: change.state === 'on' ? null : eb.ref('off_because'),
      failing_since: eb.case().when('state', '=', change.state).then(eb.ref('failing_since')).else(null).end(),
      after_seq: change.afterSeq,
      sealed: sealedCard(keyring, id, change),
    }))
    .where('id', '=', id)
    .where('version', '=', basedOn)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : opened(keyring, row);
}

/** @returns false when another changed it first. What was sent there is swept in its time. */
export async function removeWebhook(tx: Tx, { id, version }: Webhook): Promise<boolean> {
  const removed = await tx
    .deleteFrom('webhooks')
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst();
  return removed !== undefined;
}

export async function noteReached(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('webhooks').set({ failing_since: null }).where('id', '=', id).execute();
}

/** @returns since when all tries have failed. */
export async function noteUnreached(tx: Tx, id: string, now: string): Promise<string> {
  const row = await tx
    .updateTable('webhooks')
    .set((eb) => ({ failing_since: eb.fn.coalesce('failing_since', eb.val(now)) }))
    .where('id', '=', id)
    .returning('failing_since')
    .executeTakeFirst();
  return row?.failing_since ?? now;
}

/** @returns false when it is off already: of several that find so, one tells. */
export async function switchOff(tx: Tx, id: string, because: 'gone' | 'failing'): Promise<boolean> {
  const row = await tx
    .updateTable('webhooks')
    .set((eb) => ({ state: 'off' as const, off_because: because, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'on')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export const webhookRecords: SealedColumn = {
  table: 'webhooks',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => recordContext(String(id)),
};

function opened(keyring: Keyring, row: WebhooksTable): Webhook {
  const text = keyring.openRecord(recordContext(row.id), row.sealed).toString('utf8');
  const { url, events, secrets } = cardShape.parse(JSON.parse(text));
  return {
    id: row.id,
    version: row.version,
    state: row.state,
    offBecause: row.off_because,
    afterSeq: row.after_seq,
    failingSince: row.failing_since,
    createdAt: row.created_at,
    url,
    events,
    secrets,
  };
}

function sealedCard(keyring: Keyring, id: string, { url, events, secrets }: WebhookCard): Uint8Array {
  return keyring.sealRecord(recordContext(id), JSON.stringify({ url, events, secrets }));
}

function recordContext(id: string): string {
  return `webhook ${id}`;
}
