// Owns the contexts: the text that says what sealed bytes are and where they belong (docs/envelope.md, section 3).
// Two different places never make the same text, so bytes that were moved do not open. It never seals.

import { isId } from '../core/ids.ts';

const VERSION = 'sealpost/1';
const PART_NUMBERS_MAX = 100_000;
const WORD = /^[a-z][a-z -]{0,31}$/;
const RECORD_NAME = /^[a-z][a-z-]{0,31} [0-9A-Za-z_-]{1,64}$/;

/** Part `n` (from 0) of a message, sealed under its data key. `purpose` is a lower-case word: `html`, `attachment`. */
export function partContext(messageId: string, n: number, purpose: string): string {
  checkShape(Number.isInteger(n) && n >= 0 && n < PART_NUMBERS_MAX, 'part number');
  return `${messageContext(messageId)}/part/${n}/${checkWord(purpose)}`;
}

/** What is known about a message: subject, names, headers. Sealed under its data key. */
export function metaContext(messageId: string): string {
  return `${messageContext(messageId)}/meta`;
}

/** What is known about one recipient of a message. Sealed under the message's data key. */
export function recipientContext(messageId: string, recipientId: string): string {
  checkShape(isId(recipientId), 'recipient id');
  return `${messageContext(messageId)}/recipient/${recipientId}`;
}

/** What became of bringing the mail itself to one recipient. Sealed under the message's data key. */
export function deliveryContext(messageId: string, recipientId: string): string {
  checkShape(isId(recipientId), 'recipient id');
  return `${messageContext(messageId)}/delivery/${recipientId}`;
}

/** What a reader has typed and not sent: saved by them, or set aside when their session ended. Under the message's data key. */
export function draftContext(messageId: string, recipientId: string, purpose: 'draft' | 'set-aside'): string {
  checkShape(isId(recipientId), 'recipient id');
  return `${messageContext(messageId)}/${checkWord(purpose)}/${recipientId}`;
}

/** Raw mail set aside while it is read, under a key of its own that is never stored. */
export function spoolContext(id: string): string {
  checkShape(isId(id), 'spool id');
  return `${VERSION}/spool/${id}`;
}

/** Something small that belongs to no message. `name`: a noun, a blank, the id of its row, as in `outbox 17`. */
export function recordContext(name: string): string {
  checkShape(RECORD_NAME.test(name), 'record name');
  return `${VERSION}/record/${name}`;
}

/** Separates the key that wraps one message's data key from every other key. */
export function wrappingKeyLabel(keyId: string, messageId: string): string {
  checkShape(isId(messageId), 'message id');
  return `${VERSION}/wrapping-key/${keyId}/${messageId}`;
}

/** What a wrapped data key is bound to: format version, purpose, key and message. */
export function wrappedDataKeyLabel(keyId: string, messageId: string): string {
  checkShape(isId(messageId), 'message id');
  return `${VERSION}/wrapped-data-key/${keyId}/${messageId}`;
}

/** Separates the key that seals records from every other key. */
export function recordKeyLabel(keyId: string): string {
  return `${VERSION}/record-key/${keyId}`;
}

/** The start of what is keyed-hashed for a purpose; the NUL ends it, since no purpose can hold one. */
export function keyedHashLabel(kind: 'index' | 'mac', purpose: string): string {
  return `${VERSION}/${kind}/${checkWord(purpose)}\0`;
}

function messageContext(messageId: string): string {
  checkShape(isId(messageId), 'message id');
  return `${VERSION}/message/${messageId}`;
}

function checkWord(word: string): string {
  checkShape(WORD.test(word), 'word');
  return word;
}

// A `/` inside a name could make two places one, so every name is checked.
function checkShape(fits: boolean, what: string): void {
  if (!fits) throw new TypeError(`A context needs a well-formed ${what}.`);
}
