// Owns the frame and the shorthand that the tests of policy share. Its time stands still.

import { DAY_MS } from '../../server/core/clock.ts';
import { AppError } from '../../server/core/errors.ts';
import type { RefusalCode } from '../../server/core/errors.ts';
import type { PolicyFrame } from '../../server/policy/ask.ts';
import { decide } from '../../server/policy/decide.ts';
import type { Decision, MailToDecide } from '../../server/policy/decide.ts';

export const NOW_MS = Date.parse('2026-11-21T10:00:00.000Z');

export const frame: PolicyFrame = {
  nowMs: NOW_MS,
  expiryDaysDefault: 30,
  expiryDaysMax: 730,
  offers: { accounts: true, passkeys: true },
  brands: ['default', 'acme'],
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
  return { headers: headers.map(([name, value]) => ({ name: name.toLowerCase(), value })), subject, fields: [] };
}

/** For assert.throws: a refusal with this code whose sentence fits. */
export function refusal(code: RefusalCode, sentence = /./): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code && sentence.test(error.message);
}
