// Owns the mail that tells an address that a passkey was added to it or removed. It goes to whoever reads the mailbox,
// always: if somebody else did it, this is how they hear of it. It repeats nothing that was typed.

import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import { DEFAULT_BRAND_ID, getBrand } from '../brands/brand.store.ts';
import { senderNameOf } from '../brands/mail-brand.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Tx } from '../db/engine.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

const payloadSchema = z.object({
  address: z.string(),
  what: z.enum(['made', 'removed']),
  at: z.string(),
  brand: z.string().default(DEFAULT_BRAND_ID),
});

/** What such a job carries, sealed. */
export type PasskeyPayload = z.input<typeof payloadSchema>;

export async function writePasskey(deps: MailDeps, job: Job): Promise<Letter | undefined> {
  const { address: given, what, at, brand: brandId } = payloadSchema.parse(openPayload(deps.vault, job));
  const address = parseAddress(given);
  if (address === undefined) return undefined;
  const brand = await getBrand(deps.db, brandId, deps.orgName);
  const words = await wordsFor(deps, address);
  const isMade = what === 'made';
  return {
    from: '',
    to: address,
    mail: {
      from: { address: deps.mailFrom.address, name: senderNameOf(brand) },
      to: { address, name: '' },
      subject: words.say(isMade ? 'mail.passkey-subject-made' : 'mail.passkey-subject-removed', {
        organisation: brand.name,
      }),
      mailId: ownMailId(job.id, deps.mailIdHost),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'passkey', brand, words, {
        isMade,
        address,
        at: words.moment(new Date(at)),
        link: `${deps.publicUrl}/account/passkeys`,
      }),
    },
  };
}

/** Writes down that it left. */
export async function notePasskeyTold(deps: MailDeps, tx: Tx, job: Job, response: string): Promise<void> {
  const { address, what } = payloadSchema.parse(openPayload(deps.vault, job));
  await appendAudit(deps.vault, tx, { event: 'passkey-told', details: { address, what, response } });
}
