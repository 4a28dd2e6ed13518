// Owns how a certificate is told of in short words, alike on the command line, in the API and on the page.

import type { CertificateFacts } from '../crypto/certificate.ts';
import type { StoredCertificate } from './certificates.store.ts';
import { contentCipher } from './choose-algorithms.ts';
import type { ToEncryptFor } from './choose-algorithms.ts';

export function keyWords({ key }: CertificateFacts): string {
  if (key.type === 'rsa') return `RSA ${key.bits}`;
  return key.type === 'ec' ? (CURVES[key.curve] ?? key.curve) : 'another kind of key';
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** What would be used for it now: "AES-256-GCM, RSA-OAEP". */
export function algorithmWords({ facts, card }: StoredCertificate): string {
  return usedWords({ facts, algorithms: card, capabilities: card.capabilities });
}

/** The same for one that is used. */
export function usedWords(certificate: ToEncryptFor): string {
  const { facts, algorithms } = certificate;
  const transport = facts.key.type === 'ec' ? 'ECDH' : algorithms.allowsPkcs1 ? 'RSA PKCS #1 v1.5' : 'RSA-OAEP';
  return `${contentCipher([certificate]) === 'aes-256-gcm' ? 'AES-256-GCM' : 'AES-256-CBC'}, ${transport}`;
}

export const roleWords: Readonly<Record<StoredCertificate['row']['role'], string>> = {
  recipient: 'a correspondent’s',
  own: 'the organisation’s own',
  authority: 'an authority’s',
};
