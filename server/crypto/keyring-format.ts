// Owns the text of the keyring file (docs/envelope.md, section 5): read strictly, written one way. It never opens
// a file, and never puts a secret into an error.

import { z } from 'zod';
import { parseJson } from '../core/parse-json.ts';

const KEY_ID = /^[0-9a-hjkmnp-tv-z]{8}$/;
// 43 characters hold 258 bits; the last two are zero, so that each secret has one spelling only.
const SECRET = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const secret = z.string().regex(SECRET, 'expected 32 bytes in base64url, 43 characters');
const keyId = z.string().regex(KEY_ID, 'expected 8 characters of lower-case Crockford base 32');

const keyringSchema = z
  .strictObject({
    format: z.literal('sealpost-keyring'),
    version: z.literal(1),
    current: keyId,
    keys: z.array(
      z.strictObject({
        id: keyId,
        state: z.enum(['active', 'retired']),
        createdAt: z.iso.datetime({ precision: 3, error: 'expected ISO 8601 in UTC with milliseconds' }),
        secret,
      }),
    ),
    secrets: z.strictObject({ index: secret, pepper: secret, session: secret, mac: secret }),
  })
  .refine(({ keys }) => allDiffer(keys.map((key) => key.id)), { path: ['keys'], error: 'expected each id once' })
  .refine(({ keys, secrets }) => allDiffer([...keys.map((key) => key.secret), ...Object.values(secrets)]), {
    error: 'expected no two secrets to be the same',
  });

/** What a keyring file says; secrets are base64url text of 32 bytes. */
export type KeyringContents = z.infer<typeof keyringSchema>;

/** A keyring that cannot be used; the message says where and what was expected, for the operator at the start. */
export class KeyringFault extends Error {
  constructor(fault: string) {
    super(`The keyring cannot be used: ${fault}.`);
    this.name = 'KeyringFault';
  }
}

/** True when the text has the shape of a key's id. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** @throws {KeyringFault} on anything but exactly version 1. */
export function parseKeyringText(text: string): KeyringContents {
  const value = parseJson(text);
  if (value === undefined) throw new KeyringFault('expected JSON');
  const result = keyringSchema.safeParse(value);
  if (!result.success) throw new KeyringFault(firstFault(result.error));
  // JSON.parse takes the last of two equal members without a word. No string in a valid file holds a blank or an
  // escape, so without its blanks the text must be what the value is written as.
  if (text.replace(/\s+/g, '') !== JSON.stringify(value)) {
    throw new KeyringFault('expected each member once, and no escapes');
  }
  return result.data;
}

export function formatKeyringText(contents: KeyringContents): string {
  return `${JSON.stringify(contents, undefined, 2)}\n`;
}

function firstFault(error: z.ZodError): string {
  const issue = error.issues[0];
  const place = issue?.path.join('.') ?? '';
  return `${place === '' ? '' : `${place}: `}${issue?.message ?? 'expected version 1'}`;
}

function allDiffer(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
