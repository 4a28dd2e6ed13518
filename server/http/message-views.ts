// Owns the parts of view models that readers' and senders' pages share: people, files, one message of a
// conversation.

import type { Mailbox } from '../core/address.ts';
import { hasRight } from '../access/reading.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { RecipientsTable } from '../db/tables.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { linkRuns } from '../mail/safe-text.ts';
import { loadBody } from '../messages/load-body.ts';
import { openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { fileKind } from '../render/file-kind.ts';
import { moment } from '../render/moment.ts';
import type { AttachmentView, PersonView, TextRun, ThreadEntry } from '../render/page-models.ts';
import { sizeWords } from '../render/size.ts';
import { foretell } from '../viewing/foretell.ts';
import type { Site } from './site.ts';

export function person(box: Mailbox): PersonView {
  return { name: box.name, address: box.address };
}

export function subjectWords(subject: string): string {
  return subject === '' ? 'No subject' : subject;
}

/** @param ways to the file, as far as the visitor has any. */
export function attachmentView(part: MailPart, ways: { view?: string; download?: string } = {}): AttachmentView {
  const { kind, mark } = fileKind(part.contentType, part.filename);
  const hindrance = ways.view === undefined ? undefined : foretell(part);
  return {
    filename: part.filename,
    kind,
    mark,
    size: sizeWords(part.size),
    ...(ways.download === undefined ? {} : { downloadUrl: ways.download }),
    ...(ways.view === undefined || hindrance !== undefined ? {} : { viewUrl: ways.view }),
    ...(hindrance === undefined || ways.download !== undefined ? {} : { noView: noViewWords[hindrance] }),
  };
}

const noViewWords = {
  empty: 'It is empty.',
  'too-large': 'It is too large to be shown here.',
  type: 'Files of this type cannot be shown here.',
};

/** Where a reader of this message gets at one of its files. */
export function waysTo(messagePath: string, row: { rights: string }, n: number): { view: string; download?: string } {
  const path = `${messagePath}/attachments/${n}`;
  return { view: `${path}?view=1`, ...(hasRight(row, 'download') ? { download: path } : {}) };
}

/** What `build` makes of a message, or undefined when a seal is broken: one damaged message must not hide the others. */
export async function unlessBroken<T>(site: Site, id: string, build: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    site.log.error('message.broken', { id, err: error });
    return undefined;
  }
}

export interface EntryAsk {
  /** The visitor wrote it. */
  readonly mine: boolean;
  /** The page where it stands whole. */
  readonly url?: string;
  /** Said instead of a text that must not stand on this page. */
  readonly closed?: string;
}

/** One message of a conversation, in short. */
export async function threadEntry(
  site: Site,
  message: OpenMessage,
  recipients: readonly RecipientsTable[],
  { mine, url, closed }: EntryAsk,
): Promise<ThreadEntry> {
  const { row, meta } = message;
  const parts = closed === undefined ? meta.parts.filter((part) => !part.inline) : [];
  const path = `${site.base}/messages/${row.id}`;
  return {
    id: row.id,
    author: person(meta.from),
    mine,
    sent: moment(meta.sentAt ?? row.created_at, site.clock.nowMs()),
    runs: closed === undefined ? await entryRuns(site, message, mine) : [{ text: closed }],
    attachments: parts.map((part) => attachmentView(part, mine ? {} : waysTo(path, row, part.n))),
    ...(mine ? { stateWords: deliveryWords(message, recipients) } : {}),
    ...(url === undefined ? {} : { url }),
  };
}

async function entryRuns(site: Site, message: OpenMessage, mine: boolean): Promise<TextRun[]> {
  const { text } = await loadBody(site.db, site.vault, message);
  if (text === undefined) return [{ text: 'This message has its own layout; open it to read it.' }];
  // A link in one's own text needs no safe way out: one knows where it leads.
  return mine ? [{ text }] : linkRuns(text, `${site.base}/messages/${message.row.id}/links/t`);
}

function deliveryWords(message: OpenMessage, recipients: readonly RecipientsTable[]): string {
  const names = (rows: readonly RecipientsTable[]): string =>
    rows
      .map((row) => openRecipient(message, row))
      .map((card) => (card.name === '' ? card.address : card.name))
      .join(', ');
  const arrived = recipients.filter((row) => row.notified_at !== null);
  const failed = recipients.filter((row) => row.notified_at === null && row.failed_at !== null);
  if (failed.length > 0) return `Could not be delivered to ${names(failed)}`;
  return arrived.length === recipients.length ? `Delivered to ${names(arrived)}` : 'On its way';
}
