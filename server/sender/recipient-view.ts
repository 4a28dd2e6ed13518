// Owns what a sender is shown of one recipient: how far the message came, by which evidence, and what they may still do.

import { domainOf, parseAddress } from '../core/address.ts';
import { isoNow, justBefore } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import { statusWords } from '../http/status-words.ts';
import type { Key } from '../language/catalogue.ts';
import { momentAt, plainly } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { failureWords } from '../messages/failure-words.ts';
import { openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import type { SentRecipientView } from '../render/page-models/sent.ts';
import { directFacts, directState, isDelivered } from './direct-facts.ts';
import { isWaiting } from './take-back.ts';
import { evidenceOf } from './timeline.ts';

export interface Around {
  readonly all: readonly RecipientsTable[];
  /** Of the audit log about this message, newest first. */
  readonly entries: readonly ReadEntry[];
  readonly isHeld: boolean;
}

export function recipientView(
  site: Site,
  words: Words,
  message: OpenMessage,
  recipient: RecipientsTable,
  { all, entries, isHeld }: Around,
): SentRecipientView {
  const card = openRecipient(message, recipient);
  const now = isoNow(site.clock);
  const state =
    isHeld && recipient.revoked_at === null
      ? ({ key: 'approval.sent-state', tone: 'waiting' } as const)
      : (directState(message, recipient) ?? statusWords[recipientStatus(recipient, message.row, now)]);
  const forwarder = all.find((one) => one.id === recipient.forwarded_by);
  const fact = (key: Key, at: string | null): Told[] => (at === null ? [] : [words.tell(key, { time: momentAt(at) })]);
  const address = parseAddress(card.address);
  const { response, files } = evidenceOf(message, recipient.id, entries);
  return {
    n: recipient.position,
    name: card.name,
    address: card.address,
    stateWords: words.say(state.key),
    tone: state.tone,
    facts: [
      ...(isDelivered(recipient) ? [] : fact('sending.notified', recipient.notified_at)),
      ...directFacts(words, message, recipient),
      ...(response === undefined ? [] : [plainly(words.say('fact.relay', { answer: response }))]),
      ...(recipient.failure === null || address === undefined
        ? []
        : [plainly(failureWords(words, recipient.failure, domainOf(address)))]),
      ...fact('fact.fetched', recipient.fetched_at),
      ...fact('sending.first-read', recipient.opened_at),
      ...(recipient.read_at === recipient.opened_at ? [] : fact('sending.last-read', recipient.read_at)),
      ...(files.length === 0 ? [] : [plainly(words.say('fact.files', { files: words.list(files) }))]),
      ...fact('sending.answered', recipient.replied_at),
      ...fact('sending.taken-back', recipient.revoked_at),
      ...(isHeld || isDelivered(recipient) ? [] : [accessWords(words, message.row, recipient, now)]),
    ],
    ...(forwarder === undefined ? {} : { forwardedBy: openRecipient(message, forwarder).address }),
    revoked: recipient.revoked_at !== null,
    mayTakeBack: recipient.revoked_at === null && !isDelivered(recipient),
    mayResend: !isHeld && readability(message.row, recipient, now) === 'readable' && isWaiting(recipient),
  };
}

// What all may do with it stands above; this is whether this one may, and until when.
function accessWords(words: Words, message: MessagesTable, recipient: RecipientsTable, now: string): Told {
  if (readability(message, recipient, now) !== 'readable') return plainly(words.say('fact.may-not'));
  const [end] = [message.expires_at, recipient.own_expires_at].filter((one) => one !== null).toSorted();
  return end === undefined
    ? plainly(words.say('fact.may'))
    : words.tell('fact.may-until', { time: momentAt(justBefore(end)) });
}
