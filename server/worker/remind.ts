// Owns ordering the reminders: of a message whose last day comes near, one for each who has not read it. A message is
// taken once, by one guarded update, whatever number of machines looks for such.

import { DAY_MS, isoNow } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { remindingBrands } from '../brands/brand.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { listNearEnd, nextReminderDays, takeForReminding } from '../messages/reminders.store.ts';
import type { Group } from '../messages/reminders.store.ts';
import { listRecipients } from '../messages/recipients.store.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';

/** Whoever got the notice within this time needs no other yet. */
const NOTICE_IS_FRESH_MS = DAY_MS;

/** @returns how many messages were taken, of at most `most`. */
export async function orderReminders(deps: { db: Db; vault: Vault }, most: number): Promise<number> {
  const { db, vault } = deps;
  let taken = 0;
  for await (const { group, days } of groups(db)) {
    const near = await listNearEnd(db, {
      group,
      after: isoNow(vault.clock),
      until: isoNow(vault.clock, days * DAY_MS),
      toldBefore: isoNow(vault.clock, -NOTICE_IS_FRESH_MS),
      most: most - taken,
    });
    for (const message of near) await orderFor(deps, message);
    taken += near.length;
    if (taken >= most) break;
  }
  return taken;
}

// What its template says of a message counts more than what its brand says of all.
async function* groups(db: Db): AsyncGenerator<{ readonly group: Group; readonly days: number }> {
  for (const { id: brand, days } of await remindingBrands(db)) yield { group: { brand }, days };
  for (let days = await nextReminderDays(db, 0); days !== undefined; days = await nextReminderDays(db, days)) {
    yield { group: { days }, days };
  }
}

async function orderFor({ db, vault }: { db: Db; vault: Vault }, message: MessagesTable): Promise<void> {
  const now = isoNow(vault.clock);
  await inTransaction(db, async (tx) => {
    if (!(await takeForReminding(tx, message.id, now))) return;
    for (const recipient of await listRecipients(tx, message.id)) {
      // Who was never reached is told by no reminder either; who reads mail of their own house has it there.
      const isWaiting = recipient.notified_at !== null && recipient.opened_at === null && recipient.failed_at === null;
      if (!isWaiting || recipient.road !== 'notice' || readability(message, recipient, now) !== 'readable') continue;
      await enqueue(vault, tx, { kind: 'reminder', messageId: message.id, recipientId: recipient.id });
    }
  });
}
