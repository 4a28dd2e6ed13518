// Owns what holds of all that is asked for: the most restrictive, in every respect. Pure.

import { DAY_MS, isoTime } from '../core/clock.ts';
import { joinWords } from '../core/proofs.ts';
import { NEVER_MS } from './asks.ts';
import type { Asks, Delivery, PolicyFrame } from './asks.ts';
import { encryptOnly, stricter } from './protection.ts';
import type { Protection } from './protection.ts';

export const DEFAULT_BRAND = 'default';

export interface Terms {
  /** Called as the strictest that was asked for; its rights are those that all of them grant. */
  readonly protection: Protection;
  /** ISO 8601 UTC; null: never. */
  readonly expiresAt: string | null;
  /** Beyond it no sender may move the end; null: no rule and no label's template names an end. ISO 8601 UTC. */
  readonly policyEnd: string | null;
  readonly brand: string;
  /** What readers must prove, blank-separated; '' for any way in. Every wish counts. */
  readonly demands: string;
  /** Another road than the portal only where somebody asks for it and nobody for the portal. */
  readonly deliver: Delivery;
  /** Undefined: the brand's. */
  readonly reminderDays: number | undefined;
  /** Undefined: as long as any message. */
  readonly retentionDays: number | undefined;
  /** Which of these stand only because nobody asked. */
  readonly byDefault: { readonly protection: boolean; readonly expiry: boolean };
  /** The end was drawn in to EXPIRY_DAYS_MAX. */
  readonly isCapped: boolean;
}

/** In the order of precedence where only one can hold: wishes first, then rules in their order. `domain`: whose brand it gets where nothing asks for one. */
export function merge(asked: readonly Asks[], frame: PolicyFrame, domain: string): Terms {
  const protections = asked.flatMap(({ protection }) => protection ?? []);
  const times = asked.flatMap(({ expiresAtMs }) => expiresAtMs ?? []);
  const bindingMs = Math.min(
    NEVER_MS,
    ...asked.flatMap(({ isBindingEnd, expiresAtMs }) => (isBindingEnd === true ? (expiresAtMs ?? []) : [])),
  );
  const retentions = asked.flatMap(({ retentionDays }) => retentionDays ?? []);
  const roads = asked.flatMap(({ deliver }) => deliver ?? []);
  const latestMs = frame.nowMs + frame.expiryDaysMax * DAY_MS;
  const askedMs = times.length === 0 ? frame.nowMs + frame.expiryDaysDefault * DAY_MS : Math.min(...times);
  // A template may last for ever, but an end that it names lies within what this server allows.
  const isCapped = times.length > 0 && askedMs > latestMs && askedMs !== NEVER_MS;
  const endMs = isCapped ? latestMs : askedMs;
  return {
    protection: mergeProtections(protections),
    expiresAt: endMs === NEVER_MS ? null : isoTime(endMs),
    policyEnd: bindingMs === NEVER_MS ? null : isoTime(bindingMs),
    brand: asked.find(({ brand }) => brand !== undefined)?.brand ?? frame.brandByDomain.get(domain) ?? DEFAULT_BRAND,
    demands: joinWords(asked.flatMap(({ demands }) => demands ?? [])),
    deliver: (['portal', 'smime', 'tls', 'best'] as const).find((road) => roads.includes(road)) ?? 'portal',
    reminderDays: asked.find(({ reminderDays }) => reminderDays !== undefined)?.reminderDays,
    retentionDays: retentions.length === 0 ? undefined : Math.min(...retentions),
    byDefault: { protection: protections.length === 0, expiry: times.length === 0 },
    isCapped,
  };
}

function mergeProtections(protections: readonly Protection[]): Protection {
  if (protections.length === 0) return encryptOnly;
  const { name } = protections.reduce(stricter);
  return {
    name,
    rights: encryptOnly.rights.filter((right) => protections.every(({ rights }) => rights.includes(right))),
  };
}
