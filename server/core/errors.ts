// Owns the refusals of the program: what may be said to whom. It never formats an answer: each edge
// translates a code once (SMTP in ingest/, HTTP in http/, API problems in api/).

import { wordsIn } from '../language/words.ts';
import { plainly } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Sentence, Words } from '../language/words.ts';

/** Stable codes of everything Sealpost refuses on purpose. They stand in logs, tests and API problems. */
export type RefusalCode =
  | 'mail/unreadable' // not a mail that can be read
  | 'mail/too-large'
  | 'mail/rights-protected' // message.rpmsg
  | 'mail/encrypted' // S/MIME, and not to a key of ours
  | 'mail/author' // author or envelope sender is not in ORG_DOMAINS, or they disagree
  | 'mail/recipients' // none, too many, or one that is not an address
  | 'mail/loop' // our own mail coming back, or automatic mail going round
  | 'policy/unknown-value' // a header, tag or field asks for something that does not exist
  | 'policy/refused' // a rule refuses; the public sentence names it
  | 'request/malformed' // a form or JSON body that does not fit its schema
  | 'request/forged' // CSRF or cross-site
  | 'request/outdated' // it started from a version that is not the newest any more
  | 'request/conflict' // same Idempotency-Key, other content
  | 'request/version-needed' // a change that has to say from which version it started
  | 'request/not-found' // also: not yours
  | 'request/right-withheld' // the protection does not grant this right
  | 'request/gone' // expired, revoked or destroyed
  | 'request/unauthenticated'
  | 'request/forbidden' // key without scope, or not an administrator
  | 'signin/code-refused' // wrong, late, used, or another browser's
  | 'signin/way-refused' // an account, passkey or its answer that proves nothing here
  | 'signin/phrase-refused' // not the sender's access phrase
  | 'signin/proof-needed' // signed in, but not well enough for this message
  | 'request/too-many' // a limit was reached; retryAfterSeconds says when it ends
  | 'server/busy' // a bounded queue is full
  | 'server/unavailable' // the database or another part cannot be reached for now
  | 'server/storage-full'; // there is no room for anything new

/**
 * A refusal: `message` is the sentence that may be shown to the person or peer, in English, as SMTP and the API say it;
 * what a page may show is a `Sentence`, said in the visitor's language by `toldIn`. `detail` is for the log only and
 * must hold no address, secret or content either.
 */
export class AppError extends Error {
  readonly code: RefusalCode;
  readonly sentence: Sentence | undefined;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: RefusalCode, told: string | Sentence, more: { detail?: string; retryAfterSeconds?: number } = {}) {
    super(typeof told === 'string' ? told : wordsIn('en').say(told.key, told.given));
    this.name = 'AppError';
    this.code = code;
    this.sentence = typeof told === 'string' ? undefined : told;
    this.detail = more.detail;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** What the refusal says, in these words. */
export function toldIn(words: Words, { sentence, message }: AppError): string {
  return sentence === undefined ? message : words.say(sentence.key, sentence.given);
}

/** The same for a page, where each time in it is a piece of its own. */
export function toldInPieces(words: Words, { sentence, message }: AppError): Told {
  return sentence === undefined ? plainly(message) : words.tell(sentence.key, sentence.given);
}

/** True for a refusal with this code (or any of these codes). */
export function isRefusal(error: unknown, ...codes: RefusalCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}

const CAUSES_MAX = 5;

/** An error, what it was caused by, and so on. */
export function* causesOf(error: unknown): Generator<Error, void, undefined> {
  let cause = error;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth += 1) {
    yield cause;
    cause = cause.cause;
  }
}

/** True for a fault of the system, a library or a database that carries this code (or any of these codes). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}
