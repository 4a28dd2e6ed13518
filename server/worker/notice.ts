// Owns the notice: a message waits, from whom, until when, and where to read it. Nothing of the message.

import { parseAddress } from '../core/address.ts';
import { isoNow, isoTime } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { getBrand } from '../brands/brand.store.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { verpAddress } from '../mail/verp.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import type { NoticeMail } from '../render/mail-models.ts';
import { dayWords } from '../render/moment.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { onBehalfOf, writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

/** The notice for one recipient, or undefined when there is nothing left to announce. */
export async function writeNotice(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
): Promise<Letter | undefined> {
  const now = isoNow(deps.vault.clock);
  if (readability(message, recipient, now) !== 'readable') return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  const address = parseAddress(card.address);
  if (address === undefined) return undefined;
  const brand = await getBrand(deps.db, message.brand, deps.orgName);
  const sender = open.meta.from;
  const words = await wordsFor(deps, address);
  const senderName = sender.name === '' ? sender.address : sender.name;
  const forwardedBy = await forwarder(deps, open, recipient);
  const kind =
    forwardedBy !== undefined ? 'forward' : message.kind === 'reply' && !isFirst(message) ? 'reply' : 'message';
  const link = `${deps.publicUrl}/m/${card.token}`;
  const continues = message.kind === 'reply' ? open.meta.references : [];
  const parent = continues.at(-1);
  return {
    from: verpAddress(deps.mailFrom.address, recipient.id),
    to: address,
    mail: {
      from: onBehalfOf(deps, sender, brand),
      to: { address, name: card.name },
      replyTo: { address: deps.mailFrom.address, name: brand.name },
      subject: subject(kind, senderName, forwardedBy),
      mailId: ownMailId(recipient.id, deps.mailIdHost, String(deps.vault.clock.nowMs())),
      ...(parent === undefined ? {} : { inReplyTo: parent, references: continues }),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'notice', brand, words, {
        kind,
        senderName: sender.name,
        senderAddress: sender.address,
        ...(forwardedBy === undefined ? {} : { forwardedBy }),
        link,
        host: new URL(deps.publicUrl).host,
        ...(message.expires_at === null ? {} : { expires: dayWords(lastMoment(message.expires_at)) }),
      }),
    },
  };
}

// Never the message's own: a subject stands in the open on every mail server and lock screen.
function subject(kind: NoticeMail['kind'], senderName: string, forwardedBy: string | undefined): string {
  switch (kind) {
    case 'message':
      return `${senderName} has sent you a sealed message`;
    case 'reply':
      return `${senderName} has answered you`;
    case 'forward':
      return `${forwardedBy ?? senderName} has passed a sealed message on to you`;
  }
}

/** Written here by somebody outside, but not as an answer. */
function isFirst(message: MessagesTable): boolean {
  return message.thread_id === message.id;
}

async function forwarder(deps: MailDeps, open: OpenMessage, recipient: RecipientsTable): Promise<string | undefined> {
  if (recipient.forwarded_by === null) return undefined;
  const from = await loadRecipient(deps.db, recipient.forwarded_by);
  if (from === undefined) return undefined;
  const card = openRecipient(open, from);
  return card.name === '' ? card.address : `${card.name} (${card.address})`;
}

// A message that expires at midnight can last be read on the day before.
function lastMoment(expiresAt: string): string {
  return isoTime(Date.parse(expiresAt) - 1);
}
