// Owns which protections a person can choose from: those that can be had here now. Pure.

import type { PolicyFrame } from './asks.ts';
import { whyNot } from './decide.ts';
import type { Protection } from './protection.ts';
import { templateAsks } from './template-asks.ts';

export interface Offered {
  readonly protection: Protection;
  /** What an administrator calls it; a built-in one is called by the catalogue. */
  readonly title: string | undefined;
  /** Its end, where it has one of its own; NEVER_MS: never. */
  readonly expiresAtMs: number | undefined;
  readonly needsPhrase: boolean;
}

/** The built-in ones first, then those of the organisation in their order. */
export function offeredProtections(frame: PolicyFrame): Offered[] {
  return [...frame.policy.templates.values()].flatMap((template) => {
    const asks = templateAsks(template, frame.nowMs);
    if (whyNot(asks, frame, true) !== undefined) return [];
    return {
      protection: template.asks.protection,
      title: template.title,
      expiresAtMs: asks.expiresAtMs,
      needsPhrase: whyNot(asks, frame, false) !== undefined,
    };
  });
}
