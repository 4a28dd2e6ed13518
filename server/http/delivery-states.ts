// Owns telling the author of a message what became of it with those it went to.

import { nameOf } from '../core/address.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import { openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { StateView } from '../render/page-models/parts.ts';

/** A sentence for each state that somebody is in, the most pressing first. Who reviews is no affair of the author's. */
export function deliveryStates(
  words: Words,
  message: OpenMessage,
  recipients: readonly RecipientsTable[],
): StateView[] {
  const groups = Map.groupBy(
    recipients.filter(({ role }) => role !== 'review'),
    stateOf,
  );
  return order.flatMap((state) => {
    const group = groups.get(state);
    if (group === undefined) return [];
    const { key, tone } = sentences[state];
    return [
      { words: words.say(key, { people: words.list(group.map((row) => nameOf(openRecipient(message, row)))) }), tone },
    ];
  });
}

type State = 'failed' | 'on-its-way' | 'arrived' | 'read';

const order: readonly State[] = ['failed', 'on-its-way', 'arrived', 'read'];

const sentences: Record<State, { readonly key: Key; readonly tone: StateView['tone'] }> = {
  failed: { key: 'reading.delivery-failed', tone: 'bad' },
  'on-its-way': { key: 'reading.delivery-on-its-way', tone: 'waiting' },
  arrived: { key: 'reading.delivery-arrived', tone: 'good' },
  read: { key: 'reading.delivery-read', tone: 'good' },
};

// That it was read is known of those who opened it here; a mail that arrived in a mailbox says no more.
function stateOf({ opened_at, replied_at, notified_at, failed_at }: RecipientsTable): State {
  if (opened_at !== null || replied_at !== null) return 'read';
  if (notified_at !== null) return 'arrived';
  return failed_at === null ? 'on-its-way' : 'failed';
}
