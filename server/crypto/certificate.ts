// Owns what an X.509 certificate (RFC 5280) says of itself as far as mail needs it. It says nothing of whether any of it is
// true: that is the chain's business, and an administrator's.

import { X509Certificate } from 'node:crypto';
import { isoTime } from '../core/clock.ts';
import { BerFault, childOf, der, oidOf, octetsOf, parseBer, tags } from './ber.ts';
import type { BerNode } from './ber.ts';
import { oids } from './cms-oids.ts';

export type KeyKind =
  | { readonly type: 'rsa'; readonly bits: number }
  | { readonly type: 'ec'; readonly curve: string }
  | { readonly type: 'other' };

export interface CertificateFacts {
  readonly der: Buffer;
  /** SHA-256 of it, lower-case hex. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly issuer: string;
  /** Hex. */
  readonly serial: string;
  /** ISO 8601 UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly key: KeyKind;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** IssuerAndSerialNumber, DER. */
  readonly issuerAndSerial: Buffer;
  readonly subjectKeyId: Buffer | undefined;
  /** The names as they are encoded. */
  readonly subjectName: Buffer;
  readonly issuerName: Buffer;
  /** Object identifier of the algorithm that it is signed with. */
  readonly signatureAlgorithm: string;
  /** As they are written in it: rfc822Name and SmtpUTF8Mailbox, or emailAddress of the subject where there is neither. */
  readonly addresses: readonly string[];
  readonly isAuthority: boolean;
  /** How many authorities may stand between it and who is certified in the end; undefined: any number. */
  readonly authoritiesBelowMax: number | undefined;
  /** Key usages keyCertSign and cRLSign, or no restriction at all. */
  readonly mayCertify: boolean;
  readonly maySignCrls: boolean;
  readonly maySignOcsp: boolean;
  /** RFC 8550 section 4.4.4: for mail, or for anything. */
  readonly isForMail: boolean;
  readonly mayEncrypt: boolean;
  readonly maySign: boolean;
  /** Object identifiers that its smimeCapabilities list (RFC 4262). */
  readonly capabilities: readonly string[];
  readonly crlUrls: readonly string[];
  readonly ocspUrls: readonly string[];
}

const CERTIFICATE_BYTES_MAX = 64 * 1024;

/** @throws {BerFault} for what is no certificate. */
export function parseCertificate(bytes: Buffer): CertificateFacts {
  if (bytes.length > CERTIFICATE_BYTES_MAX) throw new BerFault('a certificate too large');
  try {
    return factsOf(bytes);
  } catch (error) {
    throw error instanceof BerFault ? error : new BerFault('not a certificate');
  }
}

function factsOf(bytes: Buffer): CertificateFacts {
  const root = parseBer(bytes);
  const x509 = new X509Certificate(root.bytes);
  const fields = childOf(root, 0, tags.sequence).children;
  const at = fields[0]?.tag === 0xa0 ? 1 : 0;
  const [serial, , issuer, , subject] = fields.slice(at);
  if (serial === undefined || issuer === undefined || subject === undefined) throw new BerFault('a field is missing');
  const extensions = extensionsOf(fields.find(({ tag }) => tag === 0xa3));
  const usage = keyUsageOf(extensions.get(oids.keyUsage));
  const purposes = extensions.get(oids.extKeyUsage)?.children.map(oidOf);
  const key = keyKind(x509);
  const keyId = extensions.get(oids.subjectKeyIdentifier);
  return {
    der: root.bytes,
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    serial: x509.serialNumber,
    notBefore: isoTime(x509.validFromDate.getTime()),
    notAfter: isoTime(x509.validToDate.getTime()),
    key,
    publicKey: x509.publicKey.export({ format: 'der', type: 'spki' }),
    issuerAndSerial: der(tags.sequence, issuer.bytes, serial.bytes),
    subjectKeyId: keyId === undefined ? undefined : octetsOf(keyId),
    subjectName: subject.bytes,
    issuerName: issuer.bytes,
    signatureAlgorithm: oidOf(childOf(childOf(root, 1, tags.sequence), 0)),
    addresses: addressesOf(extensions.get(oids.subjectAltName), subject),
    isAuthority: x509.ca,
    authoritiesBelowMax: authoritiesBelowMax(extensions.get(oids.basicConstraints)),
    mayCertify: usage === undefined || usage.has(5),
    maySignCrls: usage === undefined || usage.has(6),
    maySignOcsp: purposes?.includes(oids.ocspSigning) === true,
    isForMail: purposes === undefined || purposes.some((one) => MAIL_PURPOSES.includes(one)),
    // RFC 5280 section 4.2.1.3: keyEncipherment (2) for RSA, keyAgreement (4) for elliptic curves.
    mayEncrypt: usage === undefined || usage.has(key.type === 'ec' ? 4 : 2),
    maySign: usage === undefined || usage.has(0) || usage.has(1),
    capabilities: capabilitiesOf(extensions.get(oids.smimeCapabilities)),
    crlUrls: crlUrlsOf(extensions.get(oids.crlDistributionPoints)),
    ocspUrls: ocspUrlsOf(extensions.get(oids.authorityInfoAccess)),
  };
}

const MAIL_PURPOSES: readonly string[] = [oids.emailProtection, oids.anyExtendedKeyUsage];

function oneLine(name: string | undefined): string {
  return (name ?? '')
    .split('\n')
    .join(', ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .slice(0, 500);
}

function keyKind({ publicKey }: X509Certificate): KeyKind {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.asymmetricKeyType === 'rsa') return { type: 'rsa', bits: modulusLength ?? 0 };
  if (publicKey.asymmetricKeyType === 'ec' && namedCurve !== undefined) return { type: 'ec', curve: namedCurve };
  return { type: 'other' };
}

function extensionsOf(list: BerNode | undefined): Map<string, BerNode> {
  const found = new Map<string, BerNode>();
  for (const extension of list === undefined ? [] : childOf(list, 0, tags.sequence).children) {
    const id = oidOf(childOf(extension, 0));
    // RFC 5280 section 4.2: no extension stands twice.
    if (found.has(id)) throw new BerFault('an extension stands twice');
    const value = extension.children.at(-1);
    if (value === undefined || !READ.has(id)) continue;
    found.set(id, parseBer(octetsOf(value)));
  }
  return found;
}

const READ: ReadonlySet<string> = new Set([
  oids.keyUsage,
  oids.basicConstraints,
  oids.extKeyUsage,
  oids.subjectKeyIdentifier,
  oids.subjectAltName,
  oids.smimeCapabilities,
  oids.crlDistributionPoints,
  oids.authorityInfoAccess,
]);

/** RFC 5280 section 4.2.1.9. */
function authoritiesBelowMax(constraints: BerNode | undefined): number | undefined {
  const length = constraints?.children.find(({ tag }) => tag === tags.integer);
  return length === undefined ? undefined : (length.content.at(-1) ?? 0);
}

/** The numbers of the bits that are set. */
function keyUsageOf(node: BerNode | undefined): ReadonlySet<number> | undefined {
  if (node === undefined) return undefined;
  const bits = [...node.content.subarray(1)].flatMap((byte, n) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (0x80 >> bit)) !== 0).map((bit) => n * 8 + bit),
  );
  return new Set(bits);
}

function addressesOf(names: BerNode | undefined, subject: BerNode): readonly string[] {
  const found = (names?.children ?? []).flatMap((name) => {
    if (name.tag === 0x81) return [name.content.toString('latin1')];
    // RFC 9598: otherName of this type holds the address as UTF-8.
    if (name.tag !== 0xa0 || oidOf(childOf(name, 0)) !== oids.smtpUtf8Mailbox) return [];
    return [childOf(childOf(name, 1, 0xa0), 0, tags.utf8).content.toString('utf8')];
  });
  if (found.length > 0) return found;
  const parts = subject.children.flatMap(({ children }) => children);
  return parts
    .filter((part) => oidOf(childOf(part, 0)) === oids.emailAddress)
    .map((part) => childOf(part, 1).content.toString('latin1'));
}

/** The object identifiers that a list of capabilities names, in its order. */
export function capabilitiesOf(list: BerNode | undefined): readonly string[] {
  return (list?.children ?? []).map((capability) => oidOf(childOf(capability, 0)));
}

function crlUrlsOf(points: BerNode | undefined): readonly string[] {
  return (points?.children ?? [])
    .flatMap((point) => point.children.filter(({ tag }) => tag === 0xa0))
    .flatMap(({ children }) => children.filter(({ tag }) => tag === 0xa0))
    .flatMap(({ children }) => children.filter(({ tag }) => tag === 0x86))
    .map(({ content }) => content.toString('latin1'));
}

function ocspUrlsOf(access: BerNode | undefined): readonly string[] {
  return (access?.children ?? [])
    .filter((one) => oidOf(childOf(one, 0)) === oids.ocsp && childOf(one, 1).tag === 0x86)
    .map((one) => childOf(one, 1).content.toString('latin1'));
}
