// Owns the mails that tell a sender what became of a message, or ask them about it. None names a subject: nobody knows how
// such a mail travels.

import { domainOf } from '../core/address.ts';
import { getBrand } from '../brands/brand.store.ts';
import { senderNameOf } from '../brands/mail-brand.ts';
import type { Words } from '../language/words.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { MailModels } from '../render/mail-models.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

export interface ToSender<K extends keyof MailModels> {
  readonly name: K;
  /** Message-ID of this mail. */
  readonly mailId: string;
  readonly subject: (words: Words) => string;
  readonly model: (words: Words) => Omit<MailModels[K], 'brand'>;
  /** What became of it, for programs. */
  readonly status?: string;
}

/** The letter, in the sender's language; undefined for an author outside, who sees in the portal what became of it. */
export async function writeToSender<K extends keyof MailModels>(
  deps: MailDeps,
  { row, meta }: OpenMessage,
  { name, mailId, subject, model, status }: ToSender<K>,
): Promise<Letter | undefined> {
  const { from: sender } = meta;
  if (!deps.orgDomains.includes(domainOf(sender.address))) return undefined;
  const brand = await getBrand(deps.db, row.brand, deps.orgName);
  const words = await wordsFor(deps, sender.address);
  return {
    // RFC 5321 section 4.5.5: the null sender, so that nothing ever answers this.
    from: '',
    to: sender.address,
    mail: {
      from: { address: deps.mailFrom.address, name: senderNameOf(brand) },
      to: sender,
      subject: subject(words),
      mailId,
      ...(meta.mailId === undefined ? {} : { inReplyTo: meta.mailId, references: [meta.mailId] }),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...(status === undefined ? {} : { report: { status, about: meta.mailId } }),
      ...writeMail(deps, name, brand, words, model(words)),
    },
  };
}
