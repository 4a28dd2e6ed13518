// Owns the check of the key that signs what leaves. It never signs: the courier does.

import { createPrivateKey, createPublicKey } from 'node:crypto';

const RSA_BITS_MIN = 2048; // RFC 8301 section 3.2: signers should use at least 2048 bits
const RSA_BITS_MAX = 4096; // the same: verifiers need not know longer keys

/**
 * The private key as PEM (PKCS#8), or undefined when the text is not an unencrypted RSA key of 2048 to 4096 bits.
 *
 * Ed25519 (RFC 8463) is refused on purpose: the DKIM signer in use knows RSA only, and with another key it
 * sends the mail unsigned without a word.
 */
export function parseDkimKey(pem: string): string | undefined {
  try {
    const key = createPrivateKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType !== 'rsa' || bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) return undefined;
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    return undefined;
  }
}

/**
 * The public half in base64 as it is published: SubjectPublicKeyInfo, which everybody writes, and RSAPublicKey, which RFC 6376
 * section 3.6.1 names.
 */
export function publicDkimKey(privatePem: string): { readonly spki: string; readonly pkcs1: string } {
  const key = createPublicKey(privatePem);
  return {
    spki: key.export({ type: 'spki', format: 'der' }).toString('base64'),
    pkcs1: key.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
  };
}
