// Owns the reading of a Date header. JavaScript's own parser reads almost any text as some date, so it is not asked.

import { isoTime } from '../core/clock.ts';

/** ISO 8601 UTC, or undefined when it is not a date-time of RFC 5322 section 3.3 (or 4.3, the obsolete zones). */
export function parseMailDate(text: string): string | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [, day = '', monthName = '', yearText = '', hour = '', minute = '', second = '0', zone = ''] = match;
  const month = MONTHS.indexOf(monthName.toLowerCase());
  const zoneMinutes = zoneOffsetMinutes(zone);
  if (month < 0 || zoneMinutes === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  const midnightMs = Date.UTC(fullYear(yearText), month, Number(day));
  if (new Date(midnightMs).getUTCDate() !== Number(day)) return undefined; // 31 February rolls over
  const ms = midnightMs + ((Number(hour) * 60 + Number(minute) - zoneMinutes) * 60 + Number(second)) * 1_000;
  return ms < 0 ? undefined : isoTime(ms);
}

const DATE_TIME =
  /^(?:[A-Za-z]{3}\s{0,4},?\s{0,4})?(\d{1,2})\s{1,4}([A-Za-z]{3})\s{1,4}(\d{2,4})\s{1,4}(\d{1,2}):(\d{2})(?::(\d{2}))?\s{1,4}([+-]\d{4}|[A-Za-z]{1,3})(?![\w+-])/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NAMED_ZONES: ReadonlyMap<string, number> = new Map([
  ['UT', 0],
  ['GMT', 0],
  ['UTC', 0],
  ['Z', 0],
  ['EDT', -4],
  ['EST', -5],
  ['CDT', -5],
  ['CST', -6],
  ['MDT', -6],
  ['MST', -7],
  ['PDT', -7],
  ['PST', -8],
]);

function zoneOffsetMinutes(zone: string): number | undefined {
  const named = NAMED_ZONES.get(zone.toUpperCase());
  if (named !== undefined) return named * 60;
  // Other letters are military zones, which were misdefined: they count as "-0000".
  if (!/^[+-]\d{4}$/.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  if (minutes > 24 * 60) return undefined;
  return zone.startsWith('-') ? -minutes : minutes;
}

/** RFC 5322 section 4.3: years of two and three digits. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return text.length === 3 ? 1900 + year : year;
}
