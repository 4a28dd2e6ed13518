// Owns the message page's view model: every field that the page shows, from opened message and rows.

import { canonicalAddress } from '../core/address.ts';
import type { Mailbox } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { protectionView } from '../access/protection-words.ts';
import { hasRight, readability } from '../access/reading.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables.ts';
import { attachmentView, person, subjectWords, threadEntry, unlessBroken, waysTo } from '../http/message-views.ts';
import { isProved } from '../http/proved.ts';
import type { Site } from '../http/site.ts';
import type { Words } from '../language/words.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { listThread } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { listRecipientsOf, loadRecipient } from '../messages/recipients.store.ts';
import { moment } from '../render/moment.ts';
import type { MessagePage, ThreadEntry } from '../render/page-models.ts';
import { sizeWords } from '../render/size.ts';
import { newToken } from '../crypto/random.ts';
import { bodyView } from './message-body.ts';
import type { BodyDeps } from './message-body.ts';
import type { Reading } from './reading.ts';

/** What was typed before and could not be taken, to be shown again. */
export interface Retry {
  readonly reply?: { readonly text: string; readonly all: boolean; readonly error: string };
  readonly forward?: { readonly to: string; readonly text: string; readonly error: string };
}

export async function messagePage(
  deps: BodyDeps,
  words: Words,
  reading: Reading,
  retry: Retry = {},
): Promise<MessagePage> {
  const { site } = deps;
  const { row, meta } = reading.message;
  const path = `${site.base}/messages/${row.id}`;
  const nowMs = site.clock.nowMs();
  const may = (right: string): boolean => hasRight(row, right);
  const body = await bodyView(deps, reading);
  // A picture the text does not show would be lost to the reader, so it stands among the files.
  const isPicture = (part: MailPart): boolean => part.inline && body.pictures.includes(part.contentId ?? '');
  const shown = meta.parts.filter((part) => !isPicture(part));
  return {
    subject: subjectWords(meta.subject),
    from: person(meta.from),
    to: meta.to.map(person),
    cc: meta.cc.map(person),
    sent: moment(meta.sentAt ?? row.created_at, nowMs),
    protection: protectionView(row, nowMs),
    body: body.view,
    attachments: shown.map((part) => attachmentView(part, waysTo(path, row, part.n))),
    ...(may('download') || shown.length === 0
      ? {}
      : {
          attachmentsWithheld:
            'The sender has asked that these files do not leave this page. You can look at them here.',
        }),
    thread: await thread(site, words, reading),
    ...(await forwardNote(site, reading)),
    ...(may('reply')
      ? {
          reply: {
            action: `${path}/reply`,
            toName: meta.from.name === '' ? meta.from.address : meta.from.name,
            others: may('reply-all') ? otherReaders(reading).map(person) : [],
            maxSize: sizeWords(site.messageBytesMax),
            once: newToken(),
            text: retry.reply?.text ?? '',
            all: retry.reply?.all ?? false,
            ...(retry.reply === undefined ? {} : { error: retry.reply.error }),
          },
        }
      : {}),
    ...(may('forward')
      ? {
          forward: {
            action: `${path}/forward`,
            to: retry.forward?.to ?? '',
            text: retry.forward?.text ?? '',
            ...(retry.forward === undefined ? {} : { error: retry.forward.error }),
          },
        }
      : {}),
    ...(may('copy') ? {} : { watermark: reading.session.address }),
    mayPrint: may('print'),
    mayCopy: may('copy'),
  };
}

/** Everybody named in To and Cc but the author and the reader: who a reply to all goes to besides the author. */
export function otherReaders(reading: Reading): Mailbox[] {
  const { meta } = reading.message;
  const leftOut = [meta.from.address, reading.session.address].map(canonicalAddress);
  const others = new Map<string, Mailbox>();
  for (const box of [...meta.to, ...meta.cc]) {
    const canonical = canonicalAddress(box.address);
    if (!leftOut.includes(canonical) && !others.has(canonical)) others.set(canonical, box);
  }
  return [...others.values()];
}

// The messages of the conversation that this reader wrote or may read, oldest first.
async function thread(site: Site, words: Words, reading: Reading): Promise<ThreadEntry[]> {
  const entries: ThreadEntry[] = [];
  const { addressIndex } = reading.session;
  const rows = await listThread(site.db, reading.message.row.thread_id, reading.message.row.id);
  const recipientsOf = await listRecipientsOf(site.db, rows);
  for (const row of rows) {
    const recipients = recipientsOf(row.id);
    const mine = row.sender_index === addressIndex;
    const me = recipients.find((recipient) => recipient.address_index === addressIndex);
    if (!mine && me === undefined) continue;
    if (readability(row, me ?? { revoked_at: null, own_expires_at: null }, isoNow(site.clock)) !== 'readable') continue;
    const proved = await isProved(site.db, reading.session, row, me ?? { road: 'notice' });
    const closed = proved ? (mine ? undefined : whyClosed(reading, row, me)) : words.say('ways.thread-withheld');
    const entry = await unlessBroken(site, row.id, () =>
      threadEntry(site, openMessage(site.vault, row), recipients, {
        mine,
        ...(mine ? {} : { url: `${site.base}/messages/${row.id}` }),
        ...(closed === undefined ? {} : { closed }),
      }),
    );
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

// A text stands on another message's page only when that page guards it as well as its own does, and when
// its sender has been told that it was read.
function whyClosed(reading: Reading, row: MessagesTable, me: RecipientsTable | undefined): string | undefined {
  if (me?.opened_at === null) return 'You have not opened this message yet.';
  if (hasRight(reading.message.row, 'copy') && !hasRight(row, 'copy'))
    return 'This message is shown on its own page only.';
  return undefined;
}

async function forwardNote(site: Site, reading: Reading): Promise<Pick<MessagePage, 'forwardNote'>> {
  const { recipient, message } = reading;
  if (recipient.forwarded_by === null) return {};
  const from = await loadRecipient(site.db, recipient.forwarded_by);
  if (from === undefined) return {};
  const { name, address } = openRecipient(message, from);
  const { note } = openRecipient(message, recipient);
  return { forwardNote: { from: { name, address }, runs: note === undefined ? [] : [{ text: note }] } };
}
