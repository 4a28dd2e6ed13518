// Owns how the audit log's entries about one message are told to its sender: each in a sentence, and per recipient what is
// evidence of what became of it. From where somebody read is no affair of the sender's.

import { domainOf, nameOf, parseAddress } from '../core/address.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { detailOf, whoOf } from '../audit/formats.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import { failureWords } from '../messages/failure-words.ts';
import { openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { moment } from '../render/moment.ts';
import type { TimelineRow } from '../render/page-models/sent.ts';

export const TIMELINE_MAX = 200;

/** `entries`: newest first. */
export function timelineRows(
  site: Site,
  words: Words,
  open: OpenMessage,
  recipients: readonly RecipientsTable[],
  entries: readonly ReadEntry[],
): TimelineRow[] {
  return entries.map((entry) => {
    const recipient = recipients.find(({ id }) => id === entry.recipientId);
    const card = recipient === undefined ? undefined : openRecipient(open, recipient);
    const who = UNNAMED.has(entry.event) ? '' : whoOf(entry);
    const detail = detailWords(words, entry, card?.address);
    return {
      at: moment(entry.at, site.clock.nowMs(), words),
      what: whatHappened(words, open, entry, card === undefined ? whoOf(entry) : nameOf(card)),
      ...(who === '' ? {} : { who }),
      ...(detail === undefined ? {} : { detail }),
    };
  });
}

export interface Evidence {
  /** The relay's answer to the notice that it took last. */
  readonly response: string | undefined;
  /** Names of the files that were taken, each once. */
  readonly files: readonly string[];
}

export function evidenceOf(open: OpenMessage, recipientId: string, entries: readonly ReadEntry[]): Evidence {
  const theirs = entries.filter((entry) => entry.recipientId === recipientId);
  const sent = theirs.find(({ event }) => event === 'notice-sent' || event === 'reminder-sent');
  const files = theirs.filter(({ event }) => event === 'attachment-taken').map((entry) => fileOf(open, entry));
  return {
    response: sent === undefined ? undefined : detailOf(sent, 'response'),
    files: [...new Set(files.toReversed())],
  };
}

function whatHappened(words: Words, open: OpenMessage, entry: ReadEntry, reader: string): string {
  const key = sentences.get(entry.event);
  if (key === undefined) return words.say('account.event-other', { event: entry.event });
  return words.say(key, { reader, file: fileOf(open, entry) });
}

function fileOf({ meta }: OpenMessage, entry: ReadEntry): string {
  const n = detailOf(entry, 'attachment');
  return meta.parts.find((part) => String(part.n) === n)?.filename ?? n ?? '';
}

function detailWords(words: Words, entry: ReadEntry, address: string | undefined): string | undefined {
  const response = detailOf(entry, 'response');
  if (response !== undefined) return words.say('fact.relay', { answer: response });
  // Why it did not go itself is said of its recipient; those words speak of our own mail server.
  const failure = entry.event === 'mail-to-portal' ? undefined : detailOf(entry, 'failure');
  const parsed = parseAddress(address ?? '');
  return failure === undefined || parsed === undefined ? undefined : failureWords(words, failure, domainOf(parsed));
}

/** Done by the recipient whom the sentence names, or by the machine that handed the mail in. */
const UNNAMED: ReadonlySet<string> = new Set<AuditEvent>([
  'message-accepted',
  'link-fetched',
  'message-read',
  'attachment-taken',
  'attachment-viewed',
  'copy-taken',
  'message-forwarded',
  'message-replied',
  'more-time-asked',
  'phrase-given',
  'phrase-refused',
]);

// A map, for the event comes from a row: one that an older or newer program wrote has no sentence.
const sentences: ReadonlyMap<string, Key> = new Map<AuditEvent, Key>([
  ['message-accepted', 'timeline.accepted'],
  ['notice-sent', 'timeline.notice-sent'],
  ['notice-failed', 'timeline.notice-failed'],
  ['mail-delivered', 'timeline.mail-delivered'],
  ['mail-to-portal', 'timeline.mail-to-portal'],
  ['reminder-sent', 'timeline.reminder-sent'],
  ['notice-resent', 'timeline.notice-resent'],
  ['link-fetched', 'timeline.fetched'],
  ['message-read', 'timeline.read'],
  ['attachment-taken', 'timeline.file-taken'],
  ['attachment-viewed', 'timeline.file-viewed'],
  ['copy-taken', 'timeline.copy-taken'],
  ['message-forwarded', 'timeline.forwarded'],
  ['message-replied', 'timeline.replied'],
  ['held-message-read', 'timeline.held-read'],
  ['message-refused', 'timeline.forward-refused'],
  ['message-revoked', 'timeline.revoked'],
  ['message-restored', 'timeline.restored'],
  ['expiry-changed', 'timeline.end-changed'],
  ['more-time-asked', 'timeline.more-time-asked'],
  ['more-time-given', 'timeline.more-time-given'],
  ['more-time-refused', 'timeline.more-time-refused'],
  ['message-held', 'timeline.held'],
  ['hold-released', 'timeline.released'],
  ['hold-refused', 'timeline.refused'],
  ['phrase-given', 'timeline.phrase-given'],
  ['phrase-refused', 'timeline.phrase-refused'],
  ['phrase-changed', 'timeline.phrase-changed'],
  ['proof-taken', 'timeline.proof-taken'],
]);
