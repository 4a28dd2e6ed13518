// Owns the second line of a passport's machine-readable zone (ICAO Doc 9303, part 4, section 4.2.2): its fields and check
// digits. It never says that a line is evidence of anything else.

const LINE = /([A-Z0-9<]{9})(\d)([A-Z<]{3})(\d{6})(\d)([MFX<])(\d{6})(\d)([A-Z0-9<]{14})([\d<])(\d)/y;
const SHORTEST_TOKEN = 13;

/** The passport number of the line that begins here, if one does. */
export function machineLineAt(
  ids: string,
  start: number,
  tokenEnd: number,
): { readonly value: string; readonly start: number; readonly end: number } | undefined {
  if (tokenEnd - start < SHORTEST_TOKEN) return undefined;
  LINE.lastIndex = start;
  const fields = LINE.exec(ids);
  if (fields === null) return undefined;
  const [
    line,
    number = '',
    numberCheck = '',
    ,
    birth = '',
    birthCheck = '',
    ,
    expiry = '',
    expiryCheck = '',
    personal = '',
    personalCheck = '',
    check = '',
  ] = fields;
  const whole = number + numberCheck + birth + birthCheck + expiry + expiryCheck + personal + personalCheck;
  const isRight =
    isChecked(number, numberCheck) &&
    isChecked(birth, birthCheck) &&
    isChecked(expiry, expiryCheck) &&
    isChecked(personal, personalCheck === '<' ? '0' : personalCheck) &&
    isChecked(whole, check);
  return isRight ? { value: number.replace(/<+$/, ''), start, end: start + line.length } : undefined;
}

const WEIGHTS = [7, 3, 1];

function isChecked(field: string, check: string): boolean {
  const sum = Array.from(field).reduce((sum, letter, at) => sum + countOf(letter) * (WEIGHTS[at % 3] ?? 0), 0);
  return sum % 10 === Number(check);
}

function countOf(letter: string): number {
  if (letter === '<') return 0;
  return Number.parseInt(letter, 36);
}
