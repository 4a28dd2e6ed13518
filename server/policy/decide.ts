// Owns the decision: what protection a mail gets, and why. Pure: the same mail and frame give the same
// decision on any machine. The most restrictive wish wins; where nobody asks, the default holds.

import { DAY_MS, isoTime } from '../core/clock.ts';
import { joinWords } from '../core/proofs.ts';
import type { Seen } from '../detect/look.ts';
import { headerSignals } from './header-signals.ts';
import { encryptOnly, stricter } from './protection.ts';
import type { Protection } from './protection.ts';
import type { PolicyFrame, Wish } from './ask.ts';
import { subjectTags } from './subject-tags.ts';

export interface MailToDecide {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly subject: string;
  /** Wishes of a form or an API call, already read by ask.ts. */
  readonly fields: readonly Wish[];
  /** Of what the rules want to know of the content; absent when that is nothing. */
  readonly seen?: Seen;
}

export interface Decision {
  readonly protection: Protection;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
  readonly brand: string;
  /** What readers must prove, blank-separated; '' for any way in. Every wish counts. */
  readonly demands: string;
  /** The subject without the tags that were understood. */
  readonly subject: string;
  /** What was asked for and what holds, in words, in the order it was looked at. */
  readonly reasons: readonly string[];
}

export const DEFAULT_BRAND = 'default';

/** Throws policy/unknown-value or policy/refused for a wish that cannot be granted. */
export function decide(mail: MailToDecide, frame: PolicyFrame): Decision {
  const tagged = subjectTags(mail.subject);
  const wishes = [...mail.fields, ...headerSignals(mail.headers, frame), ...tagged.wishes];
  const asked = wishes.flatMap((wish) => wish.protection ?? []);
  const times = wishes.flatMap((wish) => wish.expiresAtMs ?? []);
  const protection = asked.length === 0 ? encryptOnly : asked.reduce(stricter);
  const demands = joinWords(wishes.flatMap((wish) => wish.demands ?? []));
  const expiresAtMs = times.length === 0 ? frame.nowMs + frame.expiryDaysDefault * DAY_MS : Math.min(...times);
  return {
    protection,
    expiresAt: isoTime(expiresAtMs),
    demands,
    brand: wishes.find((wish) => wish.brand !== undefined)?.brand ?? DEFAULT_BRAND,
    subject: tagged.subject,
    reasons: [
      ...wishes.map((wish) => wish.words),
      `protection ${protection.name}${asked.length === 0 ? ' by default' : ''}`,
      ...(demands === '' ? [] : [`readers prove ${demands}`]),
      `expiry ${isoTime(expiresAtMs)}${times.length === 0 ? ' by default' : ''}`,
    ],
  };
}
