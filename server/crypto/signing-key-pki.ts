// Owns handing a private key to WebCrypto, by which pkijs signs.

import type { webcrypto } from 'node:crypto';
import type { KeyKind } from './certificate.ts';

/** @throws Error for a kind of key that is not signed with here. */
export async function importSigningKey(privateKey: Buffer, key: KeyKind): Promise<webcrypto.CryptoKey> {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) throw new Error('This kind of key does not sign');
  return crypto.subtle.importKey('pkcs8', new Uint8Array(privateKey), algorithm, false, ['sign']);
}

function algorithmOf(key: KeyKind): webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | undefined {
  if (key.type === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const namedCurve = key.type === 'ec' ? CURVES[key.curve] : undefined;
  return namedCurve === undefined ? undefined : { name: 'ECDSA', namedCurve };
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
