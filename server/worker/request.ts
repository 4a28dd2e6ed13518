// Owns the two mails about more time: the reader's request to the sender, and the sender's decision to the reader.
// Neither holds anything of the message, nor what either wrote to the other.

import { z } from 'zod';
import { nameOf, parseAddress } from '../core/address.ts';
import { getBrand } from '../brands/brand.store.ts';
import { senderNameOf } from '../brands/mail-brand.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { verpAddress } from '../mail/verp.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { loadRequest } from '../messages/requests.store.ts';
import { openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { onBehalfOf, writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';
import { lastMoment, noticeLinks } from './notice.ts';
import { writeToSender } from './to-sender.ts';

const payloadSchema = z.object({ requestId: z.string() });

/** To the sender, or undefined when it was answered meanwhile or the message is destroyed. */
export async function writeRequest(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
  job: Job,
): Promise<Letter | undefined> {
  const request = await loadRequest(deps.db, payloadSchema.parse(openPayload(deps.vault, job)).requestId);
  if (request?.state !== 'open' || message.destroyed_at !== null) return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  const reader = nameOf(card);
  return writeToSender(deps, open, {
    name: 'request',
    mailId: ownMailId(request.id, deps.mailIdHost, 'request'),
    subject: (words) => words.say('mail.request-subject', { reader }),
    model: (words) => ({
      reader,
      readerAddress: card.address,
      sent: words.day(new Date(message.created_at)),
      link: `${deps.publicUrl}/sent/${message.id}/requests/${request.id}`,
    }),
  });
}

/** To the reader, or undefined when there is nothing to tell any more. */
export async function writeDecision(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
  job: Job,
): Promise<Letter | undefined> {
  const request = await loadRequest(deps.db, payloadSchema.parse(openPayload(deps.vault, job)).requestId);
  if (request === undefined || request.state === 'open' || message.destroyed_at !== null) return undefined;
  // Given, and taken back before the mail could leave.
  if (request.state === 'given' && recipient.revoked_at !== null) return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  const address = parseAddress(card.address);
  if (address === undefined) return undefined;
  const brand = await getBrand(deps.db, message.brand, deps.orgName);
  const words = await wordsFor(deps, address);
  const sender = nameOf(open.meta.from);
  const isGiven = request.state === 'given' && request.expires_at !== null;
  return {
    from: verpAddress(deps.mailFrom.address, recipient.id),
    to: address,
    mail: {
      from: onBehalfOf(deps, open.meta.from, brand, words),
      to: { address, name: card.name },
      replyTo: { address: deps.mailFrom.address, name: senderNameOf(brand) },
      subject: words.say(isGiven ? 'mail.decision-subject-given' : 'mail.decision-subject-refused', { sender }),
      mailId: ownMailId(request.id, deps.mailIdHost, 'decision'),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'decision', brand, words, {
        sender,
        ...(request.state === 'given' && request.expires_at !== null
          ? { until: lastMoment(words, request.expires_at) }
          : {}),
        hasWord: request.sealed_word !== null,
        ...noticeLinks(deps, recipient, card.token),
      }),
    },
  };
}
