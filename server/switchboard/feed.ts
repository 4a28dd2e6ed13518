// Owns bringing entries of the audit log to the webhooks that want them: in the order of the log, each entry once, under a lock, with
// a mark of how far it came. What goes out is made here: ids and times, nothing of the particulars.

import { loadAuditHead } from '../audit/audit-head.store.ts';
import { listAudit } from '../audit/audit-list.store.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import { detailOf } from '../audit/formats.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import { loadMark, setMark } from '../db/marks.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import type { OutboxDeps } from '../outbox/outbox.store.ts';
import { addDelivery } from '../webhooks/deliveries.store.ts';
import { firstWanted, listWebhooks } from '../webhooks/webhooks.store.ts';

export interface FeedDeps {
  readonly db: Db;
  readonly vault: OutboxDeps;
}

/** In `marks`: the number of the last entry that was fed. */
const MARK = 'webhooks';

/** Feeds up to `most` entries. @returns how many; fewer than `most` means that nothing is left for now. */
export async function feedWebhooks(deps: FeedDeps, most: number): Promise<number> {
  const { db } = deps;
  // Asked every second, and mostly there is nothing to do.
  const wanted = await firstWanted(db);
  if (wanted === undefined || (await fedUpTo(db, wanted)) >= ((await loadAuditHead(db))?.seq ?? 0)) return 0;
  return inTransaction(db, (tx) => feed(deps, tx, most));
}

async function feed({ vault }: FeedDeps, tx: Tx, most: number): Promise<number> {
  await holdLock(tx, MARK);
  const wanted = await firstWanted(tx);
  if (wanted === undefined) return 0;
  const page = { after: await fedUpTo(tx, wanted), limit: most };
  const entries = (await listAudit(vault.keyring, tx, {}, page)).toReversed();
  const newest = entries.at(-1);
  if (newest === undefined) return 0;
  const webhooks = (await listWebhooks(vault, tx)).filter(({ state }) => state === 'on');
  for (const entry of entries) {
    const takers = webhooks.filter(({ afterSeq, events }) => afterSeq < entry.seq && events.includes(entry.event));
    if (takers.length === 0) continue;
    const body = await bodyOf(tx, entry);
    for (const { id: webhookId } of takers) {
      const deliveryId = await addDelivery(vault.clock, tx, { webhookId, event: entry.event, body });
      await enqueue(vault, tx, { kind: 'webhook', payload: { deliveryId } });
    }
  }
  await setMark(tx, MARK, String(newest.seq));
  return entries.length;
}

/** What was written while no webhook was on is fed to nobody. */
async function fedUpTo(db: Db | Tx, wanted: number): Promise<number> {
  return Math.max(wanted, Number((await loadMark(db, MARK)) ?? 0));
}

async function bodyOf(tx: Tx, entry: ReadEntry): Promise<string> {
  const { seq, at, event, messageId, recipientId } = entry;
  const recipient = recipientId === null ? undefined : await loadRecipient(tx, recipientId);
  // Which kind of alert: a word of ours, and not what it is about.
  const isAlert = event === 'alert-raised' || event === 'alert-over';
  const alert = isAlert ? { alert: detailOf(entry, 'alert') ?? null } : {};
  const data = { entry: seq, message: messageId, recipient: recipient?.position ?? null, ...alert };
  return JSON.stringify({ type: event, timestamp: at, data });
}
