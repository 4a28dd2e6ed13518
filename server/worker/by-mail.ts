// Owns the mail to somebody who answered a notice by ordinary mail: what became of their text, and how to answer safely. It quotes
// nothing of what they wrote, nor of the message.

import { nameOf, parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { getBrand } from '../brands/brand.store.ts';
import { senderNameOf } from '../brands/mail-brand.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';
import { noticeLinks } from './notice.ts';

export async function writeByMail(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
): Promise<Letter | undefined> {
  if (readability(message, recipient, isoNow(deps.vault.clock)) !== 'readable') return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  const address = parseAddress(card.address);
  if (address === undefined) return undefined;
  const brand = await getBrand(deps.db, message.brand, deps.orgName);
  const words = await wordsFor(deps, address);
  const sender = nameOf(open.meta.from);
  return {
    // RFC 3834 section 3.3: the null sender, so that nothing ever answers this.
    from: '',
    to: address,
    mail: {
      from: { address: deps.mailFrom.address, name: senderNameOf(brand) },
      to: { address, name: card.name },
      subject: words.say('mail.by-mail-subject', { sender }),
      mailId: ownMailId(recipient.id, deps.mailIdHost, `by-mail-${deps.vault.clock.nowMs()}`),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'by-mail', brand, words, { sender, ...noticeLinks(deps, recipient, card.token) }),
    },
  };
}
