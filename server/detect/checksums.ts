// Owns the check digits that several kinds of numbers share. All take digits, and never anything else.

/** Digits multiplied by these weights and added up; digits without a weight do not count. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * digitAt(digits, at), 0);
}

/** The digit at this place, as a number. */
export function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at) - 0x30;
}

/** ISO/IEC 7812-1 annex B. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digitAt(digits, digits.length - 1 - at);
    const counted = at % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

/** The remainder of a number of any length by 97. */
export function modulo97(digits: string): number {
  let rest = 0;
  for (let at = 0; at < digits.length; at += 1) rest = (rest * 10 + digitAt(digits, at)) % 97;
  return rest;
}

/** ISO/IEC 7064, MOD 11,10, with its check digit last. */
export function isMod1110(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at += 1) {
    const sum = (digitAt(digits, at) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (product + digitAt(digits, digits.length - 1)) % 10 === 1;
}

// Verhoeff, Error Detecting Decimal Codes (1969): the group of a pentagon's turns and mirrorings, and a permutation.
const TURNS = 5;
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
const PERMUTED = permutations();

/** With its check digit last. */
export function isVerhoeff(digits: string): boolean {
  let rest = 0;
  for (let at = 0; at < digits.length; at += 1) {
    rest = dihedral(rest, PERMUTED[at % PERMUTED.length]?.[digitAt(digits, digits.length - 1 - at)] ?? 0);
  }
  return rest === 0;
}

function dihedral(left: number, right: number): number {
  const [turn, by] = [left % TURNS, right % TURNS];
  if (left < TURNS) return ((turn + by) % TURNS) + (right < TURNS ? 0 : TURNS);
  return ((turn - by + TURNS) % TURNS) + (right < TURNS ? TURNS : 0);
}

function permutations(): number[][] {
  const rows = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]];
  while (rows.length < 8) rows.push((rows.at(-1) ?? []).map((digit) => PERMUTATION[digit] ?? 0));
  return rows;
}

/** True for a day that this month can have; February has 29. */
export function isDayOf(day: number, month: number): boolean {
  const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}
