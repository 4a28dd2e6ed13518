// Owns saying in words what a courier's failure means. Pure: stage and codes in, sentences out. The courier
// talks to the relay alone, so whatever happened, happened there.

import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';

const beforeMail: Record<string, Key> = {
  CONNECT: 'mail.failure-connect',
  TLS: 'mail.failure-tls',
  GREETING: 'mail.failure-greeting',
  EHLO: 'mail.failure-greeting',
  AUTH: 'mail.failure-auth',
};

/** A server behind ours took it, and sent it back. */
export const RETURNED = 'RETURNED';

/**
 * "Our mail server did not take mail for example.net. Its answer: 550 5.1.1." `failure` is stage and codes, as stored;
 * `domain` the recipient's.
 */
export function failureWords(words: Words, failure: string, domain: string): string {
  const [stage = '', ...codes] = failure.split(' ');
  if (stage === 'WRITE') return words.say('mail.failure-write');
  const before = beforeMail[stage];
  if (stage === RETURNED) return withCodes(words, words.say('mail.failure-returned', { domain }), codes);
  const happened = before === undefined ? words.say('mail.failure-domain', { domain }) : words.say(before);
  return withCodes(words, happened, codes);
}

function withCodes(words: Words, happened: string, codes: readonly string[]): string {
  return codes.length === 0 ? happened : `${happened} ${words.say('mail.failure-codes', { codes: codes.join(' ') })}`;
}
