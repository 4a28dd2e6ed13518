// Owns which road each recipient's mail takes: the portal, or past it where a rule lets a partner's mail go as it is. Pure.

import type { Asks, Wish } from './asks.ts';
import type { MailToDecide } from './mail-to-decide.ts';
import { encryptOnly } from './protection.ts';
import type { RuleOutcome } from './try-rules.ts';

export type Road =
  | { readonly road: 'portal' }
  /** As ordinary mail, to this host over TLS with a verified name only; where that cannot be had, by the portal after all. */
  | { readonly road: 'bypass'; readonly host: string; readonly port: number; readonly rule: string };

export interface Roads {
  /** One for each recipient, in their order. */
  readonly roads: readonly Road[];
  /** Why a rule's bypass is not taken, in words. */
  readonly barred: string | undefined;
}

export function roadsOf(
  mail: MailToDecide,
  applied: readonly RuleOutcome[],
  wishes: readonly Wish[],
  ruled: readonly Asks[],
): Roads {
  const gates = applied.flatMap(({ rule, recipients }) => {
    const bypass = rule.then.find((action) => action.bypass !== undefined)?.bypass;
    return bypass === undefined ? [] : [{ recipients, road: { road: 'bypass', ...bypass, rule: rule.id } as const }];
  });
  const barred = gates.length === 0 ? undefined : barOf(mail, wishes, ruled);
  const open = barred === undefined ? gates : [];
  return {
    roads: mail.recipients.map((_, n) => {
      const gate = open.find(({ recipients }) => recipients === undefined || recipients.includes(n));
      return gate?.road ?? portal;
    }),
    barred,
  };
}

const portal: Road = { road: 'portal' };

// What goes past the portal keeps no promise but that of its way. So nobody may have asked for another one.
function barOf({ fromOutside }: MailToDecide, wishes: readonly Wish[], ruled: readonly Asks[]): string | undefined {
  if (fromOutside) return 'it was written in the portal';
  if (wishes.some(({ isNote }) => isNote !== true)) return 'its sender asks for protection';
  return ruled.some(asksForMore) ? 'another rule asks for more' : undefined;
}

function asksForMore({ protection, expiresAtMs, demands, deliver }: Asks): boolean {
  return (
    (protection !== undefined && protection.rights.length < encryptOnly.rights.length) ||
    expiresAtMs !== undefined ||
    demands !== undefined ||
    deliver === 'portal'
  );
}
