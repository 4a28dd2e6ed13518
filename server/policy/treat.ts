// Owns what becomes of a mail once it is known what asks for what, and which rules made a difference to that. Pure.

import { domainOf } from '../core/address.ts';
import type { PolicyFrame, Wish } from './asks.ts';
import type { MailToDecide } from './mail-to-decide.ts';
import { merge } from './merge.ts';
import type { Terms } from './merge.ts';
import { roadsOf } from './roads.ts';
import type { Roads } from './roads.ts';
import type { Ruled } from './rule-effects.ts';
import type { RuleOutcome } from './try-rules.ts';

export interface ToTreat {
  readonly mail: MailToDecide;
  readonly frame: PolicyFrame;
  readonly wishes: readonly Wish[];
  readonly ruled: readonly Ruled[];
  readonly applied: readonly RuleOutcome[];
}

export interface Treated extends Roads {
  readonly merged: Terms;
  /** Who is sent a copy as well, each once. */
  readonly reviewers: readonly string[];
}

export function treat({ mail, frame, wishes, ruled, applied }: ToTreat): Treated {
  const asked = ruled.flatMap(({ asks }) => asks);
  const merged = merge([...wishes, ...asked], frame, houseDomain(mail));
  return {
    merged,
    ...roadsOf({ mail, applied, wishes, ruled, deliver: merged.deliver, frame }),
    reviewers: [...new Set(ruled.flatMap(({ rule }) => rule.then.flatMap(({ reviewer }) => reviewer ?? [])))],
  };
}

/** Beyond so many that apply at once none is called idle: a mail does not wait for statistics. */
const COMPARED_MAX = 40;

/**
 * Ids of the rules that could be taken away, each by itself, and the mail would be treated just so: a stricter wish or rule
 * asks for more, or another asks for the same. Of two that ask for the same, both are idle; not both could be taken away.
 */
export function idleRules(all: ToTreat, treated: Treated): ReadonlySet<string> {
  const { ruled, applied } = all;
  if (ruled.length > COMPARED_MAX) return new Set();
  const before = weightOf(treated);
  const idle = ruled.filter(({ rule }) => {
    // Each hold has to be lifted for itself.
    if (rule.then.some(({ hold }) => hold !== undefined)) return false;
    const without = treat({
      ...all,
      ruled: ruled.filter((one) => one.rule !== rule),
      applied: applied.filter((one) => one.rule !== rule),
    });
    return weightOf(without) === before;
  });
  return new Set(idle.map(({ rule }) => rule.id));
}

// Whether something stands by default is of no weight: it stands.
function weightOf({ merged, roads, reviewers }: Treated): string {
  const terms = { ...merged, byDefault: undefined, isCapped: undefined };
  // Nor which of two rules led past the portal to the same host.
  return JSON.stringify([terms, roads.map((road) => ({ ...road, rule: undefined })), reviewers]);
}

/** Of the organisation's side: what somebody outside writes first looks as those look that they write to. */
function houseDomain({ from, fromOutside, recipients }: MailToDecide): string {
  return domainOf(fromOutside ? (recipients[0] ?? from) : from);
}
