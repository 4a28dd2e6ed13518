// Owns how a secret is told from a name, a number or a path: by the mix of its letters. It never knows what a secret is of.

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const HEX = /^[0-9a-f]+$/i;
const HEX_LETTERS_MIN = 24;
// In bits a letter: random hexadecimal of 32 letters has 3.6 or so, random base64 4.5 and more, English words 3.5.
const HEX_ENTROPY_MIN = 2.9;
const ENTROPY_MIN = 3.4;
const PIECES = /[-_./~]+/;

const SIGNS = /[^A-Za-z0-9\-_./~=+]/g;
const SIGNS_MIN = 2;

/** The secret that was given, without signs that only end the sentence; undefined when it is no secret. */
export function secretValue(given: string, kind: 'any' | 'not-hex'): string | undefined {
  const value = given.replace(/[.~-]+$/, '').replace(/(?<!=)\/$/, '');
  if (value.length < 16 || UUID.test(value) || !/\d/.test(value) || !/[a-z]/i.test(value)) return undefined;
  if (HEX.test(value) && kind === 'not-hex') return undefined;
  if (HEX.test(value))
    return value.length >= HEX_LETTERS_MIN && entropyOf(value) >= HEX_ENTROPY_MIN ? value : undefined;
  // A password with signs in it; what has a dollar and a bracket is a variable's place, and an address none.
  const isPassword =
    (value.match(SIGNS)?.length ?? 0) >= SIGNS_MIN &&
    !/[${]\{|[<>]|:\/\//.test(value) &&
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value);
  return (isMixed(value) || isPassword) && entropyOf(value) >= ENTROPY_MIN ? value : undefined;
}

// Names and paths are made of words and numbers; in a secret, digits and letters stand side by side.
function isMixed(value: string): boolean {
  const longest = value.split(PIECES).reduce((longest, piece) => (mixes(piece) > mixes(longest) ? piece : longest), '');
  return mixes(longest) >= 2 && longest.length >= 8;
}

// How often letters change: from digit to letter, from small to capital.
function mixes(piece: string): number {
  return piece.match(/\d(?=[A-Za-z])|[A-Za-z](?=\d)|[a-z](?=[A-Z]{2}|[A-Z]\d)/g)?.length ?? 0;
}

/** Shannon's entropy, in bits a letter. */
function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
