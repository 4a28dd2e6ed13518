// Owns what an API key may be asked for: its name, scopes, senders and end, alike on the page, by the API and on the command
// line. Whatever it does not know it refuses.

import { displayLine, domainOf, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { DAY_MS, isoTime } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { scopes } from './api-keys.store.ts';
import type { Scope } from './api-keys.store.ts';

export interface TypedKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly senders: readonly string[];
  /** A day in UTC, the last of the key (`2027-01-31`), or a number of days (`90d`); '' for no end. */
  readonly expires: string;
}

export interface WantedKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly senders: readonly Address[];
  readonly expiresAt: string | null;
}

const DAYS_MAX = 3_650;

/** Throws request/malformed, policy/unknown-value or mail/author. */
export function wantedKey(typed: TypedKey, orgDomains: readonly string[], nowMs: number): WantedKey {
  if (typed.scopes.length === 0) throw new AppError('request/malformed', 'A key needs at least one scope.');
  return {
    name: checkName(typed.name),
    scopes: [...new Set(typed.scopes.map(scope))],
    senders: typed.senders.map((text) => sender(text, orgDomains)),
    expiresAt: end(typed.expires.trim(), nowMs),
  };
}

// It stands in a list, one key to a line.
function checkName(text: string): string {
  const max = limits.displayNameCharactersMax;
  if (text !== '' && displayLine(text, max) === text) return text;
  throw new AppError('request/malformed', `The name of a key has to be one line of 1 to ${max} characters.`);
}

function scope(text: string): Scope {
  const found = scopes.find((one) => one === text);
  if (found === undefined)
    throw new AppError('policy/unknown-value', `There is no scope ${shown(text)}. There are ${scopes.join(', ')}.`);
  return found;
}

function sender(text: string, orgDomains: readonly string[]): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new AppError('mail/author', `${shown(text)} is not a mail address.`);
  if (!orgDomains.includes(domainOf(address)))
    throw new AppError('mail/author', `${address} is not of the organisation, see ORG_DOMAINS.`);
  return address;
}

function end(text: string, nowMs: number): string | null {
  if (text === '') return null;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined && Number(days) >= 1 && Number(days) <= DAYS_MAX)
    return isoTime(nowMs + Number(days) * DAY_MS);
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) + DAY_MS : Number.NaN;
  const isDay = !Number.isNaN(ms) && isoTime(ms - DAY_MS).startsWith(text);
  if (isDay && ms > nowMs && ms <= nowMs + (DAYS_MAX + 1) * DAY_MS) return isoTime(ms);
  throw new AppError('request/malformed', `The end of a key is a day to come (2027-01-31) or a number of days (90d).`);
}

function shown(text: string): string {
  return displayLine(text, limits.displayNameCharactersMax);
}
