// Owns the shapes in which certificates are handed over: PEM, DER, PKCS #7, PKCS #12 with its password, and an LDAP export (LDIF, RFC
// 2849). It takes out what is there and trusts none of it.

import { createPrivateKeyDer } from '../crypto/private-key.ts';
import { BerFault, childOf, oidOf, parseBer, tags } from '../crypto/ber.ts';
import { parseCertificate } from '../crypto/certificate.ts';
import type { CertificateFacts } from '../crypto/certificate.ts';
import { oids } from '../crypto/cms-oids.ts';
import { parsePkcs12 } from '../crypto/pkcs12.ts';

export interface FoundCertificates {
  readonly certificates: readonly CertificateFacts[];
  /** PKCS #8, DER. */
  readonly privateKeys: readonly Buffer[];
}

export const CERTIFICATES_PER_FILE_MAX = 5_000;
export const FILE_BYTES_MAX = 10 * 1024 * 1024;

/**
 * @throws {BerFault} for what is none of these, holds a broken certificate or too many; Pkcs12Fault. `password`: of a
 * PKCS #12 file, or of a private key in PEM.
 */
export function readCertificateFile(bytes: Buffer, password = ''): FoundCertificates {
  if (bytes.length > FILE_BYTES_MAX) throw new BerFault('a file too large');
  const found = read(bytes, password);
  if (found.certificates.length === 0) throw new BerFault('no certificate in it');
  if (found.certificates.length > CERTIFICATES_PER_FILE_MAX) throw new BerFault('too many certificates');
  const once = new Map(found.certificates.map((one) => [one.fingerprint, one]));
  return { certificates: [...once.values()], privateKeys: found.privateKeys };
}

function read(bytes: Buffer, password: string): FoundCertificates {
  if (bytes[0] === tags.sequence) return fromDer(bytes, password);
  const text = bytes.toString('utf8');
  if (text.includes('-----BEGIN ')) return fromPem(text, password);
  return { certificates: fromLdif(text), privateKeys: [] };
}

function fromDer(bytes: Buffer, password: string): FoundCertificates {
  const [first] = parseBer(bytes).children;
  if (first?.tag === tags.oid) return { certificates: fromPkcs7(bytes), privateKeys: [] };
  // A PKCS #12 file begins with its version, a certificate with what was signed.
  if (first?.tag !== tags.integer) return { certificates: [parseCertificate(bytes)], privateKeys: [] };
  const { certificates, privateKeys } = parsePkcs12(bytes, password);
  return { certificates: certificates.map(parseCertificate), privateKeys };
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g;

function fromPem(text: string, password: string): FoundCertificates {
  const certificates: CertificateFacts[] = [];
  const privateKeys: Buffer[] = [];
  for (const [block, label = '', base64 = ''] of text.matchAll(BLOCK)) {
    const bytes = Buffer.from(base64, 'base64');
    if (label.endsWith('CERTIFICATE')) certificates.push(parseCertificate(bytes));
    else if (label === 'PKCS7' || label === 'CMS') certificates.push(...fromPkcs7(bytes));
    else if (label.endsWith('PRIVATE KEY')) privateKeys.push(createPrivateKeyDer(block, password));
  }
  return { certificates, privateKeys };
}

function fromPkcs7(bytes: Buffer): CertificateFacts[] {
  const info = parseBer(bytes);
  if (oidOf(childOf(info, 0)) !== oids.signedData) throw new BerFault('another type');
  const list = childOf(childOf(info, 1, 0xa0), 0).children.find(({ tag }) => tag === 0xa0);
  return (list?.children ?? []).filter(({ tag }) => tag === tags.sequence).map((one) => parseCertificate(one.bytes));
}

// Folded lines go on after a line end and a blank (RFC 2849, note 2).
function fromLdif(text: string): CertificateFacts[] {
  const lines = text.replace(/\r?\n /g, '').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, base64] = /^(?:userCertificate|userSMIMECertificate)(?:;binary)?::[ \t]*(\S+)$/i.exec(line) ?? [];
    if (base64 === undefined) return [];
    const bytes = Buffer.from(base64, 'base64');
    return parseBer(bytes).children[0]?.tag === tags.oid ? fromPkcs7(bytes) : [parseCertificate(bytes)];
  });
}
