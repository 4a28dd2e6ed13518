// Owns the message page's view model: every field that the page shows, from opened message and rows.

import { canonicalAddress } from '../core/address.ts';
import type { Mailbox } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { protectionView } from '../access/protection-words.ts';
import { hasRight, readability } from '../access/reading.ts';
import type { RecipientsTable } from '../db/tables.ts';
import type { Site } from '../http/site.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { linkRuns } from '../mail/safe-text.ts';
import { listThread } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { listRecipients, loadRecipient } from '../messages/recipients.store.ts';
import { fileKind } from '../render/file-kind.ts';
import { moment } from '../render/moment.ts';
import type { AttachmentView, MessagePage, PersonView, ThreadEntry } from '../render/page-models.ts';
import { sizeWords } from '../render/size.ts';
import { newToken } from '../crypto/random.ts';
import { bodyView, loadBody } from './message-body.ts';
import type { BodyDeps } from './message-body.ts';
import type { Reading } from './reading.ts';

/** What was typed before and could not be taken, to be shown again. */
export interface Retry {
  readonly reply?: { readonly text: string; readonly error: string };
  readonly forward?: { readonly to: string; readonly text: string; readonly error: string };
}

export async function messagePage(deps: BodyDeps, reading: Reading, retry: Retry = {}): Promise<MessagePage> {
  const { site } = deps;
  const { row, meta } = reading.message;
  const path = `${site.base}/messages/${row.id}`;
  const nowMs = site.clock.nowMs();
  const may = (right: string): boolean => hasRight(row, right);
  const shown = meta.parts.filter((part) => !part.inline);
  return {
    subject: subjectWords(meta.subject),
    from: person(meta.from),
    to: meta.to.map(person),
    cc: meta.cc.map(person),
    sent: moment(meta.sentAt ?? row.created_at, nowMs),
    protection: protectionView(row, nowMs),
    body: await bodyView(deps, reading),
    attachments: shown.map((part) => attachment(part, may('download') ? `${path}/attachments/${part.n}` : undefined)),
    ...(may('download') || shown.length === 0
      ? {}
      : { attachmentsWithheld: 'The sender has asked that these files do not leave this page.' }),
    thread: await thread(site, reading),
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

export function person(box: Mailbox): PersonView {
  return { name: box.name, address: box.address };
}

export function subjectWords(subject: string): string {
  return subject === '' ? 'No subject' : subject;
}

export function attachment(part: MailPart, downloadUrl: string | undefined): AttachmentView {
  const { kind, mark } = fileKind(part.contentType, part.filename);
  return {
    filename: part.filename,
    kind,
    mark,
    size: sizeWords(part.size),
    ...(downloadUrl === undefined ? {} : { downloadUrl }),
  };
}

// The messages of the conversation that this reader wrote or may read, oldest first.
async function thread(site: Site, reading: Reading): Promise<ThreadEntry[]> {
  const entries: ThreadEntry[] = [];
  const { addressIndex } = reading.session;
  for (const row of await listThread(site.db, reading.message.row.thread_id, reading.message.row.id)) {
    const recipients = await listRecipients(site.db, row.id);
    const mine = row.sender_index === addressIndex;
    const me = recipients.find((recipient) => recipient.address_index === addressIndex);
    if (!mine && me === undefined) continue;
    if (readability(row, me ?? { revoked_at: null }, isoNow(site.clock)) !== 'readable') continue;
    entries.push(await threadEntry(site, openMessage(site.vault, row), recipients, mine));
  }
  return entries;
}

/** One message of a conversation, in short. `mine`: the visitor wrote it. */
export async function threadEntry(
  site: Site,
  message: OpenMessage,
  recipients: readonly RecipientsTable[],
  mine: boolean,
): Promise<ThreadEntry> {
  const { row, meta } = message;
  const body = await loadBody(site, message);
  const url = `${site.base}/messages/${row.id}`;
  const text = body.text ?? 'This message has its own layout; open it to read it.';
  const mayDownload = !mine && hasRight(row, 'download');
  return {
    id: row.id,
    author: person(meta.from),
    mine,
    sent: moment(meta.sentAt ?? row.created_at, site.clock.nowMs()),
    // A link in one's own text needs no safe way out: one knows where it leads.
    runs: mine ? [{ text }] : linkRuns(text, `${url}/links/t`),
    attachments: meta.parts
      .filter((part) => !part.inline)
      .map((part) => attachment(part, mayDownload ? `${url}/attachments/${part.n}` : undefined)),
    ...(mine ? { stateWords: deliveryWords(message, recipients) } : { url }),
  };
}

function deliveryWords(message: OpenMessage, recipients: readonly RecipientsTable[]): string {
  const names = (rows: readonly RecipientsTable[]): string =>
    rows.map((row) => openRecipient(message, row)).map((card) => (card.name === '' ? card.address : card.name)).join(', ');
  const arrived = recipients.filter((row) => row.notified_at !== null);
  const failed = recipients.filter((row) => row.notified_at === null && row.failed_at !== null);
  if (failed.length > 0) return `Could not be delivered to ${names(failed)}`;
  return arrived.length === recipients.length ? `Delivered to ${names(arrived)}` : 'On its way';
}

async function forwardNote(site: Site, reading: Reading): Promise<Pick<MessagePage, 'forwardNote'>> {
  const { recipient, message } = reading;
  if (recipient.forwarded_by === null) return {};
  const from = await loadRecipient(site.db, recipient.forwarded_by);
  if (from === undefined) return {};
  const { name, address } = openRecipient(message, from);
  const { note } = openRecipient(message, recipient);
  return { forwardNote: { from: { name, address }, runs: [{ text: note ?? '' }] } };
}
