// Owns telling a reader to whom they passed a message on, and what became of it.

import { isoNow } from '../core/clock.ts';
import type { Site } from '../http/site.ts';
import { statusWords } from '../http/status-words.ts';
import type { Words } from '../language/words.ts';
import { openRecipient } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import { listForwardsOf } from '../messages/recipients.store.ts';
import type { MessagePage } from '../render/page-models/message.ts';
import type { Reading } from './reading.ts';

/** Only whom this reader named themselves: whom others did is theirs and the sender's to know. */
export async function passedOn(site: Site, reading: Reading, words: Words): Promise<MessagePage['passedOn']> {
  const { message, recipient } = reading;
  const rows = await listForwardsOf(site.db, message.row.id, recipient.id);
  return rows.map((row) => {
    const { name, address } = openRecipient(message, row);
    const { key, tone } = statusWords[recipientStatus(row, message.row, isoNow(site.clock))];
    return { name, address, words: words.say(key), tone };
  });
}
