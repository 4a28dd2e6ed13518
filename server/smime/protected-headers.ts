// Owns the header fields that travel inside what is signed or encrypted (RFC 9788): which are put there, what stands outside in
// their place, and which of both a reader goes by. It never signs or encrypts.

import { BerFault } from '../crypto/ber.ts';
import type { Entity, EntityField } from './entity.ts';
import { mediaTypeOf } from './entity.ts';

/** RFC 9788 section 3.2.1: what a subject is outside, where it is not for everybody. */
export const OBSCURED_SUBJECT = '[...]';

/** A mail as an entity whose header is complete: what is signed or encrypted as it is. */
export function protectedPayload(mail: Entity, protection: 'clear' | 'cipher'): Buffer {
  const type = mail.fields.find(({ name }) => name === 'content-type');
  if (type === undefined) throw new BerFault('a mail without a media type');
  const marked = `${type.raw.replace(/\r\n$/, '')};\r\n hp="${protection}"\r\n`;
  const outer = protection === 'cipher' ? outerFields(mail.fields) : mail.fields.filter(isOfTheMail);
  const lines = [
    ...mail.fields.filter(isOfTheMail).map(({ raw }) => raw),
    // Section 2.2: how the field stands outside, so that whoever answers tells nothing that was hidden.
    ...(protection === 'cipher' ? outer.map(({ raw }) => folded(`HP-Outer: ${raw}`)) : []),
    ...mail.fields.filter((field) => isOfTheBody(field) && field !== type).map(({ raw }) => raw),
    marked,
  ];
  return Buffer.concat([Buffer.from(lines.join(''), 'latin1'), Buffer.from('\r\n'), mail.body]);
}

/** What stands in front of the encrypted mail: all that its way and its thread need, and no subject. */
export function outerFields(fields: readonly EntityField[]): EntityField[] {
  return fields
    .filter(isOfTheMail)
    .map((field) =>
      field.name === 'subject'
        ? { name: 'subject', raw: `Subject: ${OBSCURED_SUBJECT}\r\n`, value: OBSCURED_SUBJECT }
        : field,
    );
}

export function isOfTheMail({ name }: EntityField): boolean {
  return !name.startsWith('content-') && name !== 'mime-version' && name !== 'hp-outer';
}

function isOfTheBody({ name }: EntityField): boolean {
  return name.startsWith('content-');
}

// A field that is full already may not get longer: its first line is folded behind the new name.
function folded(raw: string): string {
  return raw.length > 70 ? raw.replace(/^(HP-Outer:) ([^:\r\n]+:)[ \t]*/i, '$1 $2\r\n ') : raw;
}

/**
 * The header that a reader goes by, once a layer has been taken off: fields of the outer mail, in whose place those
 * of the protected payload stand where it has any (RFC 9788 section 4.2).
 */
export function headerAfter(outer: readonly EntityField[], inner: Entity): EntityField[] {
  const body = inner.fields.filter(isOfTheBody);
  const kept = outer.filter(isOfTheMail);
  const mime = { name: 'mime-version', raw: 'MIME-Version: 1.0\r\n', value: '1.0' };
  if (!isProtected(inner)) return [...kept, mime, ...body];
  const own = inner.fields.filter((field) => isOfTheMail(field) && SHOWN.includes(field.name));
  const named = new Set(own.map(({ name }) => name));
  return [...kept.filter(({ name }) => !named.has(name)), ...own, mime, ...body];
}

// From stays as it is outside: by it the mail was let in.
const SHOWN: readonly string[] = ['subject', 'to', 'cc', 'date', 'message-id', 'in-reply-to', 'references', 'reply-to'];

/** Also the way of earlier programs, which put a subject in and said so by `protected-headers`. */
function isProtected(entity: Entity): boolean {
  const { parameters } = mediaTypeOf(entity);
  const hp = parameters.get('hp');
  return hp === 'clear' || hp === 'cipher' || parameters.get('protected-headers') === 'v1';
}
