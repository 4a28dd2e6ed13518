// Owns bytes as letters and digits that people can read out and type: Crockford's base 32, without I, L, O and U. Pure.

import { CROCKFORD } from '../core/ids.ts';

/** Five bits a character, most significant first; five bytes make eight characters. */
export function crockford(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += CROCKFORD.charAt((held >> (bits - 5)) & 31);
  }
  return text;
}

/** What somebody typed, in the one spelling: what is easily mistaken for another character counts as that one. */
export function uncrumpled(typed: string): string {
  return typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
}
