// Owns how the requests for more time stand on the page of their message.

import { nameOf } from '../core/address.ts';
import { justBefore } from '../core/clock.ts';
import type { RecipientsTable, RequestsTable } from '../db/tables/messages.ts';
import { dayAt } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { RequestRow } from '../render/page-models/sent.ts';

/** Newest first. `path` is that of the message's page. */
export function requestRows(
  words: Words,
  path: string,
  open: OpenMessage,
  recipients: readonly RecipientsTable[],
  requests: readonly RequestsTable[],
): RequestRow[] {
  return requests.toReversed().flatMap((request) => {
    const recipient = recipients.find(({ id }) => id === request.recipient_id);
    if (recipient === undefined) return [];
    const card = openRecipient(open, recipient);
    return [{ who: nameOf(card), ...stateOf(words, path, request) }];
  });
}

function stateOf(words: Words, path: string, request: RequestsTable): Omit<RequestRow, 'who'> {
  const day = dayAt(request.answered_at ?? request.created_at);
  switch (request.state) {
    case 'open':
      return {
        state: words.tell('request.state-open', { day }),
        tone: 'waiting',
        url: `${path}/requests/${request.id}`,
      };
    case 'given': {
      const until = dayAt(justBefore(request.expires_at ?? request.created_at));
      return { state: words.tell('request.state-given', { day, until }), tone: 'good' };
    }
    case 'refused':
      return { state: words.tell('request.state-refused', { day }), tone: 'off' };
  }
}
