// Owns the messages of a conversation as one person may see them on a page.

import { isoNow } from '../core/clock.ts';
import { asWriter, hasRight, readability } from '../access/reading.ts';
import type { pageRights } from '../access/reading.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { threadEntry, unlessBroken } from '../http/message-views.ts';
import { isProved } from '../http/proved.ts';
import type { Site } from '../http/site.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import { openMessage } from '../messages/open.ts';
import { listRecipientsOf } from '../messages/recipients.store.ts';
import type { ThreadEntry } from '../render/page-models/message.ts';
import type { Session } from '../signin/sessions.store.ts';

export interface ThreadAsk {
  /** Of whoever looks. */
  readonly session: Session;
  /** What the page around lets be done with its text. */
  readonly lets: readonly (typeof pageRights)[number][];
}

/** Those of `rows` that this person wrote or may read, in their order. */
export async function threadEntries(
  site: Site,
  words: Words,
  { session, lets }: ThreadAsk,
  rows: readonly MessagesTable[],
): Promise<ThreadEntry[]> {
  const entries: ThreadEntry[] = [];
  const { addressIndex } = session;
  const recipientsOf = await listRecipientsOf(site.db, rows);
  for (const row of rows) {
    const recipients = recipientsOf(row.id);
    const mine = row.sender_index === addressIndex;
    const me = recipients.find(({ address_index: one, road }) => one === addressIndex && road !== 'direct');
    if (!mine && me === undefined) continue;
    if (readability(row, me ?? asWriter, isoNow(site.clock)) !== 'readable') continue;
    const proved = await isProved(site.db, session, row, me ?? { road: 'notice' });
    const closed = proved ? (mine ? undefined : whyClosed(row, me, lets)) : 'ways.thread-withheld';
    const entry = await unlessBroken(site, row.id, () =>
      threadEntry(site, words, openMessage(site.vault, row), recipients, {
        mine,
        ...(mine ? {} : { url: `${site.base}/messages/${row.id}` }),
        ...(closed === undefined ? {} : { closed: words.say(closed) }),
      }),
    );
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

// A text stands on another message's page only when that page guards it as well as its own does, and when
// its sender has been told that it was read.
function whyClosed(row: MessagesTable, me: RecipientsTable | undefined, lets: ThreadAsk['lets']): Key | undefined {
  if (me?.opened_at === null) return 'reading.thread-unopened';
  return lets.some((right) => !hasRight(row, right)) ? 'reading.thread-own-page' : undefined;
}
