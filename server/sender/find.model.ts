// Owns what the search above the list of sent messages is given.

import type { MessagesTable } from '../db/tables/messages.ts';
import { unlessBroken } from '../http/message-views.ts';
import type { Site } from '../http/site.ts';
import { statusWords } from '../http/status-words.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { findStates } from '../messages/recipient-state.ts';
import type { FindState } from '../messages/recipient-state.ts';
import type { SentFind } from '../render/page-models/sent.ts';
import { sentUrl } from './mailboxes.ts';
import type { Mailbox } from './mailboxes.ts';
import { queryOf } from './sent-filter.ts';
import type { Choice, Typed } from './sent-filter.ts';

/** @param address of the recipient that is asked for, where the page knows it. */
export function findView(
  site: Site,
  words: Words,
  mailbox: Mailbox,
  choice: Choice | undefined,
  address = '',
): SentFind {
  const { to = '', from = '', until = '', state } = choice?.link ?? {};
  return {
    ...frame(site, words, mailbox, state),
    any: choice !== undefined && queryOf(choice.link) !== '',
    to: address,
    person: address === '' ? to : '',
    words: choice?.words ?? '',
    from,
    until,
  };
}

/** As it was typed, for what could not be understood. */
export function typedView(
  site: Site,
  words: Words,
  mailbox: Mailbox,
  { to, words: typed, from, until, state }: Typed,
): SentFind {
  return { ...frame(site, words, mailbox, state), any: true, to, person: '', words: typed, from, until };
}

/** The link knows the recipient by a blind index only; what was found knows the address. */
export async function findAddress(site: Site, choice: Choice, rows: readonly MessagesTable[]): Promise<string> {
  const index = choice.filter.recipientIndex;
  if (index === undefined) return '';
  for (const row of rows) {
    if (row.destroyed_at !== null) continue;
    const recipients = await listAllRecipients(site.db, row.id);
    const recipient = recipients.find((one) => one.address_index === index);
    if (recipient === undefined) continue;
    const address = await unlessBroken(
      site,
      row.id,
      () => openRecipient(openMessage(site.vault, row), recipient).address,
    );
    if (address !== undefined) return address;
  }
  return '';
}

function frame(
  site: Site,
  words: Words,
  mailbox: Mailbox,
  chosen: FindState | undefined,
): Pick<SentFind, 'action' | 'allUrl' | 'states'> {
  return {
    action: `${site.base}/sent/find${mailbox.key === undefined ? '' : `?mailbox=${mailbox.key}`}`,
    allUrl: sentUrl(site, mailbox),
    states: findStates.map((name) => ({ name, words: words.say(keyOf(name)), chosen: name === chosen })),
  };
}

function keyOf(state: FindState): Key {
  if (state === 'held') return 'approval.sent-state';
  return state === 'refused' ? 'approval.sent-state-refused' : statusWords[state].key;
}
