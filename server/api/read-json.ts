// Owns turning an API call's JSON into what `accept` reads: the same tree that a parsed mail becomes.

import type { Mailbox } from '../core/address.ts';
import { displayLine, parseAddress } from '../core/address.ts';
import { checkBytes } from '../core/bounded.ts';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Content, SubmittedRecipient } from '../ingest/submission.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { parseAddressList } from '../mail/address-list.ts';
import type { MailPart, PartSink } from '../mail/mail-tree.ts';
import { cleanContentType, cleanFilename, isRightsProtected } from '../mail/part-names.ts';
import { writtenTree } from '../mail/written-tree.ts';
import { askAccessPhrase, askBrand, askDelivery, askExpiry, askProtection, askSignIn } from '../policy/ask.ts';
import type { PolicyFrame, Wish } from '../policy/asks.ts';
import { ContentLifter } from './lift-contents.ts';
import { FilePouring } from './pour-files.ts';
import type { PouredFile } from './pour-files.ts';
import { newMessage } from './schemas.ts';
import type { NewMessage } from './schemas.ts';

export interface JsonCall {
  /** The content of each attachment is '': it went to the sink. */
  readonly message: NewMessage;
  readonly author: Mailbox;
  /** One for each attachment. */
  readonly files: readonly PouredFile[];
}

/**
 * Reads the call to its end, by `parse` where it may hold more than a message; its files go to the sink while they arrive.
 * Throws request/malformed, mail/too-large, mail/author, and a ZodError for fields that do not fit.
 */
export async function readJsonCall(
  source: AsyncIterable<Buffer>,
  bytesMax: number,
  sink: PartSink,
  parse: (value: unknown) => NewMessage = (value) => newMessage.parse(value),
): Promise<JsonCall> {
  const lifter = new ContentLifter(fieldBytesMax(bytesMax));
  const pouring = new FilePouring(sink, bytesMax);
  for await (const chunk of source) {
    for (const lifted of lifter.take(chunk)) await pouring.take(lifted);
  }
  const message = parse(lifter.value());
  checkSize(message, pouring.bytes, bytesMax);
  const files = message.attachments.map((_, index) => {
    const file = pouring.files.get(index);
    if (file === undefined) throw new Error('a file was not lifted out of its call');
    return file;
  });
  return { message, author: readAuthor(message.from), files };
}

/** The call as `accept` takes it. Throws mail/recipients and mail/rights-protected. */
export function contentOf({ message, author, files }: JsonCall, clock: Clock, repeatKey: string | undefined): Content {
  const to = message.to.map((text) => recipient(text, 'to'));
  const cc = message.cc.map((text) => recipient(text, 'cc'));
  const bcc = message.bcc.map((text) => recipient(text, 'bcc'));
  return {
    digest: digestOf(message, files),
    repeatKey,
    recipients: [...to, ...cc, ...bcc],
    tree: writtenTree({
      from: author,
      to: to.map(({ address }) => ({ address, name: '' })),
      cc: cc.map(({ address }) => ({ address, name: '' })),
      subject: displayLine(message.subject, limits.subjectCharactersMax),
      sentAt: isoNow(clock),
      text: message.text === undefined ? undefined : cleanBodyText(message.text),
      html: message.html === undefined ? undefined : cleanBodyText(message.html),
      parts: message.attachments.map((attachment, index) =>
        partOf(attachment, index + 1, files[index]?.sizeBytes ?? 0),
      ),
    }),
  };
}

/** The wishes of the call's fields. Throws policy/unknown-value or policy/refused. */
export function fieldWishes(message: NewMessage, frame: PolicyFrame): Wish[] {
  const { protection, expiresAt, expiresIn, brand, deliver, accessPhrase, signIn } = message;
  return [
    ...(protection === undefined ? [] : [askProtection('protection', protection, frame)]),
    ...(expiresAt === undefined ? [] : [askExpiry('expiresAt', expiresAt, frame)]),
    ...(expiresIn === undefined ? [] : [askExpiry('expiresIn', expiresIn, frame)]),
    ...(brand === undefined ? [] : [askBrand('brand', brand, frame)]),
    ...(deliver === undefined ? [] : [askDelivery('deliver', deliver, frame)]),
    ...(accessPhrase === undefined ? [] : [askAccessPhrase('accessPhrase', accessPhrase)]),
    ...(signIn === undefined ? [] : [askSignIn('signIn', signIn, frame)]),
  ];
}

/** Name and address of the author. Throws mail/author for anything but one address. */
function readAuthor(from: string): Mailbox {
  const [first, ...others] = parseAddressList(from).entries;
  const address = parseAddress(first?.address);
  if (first === undefined || address === undefined || others.length > 0) {
    throw new AppError('mail/author', 'from has to be one address, with or without a name.');
  }
  return { address, name: displayLine(first.name, limits.displayNameCharactersMax) };
}

/** Tells one call's content from another's, however the JSON is written. */
function digestOf(message: NewMessage, files: readonly PouredFile[]): string {
  const attachments = message.attachments.map((attachment, index) => ({
    ...attachment,
    content: files[index]?.digest,
  }));
  return sha256(JSON.stringify({ ...message, attachments })).toString('base64url');
}

// JSON may write one byte of a text as six; as for a mail, three times its length is enough for what people write.
function fieldBytesMax(bytesMax: number): number {
  return 3 * Math.min(limits.bodyTextBytesMax, bytesMax) + OTHER_FIELDS_BYTES_MAX;
}

const OTHER_FIELDS_BYTES_MAX = 1024 * 1024;

// The same limits as for a mail, where these bytes would stand in parts.
function checkSize({ text = '', html = '' }: NewMessage, fileBytes: number, bytesMax: number): void {
  const bodyBytes = Buffer.byteLength(text) + Buffer.byteLength(html);
  if (bodyBytes > limits.bodyTextBytesMax) throw new AppError('mail/too-large', 'text and html are too long.');
  checkBytes(bodyBytes + fileBytes, bytesMax);
}

function partOf(attachment: NewMessage['attachments'][number], n: number, size: number): MailPart {
  const contentType = cleanContentType(attachment.contentType);
  if (isRightsProtected(attachment.filename, contentType, undefined)) {
    throw new AppError(
      'mail/rights-protected',
      'This message is rights-protected already and cannot be protected again.',
    );
  }
  const filename = cleanFilename(attachment.filename, n, contentType);
  return { n, filename, contentType, contentId: undefined, inline: false, size };
}

function recipient(text: string, role: 'to' | 'cc' | 'bcc'): SubmittedRecipient & { role: typeof role } {
  const address = parseAddress(text.trim());
  if (address === undefined)
    throw new AppError('mail/recipients', `${role} holds something that is not a mail address.`);
  return { address, role };
}
