// Owns how entries of the audit are told to the person they are about: each in a sentence, and of messages no more than
// the person may still read.

import { isoNow } from '../core/clock.ts';
import { asWriter, readability } from '../access/reading.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { detailOf } from '../audit/formats.ts';
import { subjectWords } from '../http/message-views.ts';
import { unlessBroken } from '../http/message-views.ts';
import { isProved } from '../http/proved.ts';
import type { Site } from '../http/site.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import type { MessageMeta } from '../messages/message.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { loadReaderOf } from '../messages/recipients.store.ts';
import { moment } from '../render/moment.ts';
import type { AccountEntry } from '../render/page-models/account.ts';
import type { Session } from '../signin/sessions.store.ts';

export async function accountEntries(
  site: Site,
  words: Words,
  session: Session,
  entries: readonly ReadEntry[],
): Promise<AccountEntry[]> {
  const known = new Map<string, Known | undefined>();
  for (const { messageId } of entries) {
    if (messageId !== null && !known.has(messageId)) known.set(messageId, await look(site, session, messageId));
  }
  return entries.map((entry) => {
    const message = entry.messageId === null ? undefined : known.get(entry.messageId);
    const network = detailOf(entry, 'network');
    return {
      at: moment(entry.at, site.clock.nowMs(), words),
      what: whatHappened(words, entry, message),
      ...(network === undefined ? {} : { network: words.say('account.entry-network', { network }) }),
      ...aboutMessage(words, entry, message),
    };
  });
}

/** A message that this person may read, or has written. */
interface Known {
  readonly meta: MessageMeta;
  readonly url: string;
}

async function look(site: Site, session: Session, id: string): Promise<Known | undefined> {
  const row = await loadMessage(site.db, id);
  if (row === undefined) return undefined;
  const isMine = row.sender_index === session.addressIndex;
  const me = isMine ? undefined : await loadReaderOf(site.db, id, session.addressIndex);
  if (!isMine && me === undefined) return undefined;
  if (readability(row, me ?? asWriter, isoNow(site.clock)) !== 'readable') return undefined;
  // What a message is about is part of it.
  if (me !== undefined && !(await isProved(site.db, session, row, me))) return undefined;
  const page = isMine ? (row.kind === 'reply' ? 'written' : 'sent') : 'messages';
  const url = `${site.base}/${page}/${id}`;
  return unlessBroken(site, id, () => ({ meta: openMessage(site.vault, row).meta, url }));
}

function aboutMessage(
  words: Words,
  entry: ReadEntry,
  message: Known | undefined,
): Pick<AccountEntry, 'about' | 'url'> | undefined {
  if (entry.messageId === null) return undefined;
  if (message === undefined) return { about: words.say('account.entry-about-gone') };
  return {
    about: words.say('account.entry-about', { subject: subjectWords(message.meta.subject, words) }),
    url: message.url,
  };
}

function whatHappened(words: Words, entry: ReadEntry, message: Known | undefined): string {
  const ofFile = fileSentences.get(entry.event);
  if (ofFile !== undefined) {
    const file = message?.meta.parts.find(({ n }) => String(n) === detailOf(entry, 'attachment'))?.filename;
    return file === undefined ? words.say(ofFile.unnamed) : words.say(ofFile.named, { file });
  }
  const key = sentences.get(entry.event);
  if (key === undefined) return words.say('account.event-other', { event: entry.event });
  return words.say(key, { to: detailOf(entry, 'to') ?? '' });
}

// A map, for the event comes from a row: one that an older or newer program wrote has no sentence.
const sentences: ReadonlyMap<string, Key> = new Map<AuditEvent, Key>([
  ['code-asked', 'account.event-code-asked'],
  ['signed-in', 'account.event-signed-in'],
  ['sign-in-refused', 'account.event-sign-in-refused'],
  ['signed-out', 'account.event-signed-out'],
  ['signed-out-everywhere', 'account.event-signed-out-everywhere'],
  ['message-read', 'account.event-message-read'],
  ['copy-taken', 'account.event-copy-taken'],
  ['message-forwarded', 'account.event-message-forwarded'],
  ['message-replied', 'account.event-message-replied'],
  ['message-written', 'account.event-message-written'],
  ['more-time-asked', 'account.event-more-time-asked'],
  ['more-time-given', 'account.event-more-time-given'],
  ['more-time-refused', 'account.event-more-time-refused'],
  ['message-accepted', 'timeline.accepted'],
  ['message-revoked', 'timeline.revoked'],
  ['message-restored', 'timeline.restored'],
  ['message-destroyed', 'sending.destroyed-state'],
  ['expiry-changed', 'timeline.end-changed'],
  ['notice-resent', 'timeline.notice-resent'],
  ['phrase-changed', 'timeline.phrase-changed'],
  ['proof-taken', 'timeline.proof-taken'],
  ['held-message-read', 'timeline.held-read'],
  ['held-attachment-viewed', 'timeline.held-read'],
  ['hold-released', 'timeline.released'],
  ['hold-refused', 'timeline.refused'],
  ['notices-asked', 'account.event-notices-asked'],
  ['phrase-given', 'account.event-phrase-given'],
  ['phrase-refused', 'account.event-phrase-refused'],
  ['passkey-made', 'account.event-passkey-made'],
  ['passkey-renamed', 'account.event-passkey-renamed'],
  ['passkey-removed', 'account.event-passkey-removed'],
  ['passkey-told', 'account.event-passkey-told'],
  ['totp-enrolled', 'account.event-totp-enrolled'],
  ['recovery-code-used', 'account.event-recovery-code-used'],
  ['recovery-codes-made', 'account.event-recovery-codes-made'],
]);

const fileSentences: ReadonlyMap<string, { readonly named: Key; readonly unnamed: Key }> = new Map<
  AuditEvent,
  { readonly named: Key; readonly unnamed: Key }
>([
  ['attachment-taken', { named: 'account.event-attachment-taken', unnamed: 'account.event-attachment-taken-unnamed' }],
  [
    'attachment-viewed',
    { named: 'account.event-attachment-viewed', unnamed: 'account.event-attachment-viewed-unnamed' },
  ],
]);
