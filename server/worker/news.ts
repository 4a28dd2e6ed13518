// Owns the mails that a sender asked for: of a first reading, and the daily summary. Neither holds anything of a message but
// its subject, and that only where the sender wishes it.

import { z } from 'zod';
import { domainOf, nameOf, parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { DEFAULT_BRAND_ID, getBrand } from '../brands/brand.store.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { NewsTable } from '../db/tables/administration.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue, openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { findWish, forgetNews, listDue, listNews, loadWish, openAddress, takeDue } from '../people/news.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';
import { writeToSender } from './to-sender.ts';

const payloadSchema = z.object({ person: z.string(), until: z.string() });
const NEWS_MAX = 1_000;
const SUBJECTS_MAX = 20;

/** Undefined when the sender wishes it no more, or the message is destroyed. */
export async function writeFirstRead(
  deps: MailDeps,
  message: MessagesTable,
  recipient: RecipientsTable,
  job: Job,
): Promise<Letter | undefined> {
  const wish = await loadWish(deps.db, message.sender_index);
  if (!wish.firstRead || message.destroyed_at !== null) return undefined;
  const open = openMessage(deps.vault, message);
  const card = openRecipient(open, recipient);
  return writeToSender(deps, open, {
    name: 'first-read',
    mailId: ownMailId(job.id, deps.mailIdHost, 'read'),
    subject: (words) => words.say('news.read-subject'),
    model: (words) => ({
      reader: nameOf(card),
      readerAddress: card.address,
      sent: words.day(new Date(message.created_at)),
      about: wish.subjects ? open.meta.subject : '',
      link: `${deps.publicUrl}/sent/${message.id}`,
    }),
  });
}

/** Undefined when there is nothing to tell any more. */
export async function writeDigest(deps: MailDeps, job: Job): Promise<Letter | undefined> {
  const { person, until } = payloadSchema.parse(openPayload(deps.vault, job));
  const row = await findWish(deps.db, person);
  const wish = await loadWish(deps.db, person);
  const news = await listNews(deps.db, person, until, NEWS_MAX);
  const address = row === undefined ? undefined : parseAddress(openAddress(deps.vault.keyring, row));
  if (address === undefined || !wish.digest || news.length === 0) return undefined;
  // Who left the organisation hears no more of it.
  if (!deps.orgDomains.includes(domainOf(address))) return undefined;
  const brand = await getBrand(deps.db, DEFAULT_BRAND_ID, deps.orgName);
  const words = await wordsFor(deps, address);
  const count = (kind: NewsTable['kind']): number => news.filter((one) => one.kind === kind).length;
  return {
    // RFC 5321 section 4.5.5: the null sender, so that nothing ever answers this.
    from: '',
    to: address,
    mail: {
      from: { address: deps.mailFrom.address, name: brand.name },
      to: { address, name: '' },
      subject: words.say('news.digest-subject'),
      mailId: ownMailId(job.id, deps.mailIdHost),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'digest', brand, words, {
        read: count('read'),
        replied: count('replied'),
        failed: count('failed'),
        subjects: wish.subjects ? await subjectsOf(deps, person, news) : [],
        link: `${deps.publicUrl}/sent`,
      }),
    },
  };
}

/** What was told is forgotten. */
export async function noteDigestTold(deps: MailDeps, tx: Tx, job: Job): Promise<void> {
  const { person, until } = payloadSchema.parse(openPayload(deps.vault, job));
  await forgetNews(tx, person, until);
}

/** Orders the summaries that are due. @returns how many were taken, of at most `most`. */
export async function orderDigests(deps: { readonly db: Db; readonly vault: Vault }, most: number): Promise<number> {
  const { db, vault } = deps;
  const due = await listDue(db, isoNow(vault.clock), most);
  for (const one of due) {
    await inTransaction(db, async (tx) => {
      const until = await takeDue(vault, tx, one);
      if (until === undefined) return;
      await enqueue(vault, tx, { kind: 'digest', payload: { person: one.addressIndex, until } });
    });
  }
  return due.length;
}

async function subjectsOf(deps: MailDeps, person: string, news: readonly NewsTable[]): Promise<string[]> {
  const subjects: string[] = [];
  for (const id of [...new Set(news.map((one) => one.message_id))].slice(0, SUBJECTS_MAX)) {
    const message = await loadMessage(deps.db, id);
    if (message?.sender_index !== person || message.destroyed_at !== null) continue;
    try {
      subjects.push(openMessage(deps.vault, message).meta.subject);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  return subjects.filter((subject) => subject !== '');
}
