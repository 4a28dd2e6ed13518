// Owns the parts of view models that readers' and senders' pages share: people, files, one message of a
// conversation.

import type { Mailbox } from '../core/address.ts';
import { hasRight } from '../access/reading.ts';
import type { RecipientsTable } from '../db/tables.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { linkRuns } from '../mail/safe-text.ts';
import { loadBody } from '../messages/load-body.ts';
import { openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { fileKind } from '../render/file-kind.ts';
import { moment } from '../render/moment.ts';
import type { AttachmentView, PersonView, ThreadEntry } from '../render/page-models.ts';
import { sizeWords } from '../render/size.ts';
import type { Site } from './site.ts';

export function person(box: Mailbox): PersonView {
  return { name: box.name, address: box.address };
}

export function subjectWords(subject: string): string {
  return subject === '' ? 'No subject' : subject;
}

export function attachmentView(part: MailPart, downloadUrl: string | undefined): AttachmentView {
  const { kind, mark } = fileKind(part.contentType, part.filename);
  return {
    filename: part.filename,
    kind,
    mark,
    size: sizeWords(part.size),
    ...(downloadUrl === undefined ? {} : { downloadUrl }),
  };
}

/** One message of a conversation, in short. `mine`: the visitor wrote it. */
export async function threadEntry(
  site: Site,
  message: OpenMessage,
  recipients: readonly RecipientsTable[],
  mine: boolean,
): Promise<ThreadEntry> {
  const { row, meta } = message;
  const body = await loadBody(site.db, site.vault, message);
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
      .map((part) => attachmentView(part, mayDownload ? `${url}/attachments/${part.n}` : undefined)),
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
