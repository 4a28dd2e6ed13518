// Owns every sentence that Sealpost says over SMTP about a refusal, and the one translation from refusal codes
// to them. It must never pass on the text of an error: only a policy says who refuses and what it did not understand, in
// public sentences made for that, which quote no value; and even those are cut down to plain ASCII first.

import { AppError, type RefusalCode } from '../core/errors.ts';
import { asStorageFull } from '../core/storage-full.ts';
import { LabelRefusal } from '../policy/refusals.ts';

/** One reply: RFC 5321 section 4.2 (code), RFC 3463 (enhanced), and a sentence for the person who reads the bounce. */
export interface SmtpAnswer {
  readonly code: number;
  readonly enhanced: string;
  readonly text: string;
}

/** The answer to an error thrown while a mail was taken in. Anything that is no refusal is weather: 451, try again. */
export function answerTo(error: unknown): SmtpAnswer {
  if (asStorageFull(error) !== undefined) return answers.storageFull;
  if (!(error instanceof AppError)) return answers.weather;
  const answer = byRefusal[error.code];
  const sentence = isSpoken(error) ? printable(error.message) : '';
  return sentence === '' ? answer : { ...answer, text: sentence };
}

function isSpoken(error: AppError): boolean {
  return error.code === 'policy/refused' || error.code === 'policy/unknown-value' || error instanceof LabelRefusal;
}

/** The reply without its code, as the peer sees it: `5.7.0 Must issue a STARTTLS command first`. */
export function answerLine(answer: SmtpAnswer): string {
  return `${answer.enhanced} ${answer.text}`;
}

/** Answers of the dialogue itself; those to a whole mail stand in `byRefusal`. */
export const answers = {
  bareLineEnding: { code: 521, enhanced: '5.5.2', text: 'Lines must end with CR LF; a bare CR or LF ends the session' },
  tlsFirst: { code: 530, enhanced: '5.7.0', text: 'Must issue a STARTTLS command first' },
  signInFirst: { code: 530, enhanced: '5.7.0', text: 'Authentication required' },
  badCredentials: { code: 535, enhanced: '5.7.8', text: 'Authentication credentials invalid' },
  signInNotOffered: { code: 502, enhanced: '5.5.1', text: 'Authentication is not offered here' },
  // RFC 4954 section 4: AUTH is not permitted during a mail transaction.
  signInTooLate: { code: 503, enhanced: '5.5.1', text: 'Authentication is not possible within a mail transaction' },
  signInWeather: { code: 454, enhanced: '4.7.0', text: 'Temporary authentication failure, try again later' },
  tooManySignIns: { code: 421, enhanced: '4.7.0', text: 'Too many failed attempts to authenticate, try again later' },
  tooManyConnections: { code: 421, enhanced: '4.7.0', text: 'Too many connections, try again later' },
  lineTooLong: { code: 421, enhanced: '4.5.2', text: 'A command line is too long' },
  tooManyCommands: { code: 421, enhanced: '4.7.0', text: 'Too many commands without a mail, connect again' },
  closingDown: { code: 421, enhanced: '4.3.2', text: 'The service is going down for a moment, try again later' },
  weather: { code: 451, enhanced: '4.3.0', text: 'The mail could not be taken in just now, try again later' },
  storageFull: { code: 452, enhanced: '4.3.1', text: 'There is no room for the mail just now, try again later' },
  author: { code: 550, enhanced: '5.7.1', text: 'The author of this mail may not send from here' },
  tooLarge: { code: 552, enhanced: '5.3.4', text: 'The mail is larger than this server accepts' },
  senderSyntax: { code: 553, enhanced: '5.1.7', text: 'The sender is not an address' },
  recipientSyntax: {
    code: 553,
    enhanced: '5.1.3',
    text: 'The recipient is not an address that mail can be sealed for',
  },
  // RFC 6531 section 3.5: a server that does not offer SMTPUTF8 refuses such addresses.
  asciiOnly: { code: 550, enhanced: '5.6.7', text: 'Addresses with characters outside ASCII are not supported' },
  unknownParameter: { code: 555, enhanced: '5.5.4', text: 'A parameter is not recognised or not implemented' },
  badParameter: { code: 501, enhanced: '5.5.4', text: 'A parameter has a value that does not fit it' },
} as const satisfies Record<string, SmtpAnswer>;

// A code that only other doors use (forms, API) still has its line here, so that a new one cannot be forgotten.
const byRefusal: Readonly<Record<RefusalCode, SmtpAnswer>> = {
  // RFC 3463 section 3.8: a cryptographic failure.
  'mail/encrypted': {
    code: 554,
    enhanced: '5.7.5',
    text: 'This mail is encrypted and does not open with a key of this organisation',
  },
  'mail/unreadable': { code: 554, enhanced: '5.6.0', text: 'This is not a mail that can be read' },
  'mail/too-large': answers.tooLarge,
  'mail/rights-protected': {
    code: 550,
    enhanced: '5.6.1',
    text: 'The mail is already rights-protected (message.rpmsg)',
  },
  'mail/author': answers.author,
  'mail/recipients': {
    code: 550,
    enhanced: '5.1.3',
    text: 'The recipients of this mail are missing, too many or malformed',
  },
  'mail/loop': { code: 554, enhanced: '5.4.6', text: 'Mail loop: this mail has been here before' },
  'policy/unknown-value': {
    code: 554,
    enhanced: '5.6.0',
    text: 'The mail asks for a protection, expiry, brand, delivery or sign-in that does not exist',
  },
  'policy/refused': { code: 554, enhanced: '5.7.1', text: 'A rule of this organisation refuses the mail' },
  'request/malformed': { code: 554, enhanced: '5.6.0', text: 'This is not a mail that can be read' },
  'request/forged': { code: 550, enhanced: '5.7.1', text: 'Not permitted' },
  'request/outdated': answers.weather,
  'request/version-needed': answers.weather,
  'request/conflict': { code: 554, enhanced: '5.5.0', text: 'The mail contradicts an earlier one' },
  'request/not-found': { code: 550, enhanced: '5.7.1', text: 'Not permitted' },
  'request/right-withheld': { code: 550, enhanced: '5.7.1', text: 'Not permitted' },
  'request/gone': { code: 550, enhanced: '5.7.1', text: 'Not permitted' },
  'request/unauthenticated': answers.signInFirst,
  'request/forbidden': { code: 550, enhanced: '5.7.1', text: 'Not permitted' },
  'signin/code-refused': answers.badCredentials,
  'signin/way-refused': answers.badCredentials,
  'signin/phrase-refused': answers.badCredentials,
  'signin/proof-needed': answers.signInFirst,
  'request/too-many': { code: 450, enhanced: '4.7.0', text: 'Too many attempts, try again later' },
  'server/busy': { code: 451, enhanced: '4.3.2', text: 'The server is busy, try again later' },
  'server/unavailable': answers.weather,
  'server/storage-full': answers.storageFull,
};

const REPLY_TEXT_CHARACTERS_MAX = 400; // RFC 5321 section 4.5.3.1.5: 512 for the whole line

/** What of a sentence may stand in a reply line: printable ASCII, the rest as what comes nearest, or a question mark. */
function printable(sentence: string): string {
  return sentence
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/[–—]/g, '-')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, REPLY_TEXT_CHARACTERS_MAX);
}
