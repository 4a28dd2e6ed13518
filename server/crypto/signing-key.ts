// Owns signing what has to be believed outside of the database, long after it was written: compact JWS (RFC 7515)
// under an Ed25519 key (RFC 8037) that comes out of the keyring's secret for MACs, so that no new key has to be kept.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, compactVerify, decodeProtectedHeader, errors, importJWK } from 'jose';
import { z } from 'zod';
import type { Keyring } from './keyring.ts';
import { SealBroken } from './seal-broken.ts';

export interface Signer {
  /** `type` says what kind of statement it is (RFC 7515 section 4.1.9); one kind never passes for another. */
  sign(type: string, statement: unknown): Promise<string>;
  /** What was signed. @throws {SealBroken} for anything that was not signed as this type under this keyring. */
  verify(type: string, signed: string): Promise<unknown>;
  /** Which type it says to be, unproven; undefined for what is not signed at all. */
  typeOf(signed: string): string | undefined;
  /** The key that others check with, named by its thumbprint (RFC 7638). */
  publicKey(): Promise<PublicKey>;
}

/** A key as others hold it (RFC 7517, RFC 8037 section 2). */
export const publicKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[\w-]{43}$/),
  kid: z.string().regex(/^[\w-]{43}$/),
});
export type PublicKey = z.infer<typeof publicKeySchema>;

/** What a signer is for. Each has a key of its own: what one signed, the other did not. */
export type Purpose = 'tombstone signing key' | 'proof signing key';

const ALGORITHM = 'EdDSA';
// RFC 8410 section 7: all that stands before the 32 bytes of an Ed25519 private key in PKCS #8.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

export function createSigner(keyring: Keyring, purpose: Purpose = 'tombstone signing key'): Signer {
  const seed = keyring.mac(purpose, 'Ed25519');
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    sign: (type, statement) =>
      new CompactSign(Buffer.from(JSON.stringify(statement)))
        .setProtectedHeader({ alg: ALGORITHM, typ: type })
        .sign(privateKey),
    verify: (type, signed) => verifyBy(publicKey, type, signed),
    publicKey: async () => {
      const { x = '' } = publicKey.export({ format: 'jwk' });
      const key = { kty: 'OKP', crv: 'Ed25519', x } as const;
      return { ...key, kid: await calculateJwkThumbprint(key) };
    },
    typeOf: (signed) => {
      try {
        return decodeProtectedHeader(signed).typ;
      } catch {
        return undefined;
      }
    },
  };
}

/** The same for somebody who holds the key and no keyring. @throws {SealBroken} */
export async function verifyWith({ kty, crv, x }: PublicKey, type: string, signed: string): Promise<unknown> {
  return verifyBy(await importJWK({ kty, crv, x }, ALGORITHM), type, signed);
}

async function verifyBy(key: Parameters<typeof compactVerify>[1], type: string, signed: string): Promise<unknown> {
  try {
    const { payload, protectedHeader } = await compactVerify(signed, key, { algorithms: [ALGORITHM] });
    if (protectedHeader.typ === type) return JSON.parse(Buffer.from(payload).toString('utf8')) as unknown;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
  }
  throw new SealBroken();
}
