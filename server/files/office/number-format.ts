// Owns how the number in a cell reads: whole where a file shortens it, and filled up to the digits that its format
// shows. A format that does anything else to a number is left alone. Pure.

/** `4.11111E+15` with all its digits; anything but such a number as it is. */
export function wholeNumber(value: string): string {
  const [, sign = '', first = '', rest = '', power = ''] = SCIENTIFIC.exec(value) ?? [];
  if (first === '') return value;
  // Written with a digit more than a double has: the double is what was meant.
  const number = Number(value);
  if (Number.isSafeInteger(number)) return String(number);
  const places = Number(power);
  return places < rest.length ? value : `${sign}${first}${rest}${'0'.repeat(places - rest.length)}`;
}

/** The number as a format of digits and signs between them shows it; undefined when the format is of another kind. */
export function maskedNumber(value: string, format: string): string | undefined {
  if (!/^\d{1,30}$/.test(value) || format.length > FORMAT_CHARACTERS_MAX) return undefined;
  const tokens = tokensOf(format);
  const places = tokens?.filter(({ place }) => place).length ?? 0;
  if (tokens === undefined || places < 2) return undefined;
  let digits = value;
  let shown = '';
  let left = places;
  for (const { place, sign } of tokens.toReversed()) {
    if (!place) {
      shown = sign + shown;
      continue;
    }
    left -= 1;
    // More digits than places stand before the first of them.
    const own = left === 0 ? digits : digits.slice(-1);
    shown = (own === '' && sign === '0' ? '0' : own) + shown;
    digits = digits.slice(0, -1);
  }
  return shown;
}

const SCIENTIFIC = /^(-?)(\d)(?:\.(\d{1,30}))?E\+?(\d{1,2})$/i;
const FORMAT_CHARACTERS_MAX = 200;

interface Token {
  readonly place: boolean;
  readonly sign: string;
}

// ECMA-376 part 1, section 18.8.31. The first section is the one for positive numbers.
function tokensOf(format: string): Token[] | undefined {
  const tokens: Token[] = [];
  const section = /^(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"])*/.exec(format)?.[0] ?? '';
  for (const [whole, quoted, escaped, bracket] of section.matchAll(/"([^"]*)"|\\(.)|[_*](?:.)|(\[[^\]]*\])|./g)) {
    if (quoted !== undefined || escaped !== undefined) tokens.push({ place: false, sign: quoted ?? escaped ?? '' });
    else if (bracket !== undefined || /^[_*]/.test(whole)) continue;
    else if (/^[0#?]$/.test(whole)) tokens.push({ place: true, sign: whole });
    else if (/^[-\s()/:+$]$/.test(whole)) tokens.push({ place: false, sign: whole });
    else return undefined;
  }
  return tokens;
}
