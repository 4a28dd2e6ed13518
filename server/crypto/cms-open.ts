// Owns opening CMS EnvelopedData and AuthEnvelopedData with a private key. What cannot be opened is said in one way, whatever
// the reason: whoever sends changed bytes must not learn from the answer which check they failed.

import {
  constants,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  privateDecrypt,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BerFault, childOf, der, oidOf, octetsOf, parseBer, tags } from './ber.ts';
import type { BerNode } from './ber.ts';
import { agreedKey, keyWraps, unwrapKey } from './cms-agreement.ts';
import { oids } from './cms-oids.ts';

export interface DecryptionKey {
  /** PKCS#8, DER. */
  readonly privateKey: Buffer;
  /** IssuerAndSerialNumber of its certificate, DER. */
  readonly issuerAndSerial: Buffer;
  readonly subjectKeyId: Buffer | undefined;
}

/** It does not open: for somebody else, by an algorithm that is not known here, or changed on the way. */
export class EnvelopeClosed extends Error {
  constructor() {
    super('The envelope does not open.');
    this.name = 'EnvelopeClosed';
  }
}

/** The content, decrypted and, where the algorithm can tell, unchanged. @throws {EnvelopeClosed} */
export function openEnvelope(bytes: Buffer, keys: readonly DecryptionKey[]): Buffer {
  try {
    return open(parseBer(bytes), keys);
  } catch {
    throw new EnvelopeClosed();
  }
}

function open(info: BerNode, keys: readonly DecryptionKey[]): Buffer {
  const type = oidOf(childOf(info, 0));
  const body = childOf(childOf(info, 1, 0xa0), 0, tags.sequence);
  if (type !== oids.envelopedData && type !== oids.authEnvelopedData) throw new BerFault('another type');
  // version, [0] originatorInfo OPTIONAL, recipientInfos, encryptedContentInfo …
  const at = childOf(body, 1).tag === 0xa0 ? 2 : 1;
  const infos = childOf(body, at, tags.set);
  const encrypted = childOf(body, at + 1, tags.sequence);
  const contentKey = contentKeyOf(infos, keys);
  const algorithm = childOf(encrypted, 1, tags.sequence);
  const text = childOf(encrypted, 2);
  if (text.tag !== 0x80 && text.tag !== 0xa0) throw new BerFault('no ciphertext');
  if (type === oids.envelopedData) {
    const { cipher, keyBytes } = cipherOf(algorithm, CBC);
    const cbc = createDecipheriv(cipher, sized(contentKey, keyBytes), octetsOf(childOf(algorithm, 1)));
    return Buffer.concat([cbc.update(octetsOf(text)), cbc.final()]);
  }
  return openAuthenticated(body, at + 2, algorithm, octetsOf(text), contentKey);
}

function openAuthenticated(
  body: BerNode,
  at: number,
  algorithm: BerNode,
  ciphertext: Buffer,
  contentKey: Buffer,
): Buffer {
  const { cipher, keyBytes } = cipherOf(algorithm, GCM);
  const parameters = childOf(algorithm, 1, tags.sequence);
  const icv = parameters.children[1];
  // RFC 5084 section 3.2: 12 where it is left out. Shorter ones than that are not taken.
  const tagBytes = icv === undefined ? 12 : (icv.content[0] ?? 0);
  if (tagBytes < 12 || tagBytes > 16) throw new BerFault('a short tag');
  const attributes = childOf(body, at).tag === 0xa1 ? childOf(body, at) : undefined;
  const mac = childOf(body, attributes === undefined ? at : at + 1, tags.octetString).content;
  const gcm = createDecipheriv(cipher, sized(contentKey, keyBytes), octetsOf(childOf(parameters, 0)), {
    authTagLength: tagBytes,
  });
  // RFC 5083 section 2.2: bound as the SET OF that they are, not under the tag that they travel under.
  if (attributes !== undefined) gcm.setAAD(der(tags.set, attributes.content));
  gcm.setAuthTag(mac);
  return Buffer.concat([gcm.update(ciphertext), gcm.final()]);
}

type Cipher = readonly [oid: string, cipher: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc', keyBytes: number];
type AuthCipher = readonly [oid: string, cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm', keyBytes: number];

const CBC: readonly Cipher[] = [
  [oids.aes128Cbc, 'aes-128-cbc', 16],
  [oids.aes192Cbc, 'aes-192-cbc', 24],
  [oids.aes256Cbc, 'aes-256-cbc', 32],
];
const GCM: readonly AuthCipher[] = [
  [oids.aes128Gcm, 'aes-128-gcm', 16],
  [oids.aes192Gcm, 'aes-192-gcm', 24],
  [oids.aes256Gcm, 'aes-256-gcm', 32],
];

function cipherOf<C extends string>(
  algorithm: BerNode,
  known: readonly (readonly [oid: string, cipher: C, keyBytes: number])[],
): { readonly cipher: C; readonly keyBytes: number } {
  const oid = oidOf(childOf(algorithm, 0));
  const found = known.find(([one]) => one === oid);
  if (found === undefined) throw new BerFault('a cipher that is not known');
  return { cipher: found[1], keyBytes: found[2] };
}

function sized(key: Buffer, keyBytes: number): Buffer {
  if (key.length !== keyBytes) throw new BerFault('a key that does not fit');
  return key;
}

/** The content key, from the first of the recipients that is one of ours. */
function contentKeyOf(infos: BerNode, keys: readonly DecryptionKey[]): Buffer {
  for (const info of infos.children) {
    if (info.tag === tags.sequence) {
      const key = keys.find((one) => isFor(childOf(info, 1), one));
      if (key !== undefined) return transported(info, privateKeyOf(key));
    } else if (info.tag === 0xa1) {
      const agreed = agreement(info, keys);
      if (agreed !== undefined) return agreed;
    }
  }
  throw new BerFault('for somebody else');
}

function privateKeyOf({ privateKey }: DecryptionKey): KeyObject {
  return createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
}

// IssuerAndSerialNumber, or the subject's key id: [0] in key transport, and in a sequence under [0] in key agreement.
function isFor(id: BerNode, { issuerAndSerial, subjectKeyId }: DecryptionKey): boolean {
  if (id.tag === tags.sequence) return id.bytes.equals(issuerAndSerial);
  const named = id.tag === 0x80 ? id.content : id.tag === 0xa0 ? octetsOf(childOf(id, 0)) : undefined;
  return named !== undefined && subjectKeyId?.equals(named) === true;
}

function transported(info: BerNode, key: KeyObject): Buffer {
  const algorithm = childOf(info, 2, tags.sequence);
  const encrypted = octetsOf(childOf(info, 3));
  const oid = oidOf(childOf(algorithm, 0));
  if (oid === oids.rsaOaep) {
    const oaepHash = oaepHashOf(algorithm.children[1]);
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, encrypted);
  }
  if (oid !== oids.rsaEncryption) throw new BerFault('a key transport that is not known');
  // OpenSSL answers bad padding with a key made of the ciphertext, so nobody learns from here that it was bad.
  return privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, encrypted);
}

const HASHES: Readonly<Record<string, string>> = {
  [oids.sha1]: 'sha1',
  [oids.sha256]: 'sha256',
  [oids.sha384]: 'sha384',
  [oids.sha512]: 'sha512',
};

/** RFC 4055 section 4.1: SHA-1 where nothing is said. The mask must be made by the same hash: Node knows no other way. */
function oaepHashOf(parameters: BerNode | undefined): string {
  const hash = hashUnder(parameters?.children.find(({ tag }) => tag === 0xa0));
  const mask = parameters?.children.find(({ tag }) => tag === 0xa1);
  const maskHash = mask === undefined ? 'sha1' : hashUnder(childOf(mask, 0, tags.sequence), 1);
  const label = parameters?.children.some(({ tag }) => tag === 0xa2) === true;
  if (hash !== maskHash || label) throw new BerFault('parameters that are not known');
  return hash;
}

function hashUnder(node: BerNode | undefined, n = 0): string {
  if (node === undefined) return 'sha1';
  const hash = HASHES[oidOf(childOf(childOf(node, n, tags.sequence), 0))];
  if (hash === undefined) throw new BerFault('a hash that is not known');
  return hash;
}

const KDF_HASHES: Readonly<Record<string, string>> = {
  [oids.ecdhSha1Kdf]: 'sha1',
  [oids.ecdhSha256Kdf]: 'sha256',
  [oids.ecdhSha384Kdf]: 'sha384',
  [oids.ecdhSha512Kdf]: 'sha512',
};

// RFC 5753 section 3.1.1: version, [0] originator, [1] ukm OPTIONAL, algorithm, recipients.
function agreement(info: BerNode, keys: readonly DecryptionKey[]): Buffer | undefined {
  const ukmAt = childOf(info, 2).tag === 0xa1 ? 1 : 0;
  const recipients = childOf(info, 3 + ukmAt, tags.sequence).children;
  for (const recipient of recipients) {
    const key = keys.find((one) => isFor(childOf(recipient, 0), one));
    if (key === undefined) continue;
    const privateKey = privateKeyOf(key);
    const algorithm = childOf(info, 2 + ukmAt, tags.sequence);
    const hash = KDF_HASHES[oidOf(childOf(algorithm, 0))];
    const wrapping = childOf(algorithm, 1, tags.sequence);
    const wrap = keyWraps.find(({ oid }) => oid === oidOf(childOf(wrapping, 0)));
    if (hash === undefined || wrap === undefined) throw new BerFault('a key agreement that is not known');
    const secret = diffieHellman({ privateKey, publicKey: originatorKey(childOf(info, 1, 0xa0), privateKey) });
    const ukm = ukmAt === 1 ? octetsOf(childOf(childOf(info, 2), 0)) : undefined;
    const kek = agreedKey(secret, { hash, wrapAlgorithm: wrapping.bytes, keyBytes: wrap.keyBytes, ukm });
    return unwrapKey(wrap, kek, octetsOf(childOf(recipient, 1)));
  }
  return undefined;
}

// Its parameters may be left out: it is on the curve of the key that it is for.
function originatorKey(originator: BerNode, privateKey: KeyObject): KeyObject {
  const point = childOf(childOf(originator, 0, 0xa1), 1, tags.bitString);
  const own = parseBer(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
  const spki = der(tags.sequence, childOf(own, 0).bytes, point.bytes);
  return createPublicKey({ key: spki, format: 'der', type: 'spki' });
}
