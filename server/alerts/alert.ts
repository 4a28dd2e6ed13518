// Owns which things administrators are told of without asking, and what one of them is. Pure.

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/clock.ts';

interface KindRule {
  /** Not found for so long, it is over: what comes and goes is told of once. */
  readonly calmMs: number;
  /** False: a mail of its own tells of it. */
  readonly isMailed: boolean;
}

const often: KindRule = { calmMs: 15 * MINUTE_MS, isMailed: true };
const seldom: KindRule = { calmMs: HOUR_MS, isMailed: true };

export const alertKinds = {
  /** Part of the program does not work; about: which. */
  health: often,
  'queue-late': often,
  'relay-refuses': often,
  'relay-away': often,
  /** About: the domain. */
  'domain-failing': { calmMs: 30 * MINUTE_MS, isMailed: true },
  /** What a partner's servers prove became less; about: the domain. */
  'tls-weakened': often,
  /** For S/MIME; about: its id. Mails of its own count the days. */
  'certificate-ending': { calmMs: HOUR_MS, isMailed: false },
  /** By which our own servers prove themselves; about: where it is used. */
  'own-tls-ending': seldom,
  /** By which a peer proves itself at ingestion; about: the peer's name. */
  'inbound-ending': seldom,
  /** The one that seals; about: its id. */
  'key-old': seldom,
  /** Its record in the DNS is not that of our key; about: the record's name. */
  'dkim-broken': { calmMs: 2 * HOUR_MS, isMailed: true },
  /** It switched itself off; about: its id. */
  'webhook-off': often,
} as const satisfies Record<string, KindRule>;

export type AlertKind = keyof typeof alertKinds;

/** Something that is wrong at this moment. */
export interface Finding {
  readonly kind: AlertKind;
  /** What it is about, in one spelling: the same trouble has the same. '' where there is only one. */
  readonly about: string;
  /** The particulars, for the sentence that tells of it. */
  readonly detail?: string;
  /** How many days are left, of those that are told: with fewer it is told once more. */
  readonly step?: number;
}

export interface Alert extends Finding {
  readonly key: string;
  readonly since: string;
  readonly seenAt: string;
  /** Undefined: it stands. */
  readonly overAt: string | undefined;
}

/** So long one that is over is still shown. */
export const OVER_SHOWN_MS = 7 * DAY_MS;

export function isAlertKind(text: string): text is AlertKind {
  return Object.hasOwn(alertKinds, text);
}

/** Whether it is over: nobody has found it for a while. */
export function isCalm({ kind, seenAt }: Alert, nowMs: number): boolean {
  return nowMs - Date.parse(seenAt) >= alertKinds[kind].calmMs;
}
