// Owns the notice: a message waits, from whom, until when, and where to read it. Nothing of the message. The reminder
// is the same once more, in other words.

import { nameOf, parseAddress } from '../core/address.ts';
import { isoNow, justBefore } from '../core/clock.ts';
import { endOf, readability } from '../access/reading.ts';
import { getBrand } from '../brands/brand.store.ts';
import { noticeIntroduction, ownNoticeSubject, senderNameOf } from '../brands/mail-brand.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { Words } from '../language/words.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { verpAddress } from '../mail/verp.ts';
import { noticeReference } from '../messages/notice-reference.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import type { NoticeLinks } from '../render/mail-models.ts';
import { noticeLead, noticeSubject } from '../render/notice-words.ts';
import type { NoticeKind } from '../render/notice-words.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { onBehalfOf, writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

/** The notice for one recipient, or undefined when there is nothing left to announce. */
export async function writeNotice(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
  as: 'notice' | 'reminder' = 'notice',
): Promise<Letter | undefined> {
  const now = isoNow(deps.vault.clock);
  if (readability(message, recipient, now) !== 'readable') return undefined;
  if (as === 'reminder' && recipient.opened_at !== null) return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  const address = parseAddress(card.address);
  if (address === undefined) return undefined;
  const brand = await getBrand(deps.db, message.brand, deps.orgName);
  const { from: sender } = open.meta;
  const words = await wordsFor(deps, address);
  const forwardedBy = await forwarder(deps, open, recipient);
  const kind = kindOf(as, message, forwardedBy);
  const who = { sender: nameOf(sender), forwarder: forwardedBy ?? '' };
  const continues = message.kind === 'reply' ? open.meta.references : [];
  const parent = continues.at(-1);
  const end = endOf(message, recipient);
  const values = { sender: who.sender, senderAddress: sender.address, subject: open.meta.subject };
  // A reminder says that it is one.
  const ownSubject = as === 'reminder' ? undefined : ownNoticeSubject(brand, words, values);
  return {
    from: verpAddress(deps.mailFrom.address, recipient.id),
    to: address,
    mail: {
      from: onBehalfOf(deps, sender, brand, words),
      to: { address, name: card.name },
      replyTo: { address: deps.mailFrom.address, name: senderNameOf(brand) },
      // Not the message's own, unless the brand says so: it stands in the open on every mail server and lock screen.
      subject: ownSubject ?? noticeSubject(words, kind, who),
      mailId: ownMailId(recipient.id, deps.mailIdHost, String(deps.vault.clock.nowMs())),
      ...(parent === undefined ? {} : { inReplyTo: parent, references: continues }),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'notice', brand, words, {
        lead: noticeLead(words, kind, who),
        introduction: noticeIntroduction(brand, words, values),
        senderAddress: sender.address,
        from: sender.name === '' ? sender.address : `${sender.name}, ${sender.address}`,
        ...(forwardedBy === undefined ? {} : { forwardedBy }),
        ...noticeLinks(deps, recipient, card.token),
        ...(end === null ? {} : { expires: lastMoment(words, end) }),
      }),
    },
  };
}

/** Where a mail to a reader leads, and how they find out whether it is genuine. */
export function noticeLinks(deps: MailDeps, recipient: RecipientsTable, token: string): NoticeLinks {
  const { host, pathname } = new URL(deps.publicUrl);
  return {
    link: `${deps.publicUrl}/m/${token}`,
    host,
    checkAt: `${host}${pathname === '/' ? '' : pathname}/genuine`,
    reference: noticeReference(deps.vault.keyring, recipient.id),
  };
}

/** With its zone: a mail does not know where it is read. */
export function lastMoment(words: Words, expiresAt: string): string {
  return words.moment(new Date(justBefore(expiresAt)));
}

function kindOf(as: 'notice' | 'reminder', message: MessagesTable, forwardedBy: string | undefined): NoticeKind {
  if (as === 'reminder') return 'reminder';
  if (forwardedBy !== undefined) return 'forward';
  return message.kind === 'reply' && !isFirst(message) ? 'reply' : 'message';
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
