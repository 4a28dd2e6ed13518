// Owns which road each recipient's mail takes: the portal, encrypted to a certificate, directly to the recipient's own servers, or
// past the portal where a rule lets a partner's mail go as it is. Pure: which of them is open is seen when it is sent.

import type { Asks, Delivery, PolicyFrame, Wish } from './asks.ts';
import { NEVER_MS } from './asks.ts';
import type { MailToDecide } from './mail-to-decide.ts';
import { encryptOnly } from './protection.ts';
import type { Ruled } from './rule-effects.ts';
import type { RuleOutcome } from './try-rules.ts';

export type Road =
  | { readonly road: 'portal' }
  /** Encrypted to the recipient's certificate; where none can be used, by the portal. */
  | { readonly road: 'smime' }
  /** As ordinary mail, over TLS that evidence vouches for; where that cannot be had, by the portal after all. */
  | { readonly road: 'tls' }
  /** The first of these that is open: encrypted, over verified TLS, by the portal. */
  | { readonly road: 'best' }
  /** Over TLS to this host, with a verified name, unless its domain has a connector, which then says how. */
  | { readonly road: 'bypass'; readonly host: string; readonly port: number; readonly rule: string };

export interface Roads {
  /** One for each recipient, in their order. */
  readonly roads: readonly Road[];
  /** Why another road than the portal is asked for and not taken, in words. */
  readonly notes: readonly string[];
}

export interface RoadsAsked {
  readonly mail: MailToDecide;
  readonly applied: readonly RuleOutcome[];
  readonly wishes: readonly Wish[];
  readonly ruled: readonly Ruled[];
  /** What holds of all that is asked. */
  readonly deliver: Delivery;
  readonly frame: Pick<PolicyFrame, 'offers'>;
}

export function roadsOf(asked: RoadsAsked): Roads {
  const { mail, applied } = asked;
  const gates = applied.flatMap(({ rule, recipients }) => {
    const bypass = rule.then.find((action) => action.bypass !== undefined)?.bypass;
    return bypass === undefined ? [] : [{ recipients, road: { road: 'bypass', ...bypass, rule: rule.id } as const }];
  });
  const barred = gates.length === 0 ? undefined : barOf(asked);
  const open = barred === undefined ? gates : [];
  const bound = asked.deliver === 'portal' ? undefined : bindingOf(asked);
  const usual: Road = asked.deliver === 'portal' || bound !== undefined ? portal : { road: asked.deliver };
  return {
    roads: mail.recipients.map((_, n) => {
      const gate = open.find(({ recipients }) => recipients === undefined || recipients.includes(n));
      return gate?.road ?? usual;
    }),
    notes: [
      ...(barred === undefined ? [] : [`not past the portal: ${barred}`]),
      ...(bound === undefined ? [] : [`not by direct mail: ${bound}`]),
    ],
  };
}

/** As an administrator is told, with what is known of a certificate. */
export function roadWords(road: Road & { readonly certificate?: 'known' | 'missing' }): {
  readonly words: string;
  readonly rule?: string;
} {
  const { words, ...rest } = plainRoadWords(road);
  if (road.certificate === undefined) return { words, ...rest };
  const known = road.certificate === 'known' ? 'a certificate is known' : 'no certificate is known for this address';
  return { words: `${words}; ${known}`, ...rest };
}

function plainRoadWords(road: Road): { readonly words: string; readonly rule?: string } {
  if (road.road === 'portal') return { words: 'by the portal' };
  if (road.road === 'smime') return { words: 'encrypted by S/MIME, else by the portal' };
  if (road.road === 'best') {
    return { words: 'encrypted by S/MIME where a certificate is known, else over verified TLS, else by the portal' };
  }
  if (road.road === 'tls') return { words: 'as mail over verified TLS, else by the portal' };
  return { words: `past the portal to ${road.host}`, rule: road.rule };
}

const portal: Road = { road: 'portal' };

const NO_WAY = 'this server delivers by its portal only';

// What goes past the portal keeps no promise but that of its way. So nobody may have asked for another one.
function barOf({ mail, wishes, ruled, frame }: RoadsAsked): string | undefined {
  if (frame.offers.direct !== true) return NO_WAY;
  if (mail.fromOutside) return 'it was written in the portal';
  if (wishes.some(({ isNote }) => isNote !== true)) return 'its sender asks for protection';
  return ruled.some(protects) ? 'another rule asks for more' : undefined;
}

// To apply a protection is to protect, be it the loosest. Beside a bypass in the same rule it is what holds where the bypass
// cannot be had, unless it promises what ordinary mail does not keep.
function protects({ rule, asks }: Ruled): boolean {
  const bypasses = rule.then.some(({ bypass }) => bypass !== undefined);
  return asks.some((one) => asksForMore(one) || (!bypasses && one.protection !== undefined));
}

function asksForMore({ protection, expiresAtMs, demands, deliver }: Asks): boolean {
  return (
    (protection !== undefined && protection.rights.length < encryptOnly.rights.length) ||
    expiresAtMs !== undefined ||
    demands !== undefined ||
    deliver === 'portal' ||
    deliver === 'smime'
  );
}

/** What of all that is asked for only the portal can do; undefined when there is no such thing. */
function bindingOf({ mail, wishes, ruled, frame }: RoadsAsked): string | undefined {
  if (frame.offers.direct !== true) return NO_WAY;
  if (mail.fromOutside) return 'it was written in the portal';
  const asked: readonly Asks[] = [...wishes, ...ruled.flatMap(({ asks }) => asks)];
  if (asked.some(({ protection }) => protection !== undefined && withholds(protection.rights))) {
    return 'what its readers may do is limited';
  }
  if (asked.some(({ expiresAtMs = NEVER_MS }) => expiresAtMs !== NEVER_MS)) return 'it has a last day';
  if (asked.some(({ demands = [] }) => demands.length > 0)) return 'its readers have to prove more';
  if (asked.some(({ reminderDays = 0 }) => reminderDays > 0)) return 'its readers are to be reminded';
  if (wishes.some(({ readReceipt }) => readReceipt === true)) return 'its sender wants to hear when it is read';
  return undefined;
}

function withholds(rights: readonly string[]): boolean {
  return encryptOnly.rights.some((right) => !rights.includes(right));
}
