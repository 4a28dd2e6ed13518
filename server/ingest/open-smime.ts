// Owns what is done with an S/MIME mail before it is read: opened by the organisation's own keys, its signatures checked, and its
// certificate kept to be offered. What cannot be opened is refused; a signature that does not hold is said to be broken.

import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { readWhole } from '../core/read-whole.ts';
import type { Turns } from '../core/turns.ts';
import { EnvelopeClosed } from '../crypto/cms-open.ts';
import { findHeaderEnd } from '../mail/header-lines.ts';
import type { MailSource } from '../mail/parse.ts';
import { mediaTypeOf, parseEntity } from '../smime/entity.ts';
import { SmimeFault, isSmime, openMail } from '../smime/open-mail.ts';
import type { OpenedMail } from '../smime/open-mail.ts';
import { loadDecryptionKeys } from '../smime/usable.ts';
import type { UsableDeps } from '../smime/usable.ts';

export interface SmimeSeen extends Omit<OpenedMail, 'mail'> {
  /** It is signed, and too large for that to be checked. */
  readonly isUnchecked: boolean;
}

export interface ReadyMail {
  readonly source: MailSource;
  /** Absent for a mail that is not in S/MIME. */
  readonly smime?: SmimeSeen;
}

export interface OpenDeps extends UsableDeps {
  /** Each is held in memory whole, and more than once. */
  readonly smimeTurns: Turns;
}

export const smimeTurnsOptions = { parallel: 2, waitingMax: 100 } as const;

/** Throws mail/encrypted, mail/unreadable, mail/too-large and server/busy. */
export async function openSmime(deps: OpenDeps, source: MailSource, sizeBytes: number): Promise<ReadyMail> {
  const { head, whole } = await peek(source);
  // Of nearly every mail no more than this is asked.
  if (!/pkcs7/i.test(head.toString('latin1'))) return { source: whole };
  const outer = parseEntity(head);
  if (outer === undefined || !isSmime(outer)) return { source: whole };
  if (sizeBytes > limits.smimeBytesMax) {
    if (mediaTypeOf(outer).type !== 'multipart/signed') throw tooLarge();
    return { source: whole, smime: { wasEncrypted: false, signatures: [], isUnchecked: true } };
  }
  const { mail, ...seen } = await deps.smimeTurns.take(async () =>
    open(deps, isHeld(whole) ? Buffer.concat(whole) : await readWhole(whole)),
  );
  return { source: [mail], smime: { ...seen, isUnchecked: false } };
}

async function open(deps: UsableDeps, bytes: Buffer): Promise<OpenedMail> {
  try {
    return await openMail(bytes, await loadDecryptionKeys(deps));
  } catch (error) {
    if (error instanceof EnvelopeClosed) {
      throw new AppError(
        'mail/encrypted',
        'This mail is encrypted, and does not open with a key of this organisation.',
      );
    }
    if (error instanceof SmimeFault)
      throw new AppError('mail/unreadable', `This mail cannot be read: ${error.message}.`);
    throw error;
  }
}

function tooLarge(): AppError {
  const most = Math.floor(limits.smimeBytesMax / 1024 / 1024);
  return new AppError('mail/too-large', `A mail in S/MIME may have at most ${most} MB.`);
}

/** The header with the blank line after it, and the mail as it was. */
async function peek(source: MailSource): Promise<{ readonly head: Buffer; readonly whole: MailSource }> {
  if (isHeld(source)) {
    const [first] = source;
    const isWhole = first !== undefined && findHeaderEnd(first, 0) !== undefined;
    return { head: headOf(isWhole ? first : Buffer.concat(source)), whole: source };
  }
  const chunks = source[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let bytes = 0;
  while (bytes < limits.headerBytesMax) {
    const next = await chunks.next();
    if (next.done === true) break;
    // The spool fills one buffer again and again.
    held.push(Buffer.from(next.value));
    bytes += next.value.length;
    if (findHeaderEnd(Buffer.concat(held), 0) !== undefined) break;
  }
  return { head: headOf(Buffer.concat(held)), whole: onward(held, chunks) };
}

function isHeld(source: MailSource): source is readonly Buffer[] {
  return Array.isArray(source);
}

function headOf(bytes: Buffer): Buffer {
  const end = findHeaderEnd(bytes, 0);
  return end === undefined ? Buffer.alloc(0) : bytes.subarray(0, end + 4);
}

async function* onward(held: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* held;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
