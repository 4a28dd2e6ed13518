// Owns the headers by which Sophos Email is told how to seal a mail. Pure.

import { DAY_MS } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { checkExpiry, unknownValue } from '../ask.ts';
import type { PolicyFrame, Wish } from '../asks.ts';
import { readBoolean } from './booleans.ts';
import { unknownHeader } from '../refusals.ts';
import type { HeaderBook } from './header-book.ts';

const PREFIX = 'X-SophosEmailEncrypt';
const EXPIRY = `${PREFIX}-ExpiryPeriod`;
const READ = `${PREFIX}-ReadNotification`;
const SENT = `${PREFIX}-SendNotification`;
// A reader who proves nothing, and a code that its sender passes on: neither can be had here.
const notHere = [`${PREFIX}-NoAuth`, `${PREFIX}-VerificationCode`];
const known = new Set([EXPIRY, READ, SENT, ...notHere].map((name) => name.toLowerCase()));

const periods: ReadonlyMap<string, number> = new Map([
  ['fivedays', 5],
  ['oneweek', 7],
  ['twoweeks', 14],
]);

/** Throws policy/unknown-value for a header or value that is not known, policy/refused for what cannot be granted. */
export function sophosWishes(headers: HeaderBook, frame: PolicyFrame): Wish[] {
  const names = headers.namesWith(PREFIX.toLowerCase());
  if (names.length === 0) return [];
  const stranger = names.find((name) => !known.has(name));
  if (stranger !== undefined) throw unknownHeader(stranger);
  for (const where of notHere) {
    if (readBoolean(headers, where) === true) {
      throw new AppError('policy/refused', `${where}: every reader signs in here, by a way that this server offers.`);
    }
  }
  return [...expiryWish(headers, frame), ...noticeWishes(headers)];
}

function expiryWish(headers: HeaderBook, frame: PolicyFrame): Wish[] {
  const period = headers.one(EXPIRY.toLowerCase(), EXPIRY);
  if (period === undefined) return [];
  const expiresAtMs = endOf(period.toLowerCase(), frame.nowMs);
  if (expiresAtMs === undefined) throw unknownValue(EXPIRY, 'today, fiveDays, oneWeek or twoWeeks');
  checkExpiry(expiresAtMs, EXPIRY, frame);
  return [{ words: `${EXPIRY}: ${period}`, expiresAtMs }];
}

/** Today ends where a bare date ends: with the day in UTC. */
function endOf(period: string, nowMs: number): number | undefined {
  if (period === 'today') return (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  const days = periods.get(period);
  return days === undefined ? undefined : nowMs + days * DAY_MS;
}

function noticeWishes(headers: HeaderBook): Wish[] {
  return [
    ...(readBoolean(headers, READ) === true
      ? ([{ words: `${READ}: true`, isNote: true, readReceipt: true }] as const)
      : []),
    ...(readBoolean(headers, SENT) === true
      ? ([{ words: `${SENT}: true; the sender sees it on the page of the message`, isNote: true }] as const)
      : []),
  ];
}
