// Owns taking a private key in, and asking whether it is the other half of a certificate. It never keeps or writes one.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { BerFault } from './ber.ts';
import { equalBytes } from './digest.ts';

/** The key of a PEM block as PKCS #8, DER. @throws {BerFault} for what is none, or does not open with the password. */
export function createPrivateKeyDer(pem: string, passphrase: string): Buffer {
  try {
    return createPrivateKey({ key: pem, passphrase }).export({ format: 'der', type: 'pkcs8' });
  } catch {
    throw new BerFault('a private key that does not open');
  }
}

/** `publicKey`: SubjectPublicKeyInfo, DER; `privateKey`: PKCS #8, DER. */
export function isKeyOf(publicKey: Buffer, privateKey: Buffer): boolean {
  const own = createPublicKey(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }));
  return equalBytes(own.export({ format: 'der', type: 'spki' }), publicKey);
}
