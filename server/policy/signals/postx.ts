// Owns the headers by which Cisco's appliances are told how to seal a mail (X-PostX-…). Pure.

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { parseMailDate } from '../../mail/mail-date.ts';
import { checkExpiry, unknownValue } from '../ask.ts';
import type { PolicyFrame, Wish } from '../asks.ts';
import { encryptOnly, LIMITED } from '../protection.ts';
import type { Right } from '../protection.ts';
import { readBoolean } from './booleans.ts';
import { unknownHeader } from '../refusals.ts';
import type { HeaderBook } from './header-book.ts';

const EXPIRATION = 'X-PostX-ExpirationDate';
const RECEIPT = 'X-PostX-Send-Return-Receipt';
const switches: readonly (readonly [where: string, right: Right])[] = [
  ['X-PostX-Reply-Enabled', 'reply'],
  ['X-PostX-Reply-All-Enabled', 'reply-all'],
  ['X-PostX-Forward-Enabled', 'forward'],
];
// How the sealed file opens on the reader's machine; there is no such file here.
const meaningless = [
  'X-PostX-Use-Script',
  'X-PostX-Suppress-Applet-For-Open',
  'X-PostX-Remember-Envelope-Key-Checkbox',
  'X-PostX-ReadNotificationDate',
];

const known = new Set([EXPIRATION, RECEIPT, ...switches.map(([where]) => where), ...meaningless].map(lower));

/** Throws policy/unknown-value for a header or a value that is not known. */
export function postxWishes(headers: HeaderBook, frame: PolicyFrame): Wish[] {
  const names = headers.namesWith('x-postx');
  if (names.length === 0) return [];
  const stranger = names.find((name) => !known.has(name));
  if (stranger !== undefined) throw unknownHeader(stranger);
  return [
    ...rightsWish(headers),
    ...expirationWish(headers, frame),
    ...receiptWish(headers),
    ...meaningless
      .filter((where) => names.includes(lower(where)))
      .map((where) => ({ words: `${where}: means nothing here`, isNote: true }) as const),
  ];
}

// Each of the three is false where it is not said, once one of them is.
function rightsWish(headers: HeaderBook): Wish[] {
  const said = switches.map(([where, right]) => ({ where, right, value: readBoolean(headers, where) }));
  if (said.every(({ value }) => value === undefined)) return [];
  const without = new Set(said.filter(({ value }) => value !== true).map(({ right }) => right));
  // Answering everybody answers the sender as well.
  if (without.has('reply')) without.add('reply-all');
  const rights = encryptOnly.rights.filter((right) => !without.has(right));
  const words = said
    .filter(({ value }) => value !== undefined)
    .map(({ where, value }) => `${where}: ${value === true ? 'true' : 'false'}`)
    .join(', ');
  return [{ words, protection: without.size === 0 ? encryptOnly : { name: LIMITED, rights } }];
}

function expirationWish(headers: HeaderBook, frame: PolicyFrame): Wish[] {
  const value = headers.one(lower(EXPIRATION), EXPIRATION);
  if (value === undefined) return [];
  const expiresAtMs = parseExpiration(value, frame.nowMs);
  if (expiresAtMs === undefined) throw unknownValue(EXPIRATION, 'a time such as +24:00:00, +3 or a date');
  checkExpiry(expiresAtMs, EXPIRATION, frame);
  return [{ words: `${EXPIRATION}: ${value}`, expiresAtMs }];
}

const DAYS = /^\+(\d{1,4})$/;
const HOURS = /^\+(\d{1,5}):([0-5]\d):([0-5]\d)$/;

/** `+3`: days. `+24:00:00`: hours, minutes, seconds. Else a date as mails write one. */
function parseExpiration(value: string, nowMs: number): number | undefined {
  const days = DAYS.exec(value);
  if (days !== null) return nowMs + Number(days[1]) * DAY_MS;
  const hours = HOURS.exec(value);
  if (hours !== null) {
    return nowMs + Number(hours[1]) * HOUR_MS + Number(hours[2]) * MINUTE_MS + Number(hours[3]) * SECOND_MS;
  }
  const date = parseMailDate(value);
  return date === undefined ? undefined : Date.parse(date);
}

function receiptWish(headers: HeaderBook): Wish[] {
  return readBoolean(headers, RECEIPT) === true ? [{ words: `${RECEIPT}: true`, isNote: true, readReceipt: true }] : [];
}

function lower(name: string): string {
  return name.toLowerCase();
}
