// Owns turning an API call's JSON into what `accept` reads: the same tree that a parsed mail becomes.

import type { Mailbox } from '../core/address.ts';
import { displayLine, parseAddress } from '../core/address.ts';
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
import { askAccessPhrase, askBrand, askDelivery, askExpiry, askProtection } from '../policy/ask.ts';
import type { PolicyFrame, Wish } from '../policy/ask.ts';
import type { NewMessage } from './schemas.ts';

/** Name and address of the author. Throws mail/author for anything but one address. */
export function readAuthor(from: string): Mailbox {
  const [first, ...others] = parseAddressList(from).entries;
  const address = parseAddress(first?.address);
  if (first === undefined || address === undefined || others.length > 0) {
    throw new AppError('mail/author', 'from has to be one address, with or without a name.');
  }
  return { address, name: displayLine(first.name, limits.displayNameCharactersMax) };
}

/** Throws mail/too-large, mail/recipients and mail/rights-protected. */
export async function readJson(
  clock: Clock,
  message: NewMessage,
  author: Mailbox,
  repeat: { readonly key: string | undefined; readonly digest: string },
  bytesMax: number,
  sink: PartSink,
): Promise<Content> {
  checkSize(message, bytesMax);
  const to = message.to.map((text) => recipient(text, 'to'));
  const cc = message.cc.map((text) => recipient(text, 'cc'));
  const bcc = message.bcc.map((text) => recipient(text, 'bcc'));
  const parts: MailPart[] = [];
  for (const attachment of message.attachments) {
    parts.push(await pourPart(attachment, parts.length + 1, sink));
  }
  return {
    digest: repeat.digest,
    repeatKey: repeat.key,
    recipients: [...to, ...cc, ...bcc],
    tree: {
      headers: [],
      from: author,
      to: to.map(({ address }) => ({ address, name: '' })),
      cc: cc.map(({ address }) => ({ address, name: '' })),
      subject: displayLine(message.subject, limits.subjectCharactersMax),
      sentAt: isoNow(clock),
      mailId: undefined,
      inReplyTo: undefined,
      references: [],
      automatic: false,
      text: message.text === undefined ? undefined : cleanBodyText(message.text),
      html: message.html === undefined ? undefined : cleanBodyText(message.html),
      parts,
    },
  };
}

/** The wishes of the call's fields. Throws policy/unknown-value or policy/refused. */
export function fieldWishes(message: NewMessage, frame: PolicyFrame): Wish[] {
  const { protection, expiresAt, expiresIn, brand, deliver, accessPhrase } = message;
  return [
    ...(protection === undefined ? [] : [askProtection('protection', protection)]),
    ...(expiresAt === undefined ? [] : [askExpiry('expiresAt', expiresAt, frame)]),
    ...(expiresIn === undefined ? [] : [askExpiry('expiresIn', expiresIn, frame)]),
    ...(brand === undefined ? [] : [askBrand('brand', brand, frame)]),
    ...(deliver === undefined ? [] : [askDelivery('deliver', deliver)]),
    ...(accessPhrase === undefined ? [] : [askAccessPhrase('accessPhrase')]),
  ];
}

/** Tells one call's content from another's. Attachments go in by digests of their own, so that no copy of all is made. */
export function digestOf(message: NewMessage): string {
  const attachments = message.attachments.map((attachment) => ({
    ...attachment,
    content: sha256(attachment.content).toString('base64url'),
  }));
  return sha256(JSON.stringify({ ...message, attachments })).toString('base64url');
}

// The same limits as for a mail, where these bytes would stand in parts.
function checkSize({ text = '', html = '', attachments }: NewMessage, bytesMax: number): void {
  const bodyBytes = Buffer.byteLength(text) + Buffer.byteLength(html);
  if (bodyBytes > limits.bodyTextBytesMax) throw new AppError('mail/too-large', 'text and html are too long.');
  const bytes = attachments.reduce((sum, { content }) => sum + Buffer.byteLength(content, 'base64'), bodyBytes);
  if (bytes > bytesMax) throw new AppError('mail/too-large', 'The message is larger than MESSAGE_BYTES_MAX.');
}

async function pourPart(attachment: NewMessage['attachments'][number], n: number, sink: PartSink): Promise<MailPart> {
  const contentType = cleanContentType(attachment.contentType);
  if (isRightsProtected(attachment.filename, contentType, undefined)) {
    throw new AppError(
      'mail/rights-protected',
      'This message is rights-protected already and cannot be protected again.',
    );
  }
  const content = Buffer.from(attachment.content, 'base64');
  const part = {
    n,
    filename: cleanFilename(attachment.filename, n, contentType),
    contentType,
    contentId: undefined,
    inline: false,
  };
  const writer = await sink.open(part);
  await writer.write(content);
  await writer.close();
  return { ...part, size: content.length };
}

function recipient(text: string, role: 'to' | 'cc' | 'bcc'): SubmittedRecipient & { role: typeof role } {
  const address = parseAddress(text.trim());
  if (address === undefined)
    throw new AppError('mail/recipients', `${role} holds something that is not a mail address.`);
  return { address, role };
}
