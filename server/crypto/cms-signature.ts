// Owns CMS signatures (RFC 5652 section 5): making them and checking them, by pkijs. It says whose certificate a signature was made
// with and whether the content is what was signed; never whether that certificate is to be trusted.

import { ObjectIdentifier, OctetString, Sequence, UTCTime, fromBER } from 'asn1js';
import * as pki from 'pkijs';
import { BerFault, childOf, oidOf, octetsOf, parseBer, tags } from './ber.ts';
import type { BerNode } from './ber.ts';
import { capabilitiesOf, parseCertificate } from './certificate.ts';
import type { CertificateFacts } from './certificate.ts';
import { oids } from './cms-oids.ts';
import { sha2 } from './digest.ts';
import { importSigningKey } from './signing-key-pki.ts';

export interface CmsSigner {
  readonly certificate: CertificateFacts;
  /** Those between it and a root, DER. */
  readonly chain: readonly Buffer[];
  /** PKCS#8, DER. */
  readonly privateKey: Buffer;
}

export interface CheckedSignature {
  /** False where anything differs from what was signed, or the signature is of a kind that is not relied on. */
  readonly isIntact: boolean;
  readonly content: Buffer;
  /** Of the first signer, when it came along. */
  readonly signer: CertificateFacts | undefined;
  /** The other certificates that came along, DER. */
  readonly others: readonly Buffer[];
  /** What the signer's program says it can read (RFC 8551 section 2.5.2). */
  readonly capabilities: readonly string[];
}

const SIGNERS_MAX = 4;
const CERTIFICATES_MAX = 20;
const RSA_BITS_MIN = 2048;

/** The whole ContentInfo, DER; `opaque` holds the content as well. The content must be in its canonical form already. */
export async function signContent(
  content: Buffer,
  { certificate, chain, privateKey }: CmsSigner,
  kind: 'detached' | 'opaque',
  at: Date,
): Promise<Buffer> {
  const own = pki.Certificate.fromBER(certificate.der);
  const bits = digestBits(certificate);
  const signed = new pki.SignedData({
    version: 1,
    encapContentInfo: new pki.EncapsulatedContentInfo({ eContentType: oids.data }),
    certificates: [own, ...chain.map((one) => pki.Certificate.fromBER(one))],
    signerInfos: [
      new pki.SignerInfo({
        version: 1,
        sid: new pki.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
        signedAttrs: new pki.SignedAndUnsignedAttributes({
          type: 0,
          attributes: inOrder([
            attribute(oids.contentType, new ObjectIdentifier({ value: oids.data })),
            attribute(oids.signingTime, new UTCTime({ valueDate: at })),
            attribute(oids.messageDigest, new OctetString({ valueHex: new Uint8Array(sha2(bits, content)) })),
            attribute(oids.smimeCapabilities, ownCapabilities()),
          ]),
        }),
      }),
    ],
  });
  // Put in afterwards: given to the constructor it is cut into pieces, which some programs do not read.
  if (kind === 'opaque') signed.encapContentInfo.eContent = new OctetString({ valueHex: new Uint8Array(content) });
  await signed.sign(await importSigningKey(privateKey, certificate.key), 0, `SHA-${bits}`);
  const info = new pki.ContentInfo({ contentType: oids.signedData, content: signed.toSchema(true) });
  return Buffer.from(info.toSchema().toBER(false));
}

/** As long as the key is strong (FIPS 186-5 section 6.1.1): some programs refuse a shorter one. */
export function digestBits({ key }: Pick<CertificateFacts, 'key'>): 256 | 384 | 512 {
  if (key.type !== 'ec') return 256;
  return key.curve === 'secp384r1' ? 384 : key.curve === 'secp521r1' ? 512 : 256;
}

function attribute(type: string, value: ObjectIdentifier | UTCTime | OctetString | Sequence): pki.Attribute {
  return new pki.Attribute({ type, values: [value] });
}

/** As DER wants the elements of a set. */
function inOrder(attributes: readonly pki.Attribute[]): pki.Attribute[] {
  const bytes = (one: pki.Attribute): Buffer => Buffer.from(one.toSchema().toBER(false));
  return attributes.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b)));
}

/** What answers may be encrypted with, the best first. */
function ownCapabilities(): Sequence {
  const known = [oids.aes256Gcm, oids.aes128Gcm, oids.aes256Cbc, oids.aes128Cbc, oids.rsaOaep];
  const capability = (oid: string): Sequence => new Sequence({ value: [new ObjectIdentifier({ value: oid })] });
  return new Sequence({ value: known.map(capability) });
}

/** `detached`: the content, where it travelled beside the signature. @throws {BerFault} for what is no signature. */
export async function checkSignature(bytes: Buffer, detached: Buffer | undefined): Promise<CheckedSignature> {
  const parts = partsOf(bytes);
  const content = parts.content ?? detached;
  if (content === undefined) throw new BerFault('a signature of nothing');
  const { signers, others, capabilities } = parts;
  return { isIntact: await isIntact(bytes, content, parts), content, signer: signers[0], others, capabilities };
}

async function isIntact(bytes: Buffer, content: Buffer, { isSound, signers }: Parts): Promise<boolean> {
  if (!isSound) return false;
  try {
    for (const [signer, certificate] of signers.entries()) {
      const { result } = fromBER(new Uint8Array(bytes));
      const signed = new pki.SignedData({ schema: new pki.ContentInfo({ schema: result }).content });
      if (certificate === undefined) return false;
      // pkijs looks for the signer by a looser comparison of names: it must not find another than is told of here.
      signed.certificates = [pki.Certificate.fromBER(certificate.der)];
      if (!(await signed.verify({ signer, data: new Uint8Array(content).buffer, checkChain: false }))) return false;
    }
    return true;
  } catch {
    return false;
  }
}

interface Parts {
  readonly content: Buffer | undefined;
  /** The certificate of each, where it came along. */
  readonly signers: readonly (CertificateFacts | undefined)[];
  readonly others: readonly Buffer[];
  readonly capabilities: readonly string[];
  /** Whether it is of a kind that is relied on, as far as can be said before anything is computed. */
  readonly isSound: boolean;
}

/** What pkijs does not look at, and what bounds its work. */
function partsOf(bytes: Buffer): Parts {
  const info = parseBer(bytes);
  if (oidOf(childOf(info, 0)) !== oids.signedData) throw new BerFault('another type');
  const fields = childOf(childOf(info, 1, 0xa0), 0, tags.sequence).children;
  const [, , capsule] = fields;
  const infos = fields.at(-1);
  if (capsule === undefined || infos?.tag !== tags.set) throw new BerFault('a field is missing');
  const found = certificatesOf(fields.find(({ tag }) => tag === 0xa0));
  const inside = capsule.children[1];
  const type = oidOf(childOf(capsule, 0));
  const { children } = infos;
  const [first] = children;
  const signers = children.map((one) => signerOf(one, found));
  return {
    content: inside === undefined ? undefined : octetsOf(childOf(inside, 0)),
    signers,
    others: found.filter((one) => one !== signers[0]).map((one) => one.der),
    capabilities: first === undefined ? [] : capabilitiesOf(attributesOf(first).get(oids.smimeCapabilities)),
    isSound:
      type === oids.data &&
      children.length > 0 &&
      children.length <= SIGNERS_MAX &&
      children.every((one, n) => isSoundSigner(one, signers[n])),
  };
}

function certificatesOf(list: BerNode | undefined): CertificateFacts[] {
  const children = (list?.children ?? []).filter(({ tag }) => tag === tags.sequence);
  if (children.length > CERTIFICATES_MAX) throw new BerFault('too many certificates');
  return children.map(({ bytes }) => parseCertificate(bytes));
}

/** Undefined also when two of them could be meant. */
function signerOf(info: BerNode, certificates: readonly CertificateFacts[]): CertificateFacts | undefined {
  const id = childOf(info, 1);
  const [one, other] = certificates.filter((certificate) => isSigner(id, certificate));
  return other === undefined ? one : undefined;
}

function isSigner(id: BerNode, { issuerAndSerial, subjectKeyId }: CertificateFacts): boolean {
  if (id.tag === tags.sequence) return id.bytes.equals(issuerAndSerial);
  return id.tag === 0x80 && subjectKeyId?.equals(id.content) === true;
}

// RFC 5652 section 5.3: version, signer, digest algorithm, [0] signed attributes, signature algorithm, signature.
function isSoundSigner(info: BerNode, certificate: CertificateFacts | undefined): boolean {
  if (certificate === undefined || !certificate.maySign) return false;
  if (certificate.key.type === 'other') return false;
  if (certificate.key.type === 'rsa' && certificate.key.bits < RSA_BITS_MIN) return false;
  const digest = oidOf(childOf(childOf(info, 2, tags.sequence), 0));
  // RFC 8551 section 2.2: MD5 and SHA-1 are history. Without attributes one content could pass for another's attributes.
  if (!SOUND_DIGESTS.includes(digest) || childOf(info, 3).tag !== 0xa0) return false;
  const type = attributesOf(info).get(oids.contentType);
  return type !== undefined && oidOf(type) === oids.data;
}

const SOUND_DIGESTS: readonly string[] = [oids.sha256, oids.sha384, oids.sha512];

/** The signed attributes, each with its one value. */
function attributesOf(info: BerNode): Map<string, BerNode> {
  const list = childOf(info, 3);
  const found = new Map<string, BerNode>();
  for (const attribute of list.tag === 0xa0 ? list.children : []) {
    const type = oidOf(childOf(attribute, 0));
    if (found.has(type)) throw new BerFault('an attribute stands twice');
    found.set(type, childOf(childOf(attribute, 1, tags.set), 0));
  }
  return found;
}
