// Owns making a letter one that only its recipient can read, by S/MIME: where an approved certificate for the address may be used at this
// moment. Where not, there is no such letter, and whoever asked takes the next road, which must not be a weaker one than it would have taken.

import { isoNow } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { readWhole } from '../core/read-whole.ts';
import { inTransaction } from '../db/engine.ts';
import { composeStream } from '../mail/compose.ts';
import { noteUsed } from '../smime/certificates.store.ts';
import { encryptFor } from '../smime/secure-mail.ts';
import { loadCertificateFor, loadSignerFor } from '../smime/usable.ts';
import type { UsableDeps } from '../smime/usable.ts';
import type { Letter, MailDeps } from './mail-deps.ts';

/** A letter whose bytes are made: its envelope, and the mail as it leaves. */
export interface SecuredLetter extends Pick<Letter, 'from' | 'to'> {
  readonly raw: Buffer;
}

/**
 * Signed as well where the organisation has a certificate of its own for the address that it comes from. Undefined where there is no
 * certificate for its recipient; the letter was not read then. @throws Error when it is too large, or cannot be encrypted.
 */
export async function encryptLetter(deps: MailDeps, letter: Letter): Promise<SecuredLetter | undefined> {
  const { db, vault } = deps;
  const usable: UsableDeps = { db, keyring: vault.keyring, clock: vault.clock };
  const certificate = await loadCertificateFor(usable, letter.to);
  if (certificate === undefined) return undefined;
  const mail = await readWhole(composeStream(letter.mail), most);
  const signer = await loadSignerFor(usable, letter.mail.from.address);
  const signing = signer === undefined ? undefined : { signer, at: new Date(vault.clock.nowMs()) };
  const raw = await encryptFor(mail, [certificate], signing);
  const used = [certificate.id, ...(signer === undefined ? [] : [signer.id])];
  await inTransaction(db, (tx) => noteUsed(tx, used, isoNow(vault.clock)));
  return { from: letter.from, to: letter.to, raw };
}

// It is held in memory, several times over.
const most = { bytes: limits.smimeBytesMax, tooMuch: () => new Error('a mail too large for S/MIME') };
