// Owns making an S/MIME mail (RFC 8551) of a mail that was composed: signed, encrypted, or signed and then encrypted, with its header
// fields inside (RFC 9788). It never decides for whom, and never sends.

import { envelop } from '../crypto/cms-envelope.ts';
import type { CmsSigner } from '../crypto/cms-signature.ts';
import { randomBytes } from '../crypto/random.ts';
import { contentCipher, envelopeRecipient } from './choose-algorithms.ts';
import type { ToEncryptFor } from './choose-algorithms.ts';
import { isOfTheMail, outerFields, protectedPayload } from './protected-headers.ts';
import { parseEntity } from './entity.ts';
import type { Entity } from './entity.ts';

/** Read, with pkijs, when the first mail is signed: most installations sign none, and each would keep it in memory. */
const signatures = () => import('../crypto/cms-signature.ts');

export interface Signing {
  readonly signer: CmsSigner;
  readonly at: Date;
}

/**
 * The mail, so that only the owners of these certificates can read it, its subject included; signed before where a signer is given.
 * 7-bit, CRLF, ready for the courier. `mail`: canonical, as it is composed.
 * @throws Error when there is no certificate, or one that nothing is encrypted to: nothing is ever left out.
 */
export async function encryptFor(
  mail: Buffer,
  certificates: readonly ToEncryptFor[],
  signing?: Signing,
): Promise<Buffer> {
  const entity = getEntity(mail);
  const payload = protectedPayload(entity, 'cipher');
  const content = signing === undefined ? payload : await clearSigned(payload, signing);
  const cipher = contentCipher(certificates);
  const envelope = envelop(content, certificates.map(envelopeRecipient), cipher);
  const kind = cipher === 'aes-256-gcm' ? 'authEnveloped-data' : 'enveloped-data';
  return withHeader(outerFields(entity.fields), pkcs7Mime(kind, envelope));
}

/** The mail signed. `clear`: to be read by any program; `opaque`: not changed on the way by any. Its subject stays readable. */
export async function signMail(mail: Buffer, signing: Signing, kind: 'clear' | 'opaque'): Promise<Buffer> {
  const entity = getEntity(mail);
  const payload = protectedPayload(entity, 'clear');
  const fields = entity.fields.filter(isOfTheMail);
  if (kind === 'clear') return withHeader(fields, await clearSigned(payload, signing));
  const { signContent } = await signatures();
  const signed = await signContent(payload, signing.signer, 'opaque', signing.at);
  return withHeader(fields, pkcs7Mime('signed-data', signed));
}

function getEntity(mail: Buffer): Entity {
  const entity = parseEntity(mail);
  if (entity === undefined) throw new Error('A mail without a header');
  return entity;
}

/** RFC 8551 section 3.5.3. */
async function clearSigned(payload: Buffer, { signer, at }: Signing): Promise<Buffer> {
  const { digestBits, signContent } = await signatures();
  const signature = await signContent(payload, signer, 'detached', at);
  // Random, so that no content can hold it.
  const boundary = `signed-${randomBytes(18).toString('hex')}`;
  const head = [
    `Content-Type: multipart/signed; protocol="application/pkcs7-signature";`,
    ` micalg=sha-${digestBits(signer.certificate)}; boundary="${boundary}"`,
    '',
    'This mail is signed (S/MIME).',
    `--${boundary}`,
    '',
  ];
  const tail = [
    '',
    `--${boundary}`,
    'Content-Type: application/pkcs7-signature; name="smime.p7s"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="smime.p7s"',
    '',
    base64Lines(signature),
    `--${boundary}--`,
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n')), payload, Buffer.from(tail.join('\r\n'))]);
}

/** RFC 8551 section 3.3. */
function pkcs7Mime(kind: 'authEnveloped-data' | 'enveloped-data' | 'signed-data', content: Buffer): Buffer {
  const lines = [
    `Content-Type: application/pkcs7-mime; smime-type=${kind};`,
    ' name="smime.p7m"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="smime.p7m"',
    '',
    base64Lines(content),
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

function withHeader(fields: Entity['fields'], content: Buffer): Buffer {
  const lines = [...fields.map(({ raw }) => raw), 'MIME-Version: 1.0\r\n'];
  return Buffer.concat([Buffer.from(lines.join(''), 'latin1'), content]);
}

function base64Lines(bytes: Buffer): string {
  return bytes
    .toString('base64')
    .replace(/.{1,76}/g, '$&\r\n')
    .replace(/\r\n$/, '');
}
