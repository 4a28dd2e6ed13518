// Owns the mail that carries a sign-in code. Whether the address is anybody's here is found out in this
// place, off the request's path: a code for a stranger is written and never sent.

import { z } from 'zod';
import { domainOf, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { DEFAULT_BRAND_ID, getBrand } from '../brands/brand.store.ts';
import { senderNameOf } from '../brands/mail-brand.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import type { Tx } from '../db/engine.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { hasWritten } from '../messages/messages.store.ts';
import { isRecipient } from '../messages/recipients.store.ts';
import { openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import { sealCodeMail } from '../signin/code-mail.ts';
import type { CodeMail } from '../signin/code-mail.ts';
import { noteCodeMail } from '../signin/codes.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';

const payloadSchema = z.object({
  address: z.string(),
  code: z.string(),
  reference: z.string(),
  /** Absent in a job that an earlier version left. */
  codeId: z.string().optional(),
  isForStrangers: z.boolean().optional(),
  /** Of the page on which it was asked for. */
  brand: z.string().default(DEFAULT_BRAND_ID),
});

/** What a passcode job carries, sealed. */
export type PasscodePayload = z.input<typeof payloadSchema>;

export async function writePasscode(deps: MailDeps, job: Job): Promise<Letter | undefined> {
  const payload = payloadSchema.parse(openPayload(deps.vault, job));
  const address = parseAddress(payload.address);
  if (address === undefined) return undefined;
  if (!(await getsCodes(deps, address, payload.isForStrangers === true))) return undefined;
  const brand = await getBrand(deps.db, payload.brand, deps.orgName);
  const words = await wordsFor(deps, address);
  return {
    // No bounce is waited for: the code is dead before one could be read.
    from: deps.mailFrom.address,
    to: address,
    mail: {
      from: { address: deps.mailFrom.address, name: senderNameOf(brand) },
      to: { address, name: '' },
      subject: words.say('mail.passcode-subject', { organisation: brand.name, reference: payload.reference }),
      mailId: ownMailId(job.id, deps.mailIdHost),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'passcode', brand, words, {
        code: payload.code,
        reference: payload.reference,
        validMinutes: deps.passcodeMinutes,
      }),
    },
  };
}

/** Writes down for the page that waits for the code what became of its mail. */
export async function notePasscode(deps: MailDeps, tx: Tx, job: Job, mail: CodeMail): Promise<void> {
  // A payload that does not open is why the mail was never written: then nobody knows whose code it was.
  const payload = payloadSchema.safeParse(unlessBroken(() => openPayload(deps.vault, job)));
  const codeId = payload.data?.codeId;
  if (codeId !== undefined) await noteCodeMail(tx, codeId, sealCodeMail(deps.vault.keyring, codeId, mail));
}

// Whoever sends here, was sent something, or has written; everybody only where the organisation lets strangers write,
// and for codes that were asked for to do that.
async function getsCodes(deps: MailDeps, address: Address, isForStrangers: boolean): Promise<boolean> {
  if (deps.orgDomains.includes(domainOf(address))) return true;
  if (isForStrangers && deps.strangersMayWrite) return true;
  const index = addressIndex(deps.vault.keyring, address);
  return (await isRecipient(deps.db, index)) || (await hasWritten(deps.db, index));
}
