// Owns the kinds of identifiers. They are made by crypto/random.ts; here stands only what they look like.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 26 characters of lower-case Crockford base 32: 48 bits of milliseconds, then 80 random bits; sorts by time. */
export type MessageId = Branded<'MessageId'>;
export type RecipientId = Branded<'RecipientId'>;

const ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** True when the text has the shape of an id made here. Says nothing about whether it exists. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && ID_PATTERN.test(text);
}

export function isMessageId(text: unknown): text is MessageId {
  return isId(text);
}

const TOKEN_PATTERN = /^[A-Za-z0-9_-]{22}$/;

/** True when the text has the shape of what newToken makes. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && TOKEN_PATTERN.test(text);
}

export const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;

/** When the id was made, in milliseconds since the epoch, by the clock of whoever made it. */
export function idTimeMs(id: string): number {
  return [...id.slice(0, TIME_CHARACTERS)].reduce((ms, character) => ms * 32 + CROCKFORD.indexOf(character), 0);
}

/** Comes before every id that is made at that moment or later, and after every one made before. */
export function firstIdAt(ms: number): string {
  const characters: string[] = [];
  for (let n = 0, left = Math.max(0, ms); n < TIME_CHARACTERS; n += 1, left = Math.floor(left / 32)) {
    characters.unshift(CROCKFORD.charAt(left % 32));
  }
  return characters.join('');
}
