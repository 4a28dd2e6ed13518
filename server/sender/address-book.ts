// Owns the address book: whom this sender, and the mailboxes they act for, wrote to before. It is read from these messages each time, so that it
// holds nobody else's people, and nobody once the message to them is destroyed.

import { listAllRecipientsOf } from '../messages/holds.store.ts';
import { listSent } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { unlessBroken } from '../http/message-views.ts';
import type { Site } from '../http/site.ts';
import type { Mailbox } from './mailboxes.ts';

export interface Acquaintance {
  readonly name: string;
  readonly address: string;
}

const ENTRIES_MAX = 100;
/** A few messages at a time: each may have hundreds of recipients. */
const MESSAGES_AT_ONCE = 10;
const MESSAGES_MAX = 60;

/** The latest first, each once, and at most a hundred. */
export async function addressBook(site: Site, mailboxes: readonly Mailbox[]): Promise<Acquaintance[]> {
  const senders = mailboxes.map(({ addressIndex }) => addressIndex);
  const met = new Map<string, Acquaintance>();
  let before: string | undefined;
  for (let looked = 0; looked < MESSAGES_MAX && met.size < ENTRIES_MAX; looked += MESSAGES_AT_ONCE) {
    const rows = await listSent(site.db, senders, { limit: MESSAGES_AT_ONCE, before });
    const recipients = await listAllRecipientsOf(site.db, rows);
    for (const row of rows) await unlessBroken(site, row.id, () => meet(site, met, row, recipients.of(row.id)));
    before = rows.at(-1)?.id;
    if (rows.length < MESSAGES_AT_ONCE) break;
  }
  return [...met.values()];
}

function meet(
  site: Site,
  met: Map<string, Acquaintance>,
  row: MessagesTable,
  recipients: readonly RecipientsTable[],
): void {
  if (row.destroyed_at !== null) return;
  const open = openMessage(site.vault, row);
  for (const recipient of recipients) {
    // Whom a reader passed it on to, or whom a rule sent a copy, the sender did not write to.
    if (!WRITTEN_TO.includes(recipient.role)) continue;
    const known = met.get(recipient.address_index);
    if (known === undefined ? met.size >= ENTRIES_MAX : known.name !== '') continue;
    const { name, address } = openRecipient(open, recipient);
    // By the latest name there is; who was ticked last time has none there. It keeps its place.
    met.set(recipient.address_index, { name, address: known?.address ?? address });
  }
}

const WRITTEN_TO: readonly string[] = ['to', 'cc', 'bcc'];
