// Owns taking an S/MIME mail apart before anything else reads it: what is encrypted to the organisation is opened, what is signed is
// checked, layer by layer (RFC 8551, RFC 2634 for three of them), until an ordinary mail is left. It decides nothing about trust.

import { BerFault } from '../crypto/ber.ts';
import { openEnvelope } from '../crypto/cms-open.ts';
import type { DecryptionKey } from '../crypto/cms-open.ts';
import type { CheckedSignature } from '../crypto/cms-signature.ts';
import { decodedBody, mediaTypeOf, parseEntity, partsOf } from './entity.ts';
import type { Entity, EntityField } from './entity.ts';
import { headerAfter } from './protected-headers.ts';

/** Read, with pkijs, when the first signed mail comes. */
const signatureCheck = () => import('../crypto/cms-signature.ts');

export interface OpenedMail {
  /** As it would have come without S/MIME. */
  readonly mail: Buffer;
  /** True when a layer that only the organisation's key opens was taken off. */
  readonly wasEncrypted: boolean;
  /** From the outermost to the innermost. */
  readonly signatures: readonly Omit<CheckedSignature, 'content'>[];
}

/** Why a mail that is in S/MIME cannot be read. Its message finishes the sentence "This mail cannot be read: …". */
export class SmimeFault extends Error {}

const LAYERS_MAX = 6;

/** True for the header of a mail that `openMail` would change. */
export function isSmime(entity: Pick<Entity, 'fields'>): boolean {
  const { type, parameters } = mediaTypeOf(entity);
  if (MIME_TYPES.includes(type)) return parameters.get('smime-type')?.toLowerCase() !== 'certs-only';
  return type === 'multipart/signed' && SIGNATURE_TYPES.includes((parameters.get('protocol') ?? '').toLowerCase());
}

const MIME_TYPES: readonly string[] = ['application/pkcs7-mime', 'application/x-pkcs7-mime'];
const SIGNATURE_TYPES: readonly string[] = ['application/pkcs7-signature', 'application/x-pkcs7-signature'];

/** `keys`: the organisation's own. @throws {SmimeFault}, {EnvelopeClosed}. */
export async function openMail(bytes: Buffer, keys: readonly DecryptionKey[]): Promise<OpenedMail> {
  const outer = parseEntity(bytes);
  if (outer === undefined) throw new SmimeFault('it does not begin with a header');
  let header: readonly EntityField[] = outer.fields;
  let entity: Entity = outer;
  let wasEncrypted = false;
  const signatures: Omit<CheckedSignature, 'content'>[] = [];
  for (let layer = 0; isSmime(entity); layer++) {
    if (layer === LAYERS_MAX) throw new SmimeFault('it is wrapped too often');
    const taken = await takeOff(entity, keys);
    if (taken.signature === undefined) wasEncrypted = true;
    else signatures.push(taken.signature);
    const inner = parseEntity(taken.content) ?? { fields: [], body: taken.content };
    header = headerAfter(header, inner);
    entity = inner;
  }
  const head = Buffer.from(header.map(({ raw }) => raw).join(''), 'latin1');
  return { mail: Buffer.concat([head, Buffer.from('\r\n'), withCrLf(entity.body)]), wasEncrypted, signatures };
}

interface Taken {
  readonly content: Buffer;
  /** Of a layer that was signed. */
  readonly signature?: Omit<CheckedSignature, 'content'>;
}

async function takeOff(entity: Entity, keys: readonly DecryptionKey[]): Promise<Taken> {
  const { type, parameters } = mediaTypeOf(entity);
  try {
    if (type === 'multipart/signed') return await takeSigned(entity, parameters.get('boundary') ?? '');
    const bytes = decodedBody(entity);
    if (bytes === undefined) throw new SmimeFault('it is in an encoding that S/MIME does not travel in');
    if (!isSignedData(parameters.get('smime-type'), bytes)) return { content: openEnvelope(bytes, keys) };
    const { checkSignature } = await signatureCheck();
    const { content, ...signature } = await checkSignature(bytes, undefined);
    return { content, signature };
  } catch (error) {
    throw error instanceof BerFault ? new SmimeFault('its S/MIME structure is damaged') : error;
  }
}

async function takeSigned(entity: Entity, boundary: string): Promise<Taken> {
  const [part, signaturePart, ...more] = boundary === '' ? [] : partsOf(entity.body, boundary);
  const signature = signaturePart === undefined ? undefined : parseEntity(signaturePart);
  const bytes = signature === undefined ? undefined : decodedBody(signature);
  // RFC 1847 section 2.1: exactly two parts. Of a third nobody could say whether it was signed.
  if (part === undefined || bytes === undefined || more.length > 0) {
    throw new SmimeFault('its signed parts are not two');
  }
  const { checkSignature } = await signatureCheck();
  const { content, ...checked } = await checkSignature(bytes, withCrLf(part)).catch(unreadableSignature);
  // What is shown is what was compared: a signature that brings a content of its own says nothing about the part beside it.
  return { content: part, signature: content.equals(withCrLf(part)) ? checked : { ...checked, isIntact: false } };

  function unreadableSignature(error: unknown): CheckedSignature {
    if (!(error instanceof BerFault)) throw error;
    const nothing = { signer: undefined, others: [], capabilities: [] };
    return { isIntact: false, content: withCrLf(part ?? Buffer.alloc(0)), ...nothing };
  }
}

// By what it says; where it says nothing, as old programs do, by the object identifier in its first bytes.
function isSignedData(kind: string | undefined, bytes: Buffer): boolean {
  if (kind !== undefined) return kind.toLowerCase() === 'signed-data';
  return bytes.subarray(0, 24).includes(SIGNED_DATA);
}

const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');

/** RFC 8551 section 3.1.1: the canonical form is what is signed. */
function withCrLf(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return /(?:^|[^\r])\n|\r(?!\n)/.test(text) ? Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'), 'latin1') : bytes;
}
