// Owns the writing of every mail that leaves: headers, bodies and attachments by nodemailer's composer,
// after each value has been checked here. It never reads a file, fetches a URL, or decides who gets what:
// the envelope is the courier's business and is never taken from these headers.

import { Readable, pipeline } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailComposerAttachment } from 'nodemailer/lib/mail-composer';
import type { Mailbox } from '../core/address.ts';
import { parseAddress } from '../core/address.ts';
import { limits } from '../core/limits.ts';
import { readWhole } from '../core/read-whole.ts';
import {
  fieldContentId,
  fieldFilename,
  fieldLoopMark,
  fieldMailId,
  fieldMediaType,
  fieldText,
  fieldThread,
} from './compose-fields.ts';
import { REPORT_TYPE, reportParts } from './compose-report.ts';
import type { StatusReport } from './compose-report.ts';
import { WireCheck } from './compose-wire.ts';

export interface OutgoingMail {
  /** MAIL_FROM's address; the name says on whose behalf ("Alice Example via Example Ltd"). */
  readonly from: Mailbox;
  /** Who hands it in for its author; absent: the author. */
  readonly sender?: Mailbox;
  readonly to: Mailbox | readonly Mailbox[];
  readonly cc?: readonly Mailbox[];
  readonly replyTo?: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Images that the HTML names by `cid:`. */
  readonly inline?: readonly InlineImage[];
  readonly attachments?: readonly OutgoingAttachment[];
  /** Our own Message-ID, `<left@right>`. */
  readonly mailId: string;
  /** Ids from other programs; odd ones are left out. */
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  readonly date: Date;
  /** Printable ASCII that names this organisation, by which ingestion knows its own mail coming back. */
  readonly loopMark: string;
  /** What became of another mail, for programs: with it this is a report (RFC 6522). */
  readonly report?: StatusReport;
}

export interface InlineImage {
  readonly cid: string;
  readonly filename: string;
  readonly contentType: string;
  readonly content: AsyncIterable<Buffer> | Buffer;
}

export interface OutgoingAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: AsyncIterable<Buffer> | Buffer;
}

/** The header by which ingestion knows mail that this program wrote. */
export const LOOP_HEADER = 'X-Sealpost-Loop';

/**
 * The whole mail, canonical (CRLF, 7-bit), for mails that are small.
 * @throws Error when a value must not stand in a header, or what an attachment's source throws.
 */
export async function composeMail(mail: OutgoingMail): Promise<Buffer> {
  return readWhole(composeStream(mail));
}

/** A message as a reader keeps it, under the names that it came with. It is never sent. */
export type MailCopy = Pick<
  OutgoingMail,
  'from' | 'cc' | 'subject' | 'text' | 'html' | 'inline' | 'attachments' | 'mailId' | 'references' | 'date'
> & { readonly to: readonly Mailbox[] };

/** @throws Error at once when a value must not stand in a header. */
export function composeCopy(copy: MailCopy): Readable {
  return streamOf(copy, []);
}

/**
 * The same mail as a stream that reads its attachments only as fast as it is read itself. An attachment
 * that fails makes the stream fail; destroying the stream lets go of the attachments.
 * @throws Error at once when a value must not stand in a header.
 */
export function composeStream(mail: OutgoingMail): Readable {
  return streamOf(mail, [
    // RFC 3834 section 5: vacation programs and the like do not answer this.
    { key: 'Auto-Submitted', value: 'auto-generated' },
    { key: 'X-Auto-Response-Suppress', value: 'All' },
    { key: LOOP_HEADER, value: fieldLoopMark(mail.loopMark) },
  ]);
}

/**
 * A person's own mail as it goes to its reader's own server: nothing in it says that a program wrote it, and of what it came
 * with only what is given here is left.
 * @throws Error at once when a value must not stand in a header.
 */
export function composeDirect(mail: OutgoingMail): Readable {
  return streamOf(mail, [{ key: LOOP_HEADER, value: fieldLoopMark(mail.loopMark) }]);
}

function streamOf(
  mail: Omit<OutgoingMail, 'loopMark'>,
  headers: readonly { readonly key: string; readonly value: string }[],
): Readable {
  const composer = new MailComposer({
    ...headerFields(mail),
    headers: [...headers],
    // A text without a character would be left out, and the HTML stand alone.
    text: canonicalText(mail.text) || '\r\n',
    ...(mail.html === undefined ? {} : { html: canonicalText(mail.html) }),
    attachments: [
      ...(mail.inline ?? []).map(inlinePart),
      ...reportParts(mail.report),
      ...(mail.attachments ?? []).map(attachedPart),
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const root = composer.compile();
  // The composer knows mixed alone: the same parts in the same order, under the name of a report.
  if (mail.report !== undefined) root.setHeader('Content-Type', REPORT_TYPE);
  // pipeline hands an error of one side to the other; the reader of the last stream sees it.
  return pipeline(root.createReadStream(), new WireCheck(), () => undefined);
}

function headerFields(mail: Omit<OutgoingMail, 'loopMark'>) {
  if (Number.isNaN(mail.date.getTime())) throw new Error('Date is not a time');
  const answered = fieldThread(mail.inReplyTo === undefined ? [] : [mail.inReplyTo])[0];
  const thread = fieldThread(mail.references ?? []);
  return {
    from: mailbox('From', mail.from),
    ...(mail.sender === undefined ? {} : { sender: mailbox('Sender', mail.sender) }),
    to: [mail.to].flat().map((one) => mailbox('To', one)),
    cc: (mail.cc ?? []).map((one) => mailbox('Cc', one)),
    ...(mail.replyTo === undefined ? {} : { replyTo: mailbox('Reply-To', mail.replyTo) }),
    subject: fieldText('Subject', mail.subject, limits.subjectCharactersMax),
    messageId: fieldMailId(mail.mailId),
    ...(answered === undefined ? {} : { inReplyTo: answered }),
    ...(thread.length === 0 ? {} : { references: thread }),
    date: mail.date,
  };
}

/** An object, never a text: nodemailer would parse a text and find as many mailboxes in it as it can. */
function mailbox(field: string, { address, name }: Mailbox): { name: string; address: string } {
  if (parseAddress(address) !== address) throw new Error(`${field} is not an address`);
  return { name: fieldText(field, name, limits.displayNameCharactersMax), address };
}

/** Line ends made CRLF before encoding, for nodemailer lets a lone CR of a text pass as it is. */
function canonicalText(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}

function inlinePart(image: InlineImage): MailComposerAttachment {
  return { ...attachedPart(image), cid: fieldContentId(image.cid), contentDisposition: 'inline' };
}

function attachedPart(part: OutgoingAttachment): MailComposerAttachment {
  return {
    filename: fieldFilename(part.filename),
    contentType: fieldMediaType(part.contentType),
    contentTransferEncoding: 'base64',
    contentDisposition: 'attachment',
    content: bytes(part.content),
  };
}

/** Bytes only: given any other object nodemailer looks for a `path` or an `href` in it. */
function bytes(content: AsyncIterable<Buffer> | Buffer): Buffer | Readable {
  if (Buffer.isBuffer(content)) return content;
  if (typeof content?.[Symbol.asyncIterator] !== 'function') throw new Error('An attachment is not made of bytes');
  return content instanceof Readable ? content : Readable.from(content, { objectMode: false });
}
