// Owns the parts of view models that readers' and senders' pages share: people, files, one message of a
// conversation.

import type { Mailbox } from '../core/address.ts';
import { hasRight } from '../access/reading.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import type { Words } from '../language/words.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { readOwnMarks } from '../mail/light-marks.ts';
import { loadBody } from '../messages/load-body.ts';
import type { OpenMessage } from '../messages/open.ts';
import { fileKind } from '../render/file-kind.ts';
import { moment } from '../render/moment.ts';
import type { AttachmentView, ThreadEntry } from '../render/page-models/message.ts';
import type { FoldedText, PersonView } from '../render/page-models/parts.ts';
import { deliveryStates } from './delivery-states.ts';
import { foldedText } from './folded-text.ts';
import { foretell } from '../viewing/foretell.ts';
import type { Site } from './site.ts';

export function person(box: Mailbox): PersonView {
  return { name: box.name, address: box.address };
}

export function subjectWords(subject: string, words: Words): string {
  return subject === '' ? words.say('reading.no-subject') : subject;
}

/** @param ways to the file, as far as the visitor has any. */
export function attachmentView(
  words: Words,
  part: MailPart,
  ways: { view?: string; download?: string } = {},
): AttachmentView {
  const { kind, mark } = fileKind(part.contentType, part.filename);
  const hindrance = ways.view === undefined ? undefined : foretell(part);
  return {
    filename: part.filename,
    kind: words.say(kind),
    mark,
    size: words.size(part.size),
    ...(ways.download === undefined ? {} : { downloadUrl: ways.download }),
    ...(ways.view === undefined || hindrance !== undefined ? {} : { viewUrl: ways.view }),
    ...(hindrance === undefined || ways.download !== undefined ? {} : { noView: words.say(noViewKeys[hindrance]) }),
  };
}

const noViewKeys = {
  empty: 'viewing.no-empty',
  'too-large': 'viewing.no-too-large',
  type: 'viewing.no-type',
} as const;

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
    tellBroken(site, id, error);
    return undefined;
  }
}

/** Notes that a message cannot be opened; throws what else went wrong. */
export function tellBroken(site: Site, id: string, error: unknown): void {
  if (!(error instanceof SealBroken)) throw error;
  site.log.error('message.broken', { id, err: error });
}

export interface EntryAsk {
  /** The visitor wrote it. */
  readonly mine: boolean;
  /** The page where it stands whole. */
  readonly url?: string;
  /** Said instead of a text that must not stand on this page. */
  readonly closed?: string;
  /** It lies in another mailbox, whose pages the visitor cannot open. */
  readonly isElsewhere?: boolean;
}

/** One message of a conversation, in short. */
export async function threadEntry(
  site: Site,
  words: Words,
  message: OpenMessage,
  recipients: readonly RecipientsTable[],
  { mine, url, closed, isElsewhere = false }: EntryAsk,
): Promise<ThreadEntry> {
  const { row, meta } = message;
  const parts = closed === undefined ? meta.parts.filter((part) => !part.inline) : [];
  const path = `${site.base}/messages/${row.id}`;
  const now = site.clock.nowMs();
  return {
    id: row.id,
    author: person(meta.from),
    mine,
    sent: moment(meta.sentAt ?? row.created_at, now, words),
    ...(closed === undefined ? await entryText(site, words, message, { mine, isElsewhere }) : { text: plain(closed) }),
    attachments: parts.map((part) => attachmentView(words, part, mine || isElsewhere ? {} : waysTo(path, row, part.n))),
    states: mine ? deliveryStates(words, message, recipients) : [],
    ...(url === undefined ? {} : { url }),
  };
}

async function entryText(
  site: Site,
  words: Words,
  message: OpenMessage,
  { mine, isElsewhere }: { readonly mine: boolean; readonly isElsewhere: boolean },
): Promise<Pick<ThreadEntry, 'text' | 'marked'>> {
  const { text, html } = await loadBody(site.db, site.vault, message);
  if (text === undefined) return { text: plain(words.say('reading.message-own-layout')) };
  const marked = mine ? readOwnMarks(text, html) : undefined;
  return {
    // A link in one's own text needs no safe way out: one knows where it leads.
    text: foldedText(text, mine || isElsewhere ? undefined : `${site.base}/messages/${message.row.id}/links/t`),
    ...(marked === undefined ? {} : { marked }),
  };
}

function plain(text: string): FoldedText {
  return [{ quoted: false, runs: [{ text }] }];
}
