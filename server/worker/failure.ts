// Owns the mail that tells a sender that a recipient could not be reached. It names no subject: nobody
// knows how this mail travels.

import { domainOf, parseAddress } from '../core/address.ts';
import { getBrand } from '../brands/brand.store.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { failureWords } from '../messages/failure-words.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

export async function writeFailure(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
): Promise<Letter | undefined> {
  if (message.destroyed_at !== null || recipient.failure === null) return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  const unreached = parseAddress(card.address);
  if (unreached === undefined) return undefined;
  const sender = open.meta.from;
  // Authors outside wrote in the portal; there they see what became of it.
  if (!deps.orgDomains.includes(domainOf(sender.address))) return undefined;
  const brand = await getBrand(deps.db, message.brand, deps.orgName);
  const words = await wordsFor(deps, sender.address);
  return {
    // RFC 5321 section 4.5.5: the null sender, so that nothing ever answers this.
    from: '',
    to: sender.address,
    mail: {
      from: { address: deps.mailFrom.address, name: brand.name },
      to: sender,
      subject: words.say('mail.failed-subject'),
      mailId: ownMailId(recipient.id, deps.mailIdHost, 'failure'),
      ...(open.meta.mailId === undefined ? {} : { inReplyTo: open.meta.mailId, references: [open.meta.mailId] }),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'failure', brand, words, {
        recipientAddress: card.address,
        sent: words.day(new Date(message.created_at)),
        reason: failureWords(words, recipient.failure, domainOf(unreached)),
        link: `${deps.publicUrl}/sent/${message.id}`,
      }),
    },
  };
}
