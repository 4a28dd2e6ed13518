// Owns writing what only some recipients can open: CMS EnvelopedData (RFC 5652 section 6) and AuthEnvelopedData (RFC 5083). Which
// algorithms a recipient gets is told by whoever calls; nothing weaker is ever chosen here.

import {
  constants,
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { der, derInteger, derOid, derSet, parseBer, tags } from './ber.ts';
import { agreedKey, keyWraps, wrapAlgorithm, wrapKey } from './cms-agreement.ts';
import { oids } from './cms-oids.ts';
import { randomBytes } from './random.ts';

/** How the content key reaches a recipient. */
export type KeyTransport = 'rsa-oaep' | 'rsa-pkcs1' | 'ecdh';
export type ContentCipher = 'aes-256-gcm' | 'aes-256-cbc';

export interface EnvelopeRecipient {
  readonly transport: KeyTransport;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** IssuerAndSerialNumber, DER. */
  readonly issuerAndSerial: Buffer;
}

const CONTENT_KEY_BYTES = 32;
const GCM_TAG_BYTES = 16;
const AES_256_WRAP = keyWraps[2];

/** The whole ContentInfo, DER. @throws when there is no recipient, or a key does not fit its transport. */
export function envelop(content: Buffer, recipients: readonly EnvelopeRecipient[], cipher: ContentCipher): Buffer {
  if (recipients.length === 0) throw new Error('An envelope needs a recipient');
  const key = randomBytes(CONTENT_KEY_BYTES);
  const infos = derSet(...recipients.map((recipient) => recipientInfo(recipient, key)));
  return cipher === 'aes-256-gcm' ? authEnveloped(content, key, infos) : enveloped(content, key, infos, recipients);
}

function authEnveloped(content: Buffer, key: Buffer, infos: Buffer): Buffer {
  const nonce = randomBytes(12);
  const gcm = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: GCM_TAG_BYTES });
  const ciphertext = Buffer.concat([gcm.update(content), gcm.final()]);
  // RFC 5084 section 3.2. Without authenticated attributes nothing else is bound (RFC 5083 section 2.2).
  const parameters = der(tags.sequence, der(tags.octetString, nonce), derInteger(GCM_TAG_BYTES));
  const encrypted = encryptedContent(oids.aes256Gcm, parameters, ciphertext);
  const mac = der(tags.octetString, gcm.getAuthTag());
  return contentInfo(oids.authEnvelopedData, der(tags.sequence, derInteger(0), infos, encrypted, mac));
}

function enveloped(content: Buffer, key: Buffer, infos: Buffer, recipients: readonly EnvelopeRecipient[]): Buffer {
  const iv = randomBytes(16);
  const cbc = createCipheriv('aes-256-cbc', key, iv);
  const ciphertext = Buffer.concat([cbc.update(content), cbc.final()]);
  // RFC 5652 section 6.1: 0 where each recipient has a key transport that names issuer and serial number.
  const version = recipients.every(({ transport }) => transport !== 'ecdh') ? 0 : 2;
  const encrypted = encryptedContent(oids.aes256Cbc, der(tags.octetString, iv), ciphertext);
  return contentInfo(oids.envelopedData, der(tags.sequence, derInteger(version), infos, encrypted));
}

function encryptedContent(cipher: string, parameters: Buffer, ciphertext: Buffer): Buffer {
  const algorithm = der(tags.sequence, derOid(cipher), parameters);
  return der(tags.sequence, derOid(oids.data), algorithm, der(0x80, ciphertext));
}

function contentInfo(type: string, content: Buffer): Buffer {
  return der(tags.sequence, derOid(type), der(0xa0, content));
}

function recipientInfo(recipient: EnvelopeRecipient, key: Buffer): Buffer {
  const publicKey = createPublicKey({ key: recipient.publicKey, format: 'der', type: 'spki' });
  return recipient.transport === 'ecdh'
    ? keyAgreement(publicKey, recipient, key)
    : keyTransport(publicKey, recipient, key);
}

function keyTransport(publicKey: KeyObject, { transport, issuerAndSerial }: EnvelopeRecipient, key: Buffer): Buffer {
  if (publicKey.asymmetricKeyType !== 'rsa') throw new Error('Key transport needs an RSA key');
  const isOaep = transport === 'rsa-oaep';
  const padding = isOaep ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING;
  const encrypted = publicEncrypt({ key: publicKey, padding, ...(isOaep ? { oaepHash: 'sha256' } : {}) }, key);
  const algorithm = isOaep ? OAEP_SHA256 : der(tags.sequence, derOid(oids.rsaEncryption), NULL);
  return der(tags.sequence, derInteger(0), issuerAndSerial, algorithm, der(tags.octetString, encrypted));
}

const NULL = der(tags.null);
const SHA256 = der(tags.sequence, derOid(oids.sha256), NULL);
// RFC 4055 section 4.1; RFC 8551 section 2.3 asks for SHA-256.
const OAEP_SHA256 = der(
  tags.sequence,
  derOid(oids.rsaOaep),
  der(tags.sequence, der(0xa0, SHA256), der(0xa1, der(tags.sequence, derOid(oids.mgf1), SHA256))),
);

// RFC 5753 section 3.1.1, with a key of ours for this message alone.
function keyAgreement(publicKey: KeyObject, { issuerAndSerial }: EnvelopeRecipient, key: Buffer): Buffer {
  const namedCurve = publicKey.asymmetricKeyDetails?.namedCurve;
  if (publicKey.asymmetricKeyType !== 'ec' || namedCurve === undefined || AES_256_WRAP === undefined) {
    throw new Error('Key agreement needs a key on a named curve');
  }
  const own = generateKeyPairSync('ec', { namedCurve });
  const secret = diffieHellman({ privateKey: own.privateKey, publicKey });
  const wrapping = wrapAlgorithm(AES_256_WRAP.oid);
  const kek = agreedKey(secret, { hash: 'sha256', wrapAlgorithm: wrapping, keyBytes: AES_256_WRAP.keyBytes });
  const encrypted = der(tags.octetString, wrapKey(AES_256_WRAP, kek, key));
  return der(
    0xa1,
    derInteger(3),
    der(0xa0, der(0xa1, parseBer(own.publicKey.export({ format: 'der', type: 'spki' })).content)),
    der(tags.sequence, derOid(oids.ecdhSha256Kdf), wrapping),
    der(tags.sequence, der(tags.sequence, issuerAndSerial, encrypted)),
  );
}
