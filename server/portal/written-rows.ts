// Owns the list of what somebody outside wrote here first, beside the list of what they received.

import { nameOf } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { asWriter, readability } from '../access/reading.ts';
import { deliveryStates } from '../http/delivery-states.ts';
import { subjectWords, unlessBroken } from '../http/message-views.ts';
import type { Site } from '../http/site.ts';
import type { Words } from '../language/words.ts';
import { listBegun } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { listRecipientsOf } from '../messages/recipients.store.ts';
import { moment } from '../render/moment.ts';
import type { WrittenRow } from '../render/page-models/inbox.ts';

const ROWS_MAX = 30;

/** The newest, without those that are over. */
export async function writtenRows(site: Site, words: Words, senderIndex: string): Promise<WrittenRow[]> {
  const messages = await listBegun(site.db, senderIndex, ROWS_MAX);
  const recipientsOf = await listRecipientsOf(site.db, messages);
  const rows: WrittenRow[] = [];
  for (const row of messages) {
    if (readability(row, asWriter, isoNow(site.clock)) !== 'readable') continue;
    const written = await unlessBroken(site, row.id, () => {
      const message = openMessage(site.vault, row);
      const names = message.meta.to.map(nameOf);
      return {
        url: `${site.base}/written/${row.id}`,
        subject: subjectWords(message.meta.subject, words),
        to: words.say('writing.sent-to', { people: words.list(names) }),
        sent: moment(row.created_at, site.clock.nowMs(), words),
        states: deliveryStates(words, message, recipientsOf(row.id)),
      };
    });
    if (written !== undefined) rows.push(written);
  }
  return rows;
}
