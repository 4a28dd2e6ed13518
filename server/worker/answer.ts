// Owns writing a reply from the portal as a mail into the original sender's own mailbox, and the roads on which it may travel: encrypted to
// the sender's certificate, else as ordinary mail over verified TLS to the sender's own server, else not at all: as a notice with a link.

import { domainOf, parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { getBrand } from '../brands/brand.store.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { OutgoingMail } from '../mail/compose.ts';
import { readMarks } from '../mail/light-marks.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { verpAddress } from '../mail/verp.ts';
import { byMailWords } from '../messages/by-mail-words.ts';
import { loadBody } from '../messages/load-body.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { partOf } from './direct-letter.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { onBehalfOf, writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

/**
 * The reply as ordinary mail, or undefined when there is nothing left to bring. As it is here it must be sent to the sender's own server
 * alone (`mayGoAsItIs`) and with `requireVerifiedTls`; else it is to be encrypted first.
 */
export async function writeAnswer(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
): Promise<Letter | undefined> {
  if (readability(message, recipient, isoNow(deps.vault.clock)) !== 'readable') return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  const to = parseAddress(card.address);
  if (to === undefined) return undefined;
  const body = await loadBody(deps.db, deps.vault, open);
  const author = open.meta.from;
  const brand = await getBrand(deps.db, message.brand, deps.orgName);
  const words = await wordsFor(deps, to);
  const parent = open.meta.references.at(-1);
  const caution = byMailWords(words, open.meta);
  const mail: OutgoingMail = {
    from: onBehalfOf(deps, author, brand, words),
    to: { address: to, name: card.name },
    // The sender's own answer goes to the author again, by way of this organisation's rules.
    replyTo: author,
    subject: open.meta.subject,
    mailId: open.meta.mailId ?? ownMailId(message.id, deps.mailIdHost),
    ...(parent === undefined ? {} : { inReplyTo: parent, references: open.meta.references }),
    date: new Date(deps.vault.clock.nowMs()),
    loopMark: deps.mailIdHost,
    attachments: await Promise.all(open.meta.parts.map((part) => partOf(deps, open, part))),
    // What begins a conversation answers nothing.
    ...writeMail(deps, message.thread_id === message.id ? 'written' : 'reply', brand, words, {
      authorAddress: author.address,
      paragraphs: (body.text ?? '').split(/\n{2,}/),
      blocks: readMarks(body.text ?? ''),
      ...(caution === undefined ? {} : { caution }),
    }),
  };
  return { from: verpAddress(deps.mailFrom.address, recipient.id), to, mail };
}

/** Whether the server that it is handed to is the one where it ends. */
export function mayGoAsItIs(deps: MailDeps, { to }: Letter): Promise<boolean> {
  return deps.isOwnServer(domainOf(to));
}
