// Owns what applying a template asks for. Pure.

import { DAY_MS } from '../core/clock.ts';
import { NEVER_MS } from './asks.ts';
import type { Asks } from './asks.ts';
import { parseExpiry } from './expiry.ts';
import type { Protection } from './protection.ts';
import type { Template } from './templates.ts';

/** A template, ready to be applied; a built-in protection is one that says nothing but its rights. */
export interface UsableTemplate {
  /** What people call it; a built-in one is called by the catalogue. */
  readonly title?: string;
  readonly expiry?: NonNullable<Template['expiry']>;
  /** What it asks for at any time. */
  readonly asks: Asks & { readonly protection: Protection };
}

export function templateAsks({ expiry, asks }: UsableTemplate, nowMs: number): Asks {
  return expiry === undefined ? asks : { ...asks, expiresAtMs: endOf(expiry, nowMs) };
}

function endOf({ days = 0, until }: NonNullable<Template['expiry']>, nowMs: number): number {
  if (until === undefined) return days === 0 ? NEVER_MS : nowMs + days * DAY_MS;
  const at = parseExpiry(until, nowMs);
  if (at === undefined) throw new Error('a template was kept with an end that cannot be read');
  return at;
}
