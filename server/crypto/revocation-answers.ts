// Owns reading what an authority says about its certificates: its list of revoked ones (CRL, RFC 5280 section 5) and its answer
// about one (OCSP, RFC 6960). Only what the authority signed, and only while it holds, is believed; it never fetches anything.

import { X509Certificate, createHash, createPublicKey } from 'node:crypto';
import { isoTime } from '../core/clock.ts';
import { BerFault, childOf, der, derOid, octetsOf, parseBer, tags } from './ber.ts';
import type { BerNode } from './ber.ts';
import { parseCertificate } from './certificate.ts';
import type { CertificateFacts } from './certificate.ts';
import { oids } from './cms-oids.ts';
import { isSignedBy } from './signed-by.ts';

export interface Standing {
  readonly state: 'good' | 'revoked';
  /** ISO 8601 UTC: until when the authority stands by it. */
  readonly until: string;
}

/** How far an authority's clock may be ahead of ours. */
const SKEW_MS = 10 * 60 * 1000;
/** Where an answer does not say until when it holds. */
const HOLDS_MS = 7 * 24 * 60 * 60 * 1000;

/** Undefined where the list is not one of this issuer's that holds now, or leaves some of its certificates out. */
export function standingByCrl(
  bytes: Buffer,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
  nowMs: number,
): Standing | undefined {
  return unlessMalformed(() => byCrl(parseBer(bytes), certificate, issuer, nowMs));
}

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BerFault) return undefined;
    throw error;
  }
}

function byCrl(
  list: BerNode,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
  nowMs: number,
): Standing | undefined {
  const fields = childOf(list, 0, tags.sequence).children;
  const at = fields[0]?.tag === tags.integer ? 1 : 0;
  const [, name, thisUpdate, nextUpdate] = fields.slice(at);
  if (name === undefined || thisUpdate === undefined || nextUpdate === undefined || !isTime(nextUpdate))
    return undefined;
  const untilMs = timeOf(nextUpdate);
  if (timeOf(thisUpdate) > nowMs + SKEW_MS || untilMs < nowMs) return undefined;
  if (!name.bytes.equals(certificate.issuerName) || !issuer.maySignCrls || !isSignedBy(list, issuer)) return undefined;
  if (hasCriticalExtension(fields.find(({ tag }) => tag === 0xa0))) return undefined;
  const revoked = fields.slice(at + 4).find(({ tag }) => tag === tags.sequence);
  const serial = childOf(parseBer(certificate.issuerAndSerial), 1).bytes;
  const isRevoked = (revoked?.children ?? []).some((entry) => childOf(entry, 0).bytes.equals(serial));
  return { state: isRevoked ? 'revoked' : 'good', until: isoTime(untilMs) };
}

/** Such as the mark of a list that only adds to another, or holds only some of the certificates. */
function hasCriticalExtension(extensions: BerNode | undefined): boolean {
  const list = extensions === undefined ? [] : childOf(extensions, 0).children;
  return list.some(({ children }) => children[1]?.tag === tags.boolean && children[1].content[0] !== 0);
}

/** The question to an OCSP responder, DER. */
export function ocspQuestion(certificate: CertificateFacts, issuer: CertificateFacts): Buffer {
  const request = der(tags.sequence, certificateId(certificate, issuer));
  return der(tags.sequence, der(tags.sequence, der(tags.sequence, request)));
}

// RFC 6960 section 4.1.1. SHA-1 only names here; every responder knows it.
function certificateId(certificate: CertificateFacts, issuer: CertificateFacts): Buffer {
  const sha1 = (bytes: Buffer): Buffer => der(tags.octetString, createHash('sha1').update(bytes).digest());
  const key = childOf(parseBer(issuer.publicKey), 1, tags.bitString).content.subarray(1);
  const serial = childOf(parseBer(certificate.issuerAndSerial), 1).bytes;
  const algorithm = der(tags.sequence, derOid(oids.sha1), der(tags.null));
  return der(tags.sequence, algorithm, sha1(issuer.subjectName), sha1(key), serial);
}

/** Undefined where it is no answer about this certificate that holds now, from somebody who may give it. */
export function standingByOcsp(
  bytes: Buffer,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
  nowMs: number,
): Standing | undefined {
  return unlessMalformed(() => byOcsp(parseBer(bytes), certificate, issuer, nowMs));
}

function byOcsp(
  answer: BerNode,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
  nowMs: number,
): Standing | undefined {
  if (childOf(answer, 0).content[0] !== 0) return undefined;
  const basic = parseBer(octetsOf(childOf(childOf(childOf(answer, 1, 0xa0), 0), 1)));
  const signer = responder(basic, issuer, nowMs);
  if (signer === undefined || !isSignedBy(basic, signer)) return undefined;
  const wanted = parseBer(certificateId(certificate, issuer)).children.slice(1);
  const list = childOf(basic, 0).children.find(({ tag }) => tag === tags.sequence);
  const about = list?.children.find((one) => {
    const named = childOf(one, 0).children.slice(1);
    return wanted.every((node, n) => named[n]?.bytes.equals(node.bytes) === true);
  });
  if (about === undefined) return undefined;
  const next = about.children.find(({ tag }) => tag === 0xa0);
  const fromMs = timeOf(childOf(about, 2));
  const untilMs = next === undefined ? fromMs + HOLDS_MS : timeOf(childOf(next, 0));
  if (fromMs > nowMs + SKEW_MS || untilMs < nowMs) return undefined;
  const { tag } = childOf(about, 1);
  if (tag !== 0x80 && tag !== 0xa1) return undefined;
  return { state: tag === 0x80 ? 'good' : 'revoked', until: isoTime(untilMs) };
}

// RFC 6960 section 4.2.2.2: the issuer itself, or one whom it certified for this.
function responder(basic: BerNode, issuer: CertificateFacts, nowMs: number): CertificateFacts | undefined {
  if (isSignedBy(basic, issuer)) return issuer;
  const list = basic.children[3];
  const issuerKey = createPublicKey({ key: issuer.publicKey, format: 'der', type: 'spki' });
  const now = isoTime(nowMs);
  return (list === undefined ? [] : childOf(list, 0).children.slice(0, 5))
    .map(({ bytes }) => parseCertificate(bytes))
    .find(
      (one) =>
        one.maySignOcsp &&
        one.notBefore <= now &&
        now <= one.notAfter &&
        one.issuerName.equals(issuer.subjectName) &&
        new X509Certificate(one.der).verify(issuerKey),
    );
}

const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

function isTime({ tag }: BerNode): boolean {
  return tag === UTC_TIME || tag === GENERALIZED_TIME;
}

/** RFC 5280 section 4.1.2.5. @throws {BerFault} */
function timeOf(node: BerNode): number {
  const text = node.content.toString('latin1');
  const century = node.tag === UTC_TIME ? (text < '50' ? '20' : '19') : '';
  const ms = Date.parse(`${century}${text}`.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!isTime(node) || Number.isNaN(ms)) throw new BerFault('not a time');
  return ms;
}
