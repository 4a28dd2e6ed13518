// Owns the mail that tells a sender that a recipient could not be reached, in words and for programs. Of a server's answer it tells
// the numbers: the words were never kept.

import { domainOf, parseAddress } from '../core/address.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { writeDeliveryStatus } from '../mail/write-delivery-status.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { failureStatus } from '../messages/failure-status.ts';
import { RETURNED, failureWords } from '../messages/failure-words.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeToSender } from './to-sender.ts';

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
  const { failure } = recipient;
  return writeToSender(deps, open, {
    name: 'failure',
    mailId: ownMailId(recipient.id, deps.mailIdHost, 'failure'),
    subject: (words) => words.say('mail.failed-subject'),
    model: (words) => ({
      recipientAddress: card.address,
      sent: words.day(new Date(message.created_at)),
      reason: failureWords(words, failure, domainOf(unreached)),
      link: `${deps.publicUrl}/sent/${message.id}`,
    }),
    status: writeDeliveryStatus({
      reportingHost: deps.mailIdHost,
      arrivedAt: new Date(message.created_at),
      recipient: unreached,
      ...failureStatus(failure),
      // What came back was refused by a server behind that one.
      remoteHost: failure.startsWith(RETURNED) ? undefined : deps.relayHost,
    }),
  });
}
