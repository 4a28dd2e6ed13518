// Owns which algorithms a recipient's certificate gets (RFC 8551 section 2.7): by its key, by what it says its owner's program can
// read, and by what an administrator set for it. Pure; nothing weaker than the default is ever chosen without an administrator.

import type { CertificateFacts } from '../crypto/certificate.ts';
import { oids } from '../crypto/cms-oids.ts';
import type { ContentCipher, EnvelopeRecipient, KeyTransport } from '../crypto/cms-envelope.ts';

/** What an administrator set for one certificate. */
export interface AlgorithmSettings {
  /** auto: by what is known of it. gcm: it can read AES-GCM. cbc: it cannot. */
  readonly cipher: 'auto' | 'gcm' | 'cbc';
  /** RSA key transport of PKCS #1 v1.5, which RFC 8551 keeps for old programs only. */
  readonly allowsPkcs1: boolean;
}

export const defaultAlgorithms: AlgorithmSettings = { cipher: 'auto', allowsPkcs1: false };

export interface ToEncryptFor {
  readonly facts: CertificateFacts;
  readonly algorithms: AlgorithmSettings;
  /** Object identifiers its owner's program named in a mail that was signed with it. */
  readonly capabilities: readonly string[];
}

/** GCM only where each of them can read it. */
export function contentCipher(recipients: readonly ToEncryptFor[]): ContentCipher {
  return recipients.every(readsGcm) ? 'aes-256-gcm' : 'aes-256-cbc';
}

function readsGcm({ facts, algorithms, capabilities }: ToEncryptFor): boolean {
  if (algorithms.cipher !== 'auto') return algorithms.cipher === 'gcm';
  return [...facts.capabilities, ...capabilities].includes(oids.aes256Gcm);
}

/** @throws Error for a key that nothing is encrypted to. */
export function envelopeRecipient({ facts, algorithms }: ToEncryptFor): EnvelopeRecipient {
  const { publicKey, issuerAndSerial } = facts;
  return { transport: transportOf(facts, algorithms), publicKey, issuerAndSerial };
}

function transportOf({ key }: CertificateFacts, { allowsPkcs1 }: AlgorithmSettings): KeyTransport {
  if (!canEncryptTo(key)) throw new Error('Nothing is encrypted to this kind of key');
  if (key.type === 'ec') return 'ecdh';
  return allowsPkcs1 ? 'rsa-pkcs1' : 'rsa-oaep';
}

const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 16_384;
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

export function canEncryptTo(key: CertificateFacts['key']): boolean {
  if (key.type === 'rsa') return key.bits >= RSA_BITS_MIN && key.bits <= RSA_BITS_MAX;
  return key.type === 'ec' && CURVES.includes(key.curve);
}
