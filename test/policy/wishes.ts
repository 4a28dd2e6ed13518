// Owns the frame and the shorthand that the tests of policy share. Its time stands still.

import { DAY_MS } from '../../server/core/clock.ts';
import { AppError } from '../../server/core/errors.ts';
import type { RefusalCode } from '../../server/core/errors.ts';
import type { Address } from '../../server/core/address.ts';
import { parseAddress } from '../../server/core/address.ts';
import type { PolicyFrame } from '../../server/policy/asks.ts';
import { decide } from '../../server/policy/decide.ts';
import type { Decision } from '../../server/policy/decide.ts';
import { emptyPolicyDocument, parsePolicyDocument } from '../../server/policy/document.ts';
import { readDocumentText } from '../../server/policy/document-text.ts';
import type { MailToDecide } from '../../server/policy/mail-to-decide.ts';
import { compilePolicy } from '../../server/policy/policy.ts';

export const NOW_MS = Date.parse('2026-11-21T10:00:00.000Z');

export const frame: PolicyFrame = {
  nowMs: NOW_MS,
  expiryDaysDefault: 30,
  expiryDaysMax: 730,
  offers: { accounts: true, passkeys: true, direct: true },
  brands: ['default', 'acme'],
  brandByDomain: new Map([['example.org', 'acme']]),
  orgDomains: ['example.com', 'example.org'],
  policy: compilePolicy(emptyPolicyDocument),
};

/** The frame with a policy, written as YAML without its format. */
export function frameWith(text: string): PolicyFrame {
  const document = parsePolicyDocument(readDocumentText(`format: 1\n${text}`), frame);
  return { ...frame, policy: compilePolicy(document) };
}

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

/** A mail without a wish, from Alice to Bob. */
export const bareMail: MailToDecide = {
  headers: [],
  subject: 'Hello',
  fields: [],
  from: address('alice@example.com'),
  recipients: [address('bob@recipient.example')],
  fromOutside: false,
  parts: [],
  sizeBytes: 1_000,
};

export function isoIn(ms: number): string {
  return new Date(NOW_MS + ms).toISOString();
}

export const byDefault = isoIn(30 * DAY_MS);

/** What is decided for a mail of these headers, as `[name, value]`, and this subject. */
export function decided(headers: readonly (readonly [string, string])[], subject = 'Hello'): Decision {
  return decide(mailOf(headers, subject), frame);
}

export function mailOf(headers: readonly (readonly [string, string])[], subject = 'Hello'): MailToDecide {
  // The parser hands out names in lower case, and so does this.
  return { ...bareMail, headers: headers.map(([name, value]) => ({ name: name.toLowerCase(), value })), subject };
}

/** For assert.throws: a refusal with this code whose sentence fits. */
export function refusal(code: RefusalCode, sentence = /./): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code && sentence.test(error.message);
}
