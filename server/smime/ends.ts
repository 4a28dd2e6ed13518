// Owns when administrators are told that a certificate will expire, and has: 90, 60 and 30 days before, and then. Pure.

import { DAY_MS, isoTime } from '../core/clock.ts';

/** 0: it has expired. */
const DAYS_BEFORE = [90, 60, 30, 0] as const;

/** When something is to be told first. */
export function firstTelling(notAfter: string): string {
  return tellingAt(notAfter, DAYS_BEFORE[0]);
}

/** What is to be told now, and when there is more; whoever hears of 30 days needs not hear of 90 any more. */
export function tellingNow(notAfter: string, nowMs: number): { readonly days: number; readonly next: string | null } {
  const now = isoTime(nowMs);
  const due = DAYS_BEFORE.filter((days) => tellingAt(notAfter, days) <= now);
  const days = due.at(-1) ?? DAYS_BEFORE[0];
  const later = DAYS_BEFORE.find((one) => one < days);
  return { days, next: later === undefined ? null : tellingAt(notAfter, later) };
}

function tellingAt(notAfter: string, days: number): string {
  // It is good until the last of its milliseconds.
  return isoTime(Date.parse(notAfter) - days * DAY_MS + 1);
}
