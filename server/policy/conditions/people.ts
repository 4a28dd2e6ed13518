// Owns the conditions on who writes and to whom.

import { z } from 'zod';
import { limits } from '../../core/limits.ts';
import { policyLimits } from '../policy-limits.ts';
import { addressPattern, kebab } from '../words.ts';
import { holdsAt } from './leaf.ts';
import type { Bench, FoundPlace, Leaf, Person, Situation } from './leaf.ts';

const named = z.strictObject({ is: z.array(addressPattern).min(1).max(policyLimits.namedMax) });
const count = z.int().min(1).max(limits.recipientsMax);

const recipients = z
  .strictObject({ atLeast: count.exactOptional(), atMost: count.exactOptional() })
  .refine((value) => Object.keys(value).length > 0, 'needs atLeast, atMost or both')
  .refine(({ atLeast = 1, atMost = Infinity }) => atLeast <= atMost, 'asks for more than it allows');

const direction = z.enum(['out', 'in', 'internal']);

export const peopleShapes = {
  sender: named,
  /** The name of a group. */
  senderGroup: kebab,
  /** The recipient for whom the rule is tried. */
  recipient: named,
  anyRecipient: named,
  recipients,
  /** `in`: written by a reader in the portal. `internal`: from us to this recipient, who is ours. */
  direction,
};

type Named = z.output<typeof named>;

export function senderLeaf({ is }: Named): Leaf {
  const isNamed = peopleNamed(is);
  return {
    says: `sender is ${listed(is)}`,
    perRecipient: false,
    ask: ({ sender }) => holdsAt(isNamed(sender) ? [placeOf('sender', sender)] : []),
  };
}

export function senderGroupLeaf(name: string, { groups }: Bench): Leaf {
  const isNamed = peopleNamed(groups.get(name)?.members ?? []);
  return {
    says: `sender is of the group ${name}`,
    perRecipient: false,
    ask: ({ sender }) => holdsAt(isNamed(sender) ? [placeOf('sender', sender)] : []),
  };
}

export function recipientLeaf({ is }: Named): Leaf {
  const isNamed = peopleNamed(is);
  return {
    says: `recipient is ${listed(is)}`,
    perRecipient: true,
    ask: (_, recipient) => holdsAt(isNamed(recipient) ? [placeOf('recipient', recipient)] : []),
  };
}

export function anyRecipientLeaf({ is }: Named): Leaf {
  const isNamed = peopleNamed(is);
  return {
    says: `any recipient is ${listed(is)}`,
    perRecipient: false,
    ask: ({ recipients }) => holdsAt(recipients.filter(isNamed).map((one) => placeOf('recipient', one))),
  };
}

export function recipientsLeaf({ atLeast, atMost }: z.output<typeof recipients>): Leaf {
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return {
    says: `${bounds.join(' and ')} recipients`,
    perRecipient: false,
    ask: ({ recipients }) => ({
      holds: recipients.length >= (atLeast ?? 0) && recipients.length <= (atMost ?? Infinity),
      there: `${recipients.length}`,
    }),
  };
}

export function directionLeaf(direction: z.output<typeof peopleShapes.direction>): Leaf {
  return {
    says: `direction is ${direction}`,
    perRecipient: true,
    ask: (situation, recipient) => ({ holds: directionOf(situation, recipient) === direction }),
  };
}

// What somebody of the organisation writes in the portal leaves it as well.
function directionOf({ fromOutside, sender, isOurs }: Situation, recipient: Person): 'out' | 'in' | 'internal' {
  if (fromOutside && !isOurs(sender)) return 'in';
  return isOurs(recipient) ? 'internal' : 'out';
}

/** Whether somebody is among those that `bob@example.com`, `@example.com` and `@*.example.com` name. */
export function peopleNamed(patterns: readonly string[]): (person: Person) => boolean {
  const addresses = new Set(patterns.filter((pattern) => !pattern.startsWith('@')));
  const domains = new Set(patterns.flatMap((pattern) => /^@([^*].*)$/.exec(pattern)?.[1] ?? []));
  const below = new Set(patterns.flatMap((pattern) => /^@\*\.(.+)$/.exec(pattern)?.[1] ?? []));
  return ({ address, domain }) =>
    addresses.has(address) ||
    domains.has(domain) ||
    (below.size > 0 && parentsOf(domain).some((one) => below.has(one)));
}

function parentsOf(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(1).map((_, n) => labels.slice(n + 1).join('.'));
}

function placeOf(where: string, { address, domain }: Person): FoundPlace {
  return { where, masked: `${address.slice(0, 1)}•••••@${domain}` };
}

const LISTED_MAX = 3;

/** The first few in words. */
export function listed(names: readonly string[]): string {
  const more = names.length - LISTED_MAX;
  return names.slice(0, LISTED_MAX).join(', ') + (more > 0 ? ` or ${more} more` : '');
}
