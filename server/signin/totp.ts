// Owns the numbers of an authenticator app (RFC 6238). The only wrapper of otplib, which knows the app's many spellings of
// secrets and links; what was used before is for totps.store.ts to say.

import { generateURI, verify } from 'otplib/functional';

// RFC 4226 section 4, R6: 160 bits.
export const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
const CODE = /^\d{6}$/;

/** What somebody typed, without blanks; undefined when it cannot be such a number. */
export function parseTotp(typed: string): string | undefined {
  const code = typed.replace(/[\s-]/g, '');
  return CODE.test(code) ? code : undefined;
}

/** The step whose number this is: now, the one before or the one after. Undefined: of none of them. */
export async function findStep(secret: Uint8Array, code: string, nowMs: number): Promise<number | undefined> {
  const epoch = Math.floor(nowMs / 1000);
  // RFC 6238 section 5.2: a phone's clock is a little off, and people type slowly.
  const result = await verify({ secret: base32(secret), token: code, epoch, epochTolerance: PERIOD_SECONDS });
  return result.valid ? Math.floor(epoch / PERIOD_SECONDS) + result.delta : undefined;
}

/** What the app reads from a picture or a link. */
export function otpauthLink(secret: Uint8Array, issuer: string, label: string): string {
  return generateURI({ secret: base32(secret), issuer, label });
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 section 6, as apps want it: of whole groups of five bytes, so without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 5) {
    let group = 0n;
    for (const byte of bytes.subarray(at, at + 5)) group = (group << 8n) | BigInt(byte);
    for (let shift = 35n; shift >= 0n; shift -= 5n) text += ALPHABET.charAt(Number((group >> shift) & 31n));
  }
  return text;
}
