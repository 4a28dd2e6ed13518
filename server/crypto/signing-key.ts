// Owns signing what has to be believed outside of the database, long after it was written: compact JWS (RFC 7515)
// under an Ed25519 key (RFC 8037) that comes out of the keyring's secret for MACs, so that no new key has to be kept.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { CompactSign, compactVerify, decodeProtectedHeader, errors } from 'jose';
import type { Keyring } from './keyring.ts';
import { SealBroken } from './seal-broken.ts';

export interface Signer {
  /** `type` says what kind of statement it is (RFC 7515 section 4.1.9); one kind never passes for another. */
  sign(type: string, statement: unknown): Promise<string>;
  /** What was signed. @throws {SealBroken} for anything that was not signed as this type under this keyring. */
  verify(type: string, signed: string): Promise<unknown>;
  /** Which type it says to be, unproven; undefined for what is not signed at all. */
  typeOf(signed: string): string | undefined;
}

const ALGORITHM = 'EdDSA';
// RFC 8410 section 7: all that stands before the 32 bytes of an Ed25519 private key in PKCS #8.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

export function createSigner(keyring: Keyring): Signer {
  const seed = keyring.mac('tombstone signing key', 'Ed25519');
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    sign: (type, statement) =>
      new CompactSign(Buffer.from(JSON.stringify(statement)))
        .setProtectedHeader({ alg: ALGORITHM, typ: type })
        .sign(privateKey),
    verify: async (type, signed) => {
      try {
        const { payload, protectedHeader } = await compactVerify(signed, publicKey, { algorithms: [ALGORITHM] });
        if (protectedHeader.typ === type) return JSON.parse(Buffer.from(payload).toString('utf8')) as unknown;
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
      throw new SealBroken();
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
