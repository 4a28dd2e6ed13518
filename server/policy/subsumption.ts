// Owns whether one rule can ever make a difference beside another one, told from what both say and nothing else. It says yes
// only where that follows by simple steps: what it does not see through stays unsaid. Pure.

import { isDeepStrictEqual } from 'node:util';
import type { Condition } from './conditions/condition.ts';
import type { Rule } from './document.ts';

export interface Shadowed {
  readonly rule: Rule;
  /** The rule that matches whenever this one does, and does as much. */
  readonly by: Rule;
  readonly why: 'refuses' | 'does-the-same';
}

/** Of the rules that are on: those that another one makes idle on every mail. */
export function shadowedRules(rules: readonly Rule[]): Shadowed[] {
  const on = rules.filter(({ state }) => state === 'on');
  return on.flatMap((rule, n): Shadowed[] => {
    const [by] = on.filter((one) => one !== rule).flatMap((one) => shadowOf(one, rule, on.indexOf(one) < n) ?? []);
    return by === undefined ? [] : [by];
  });
}

// Where two say the same, order tells whose words, brand and name hold: only an earlier rule makes a later one idle.
function shadowOf(by: Rule, rule: Rule, isEarlier: boolean): Shadowed | undefined {
  if (!matchesWhenever(by, rule)) return undefined;
  if (refuses(by) && (isEarlier || !refuses(rule))) return { rule, by, why: 'refuses' };
  return isEarlier && doesAll(by, rule) ? { rule, by, why: 'does-the-same' } : undefined;
}

/** Rules that no mail can match: they ask for a sender of a group that has no members. */
export function unreachableRules(
  rules: readonly Rule[],
  groups: readonly { name: string; members: readonly string[] }[],
): Rule[] {
  const empty = new Set(groups.filter(({ members }) => members.length === 0).map(({ name }) => name));
  const never = ({ senderGroup, all, any }: Condition): boolean =>
    (senderGroup !== undefined && empty.has(senderGroup)) ||
    (all?.some(never) ?? false) ||
    (any?.every(never) ?? false);
  return rules.filter(({ state, when }) => state !== 'off' && when !== undefined && never(when));
}

function refuses({ then }: Rule): boolean {
  return then.some(({ refuse }) => refuse !== undefined);
}

/** Each hold is lifted for itself and each road past the portal has its own recipients: those are never done by another. */
function doesAll(by: Rule, rule: Rule): boolean {
  return rule.then.every(
    (action) =>
      action.hold === undefined && action.bypass === undefined && by.then.some((one) => isDeepStrictEqual(one, action)),
  );
}

function matchesWhenever(by: Rule, rule: Rule): boolean {
  if (by.unless !== undefined && !isDeepStrictEqual(by.unless, rule.unless)) return false;
  return implies(rule.when, by.when);
}

/** Whether the second holds wherever the first one does, for the same recipient; undefined is what always holds. */
export function implies(one: Condition | undefined, other: Condition | undefined): boolean {
  if (other === undefined || isDeepStrictEqual(one, other)) return true;
  if (one === undefined) return false;
  if (other.all !== undefined) return other.all.every((part) => implies(one, part));
  if (one.any !== undefined) return one.any.every((part) => implies(part, other));
  if (other.any !== undefined && other.any.some((part) => implies(one, part))) return true;
  if (one.all !== undefined) return one.all.some((part) => implies(part, other));
  if (one.none !== undefined && other.none !== undefined) {
    const barred = one.none;
    return other.none.every((part) => barred.some((wider) => implies(part, wider)));
  }
  return leafImplies(one, other);
}

function leafImplies(one: Condition, other: Condition): boolean {
  for (const key of ['sender', 'recipient', 'anyRecipient'] as const) {
    const [few, many] = [one[key], other[key]];
    if (few !== undefined && many !== undefined)
      return few.is.every((named) => many.is.some((wider) => covers(wider, named)));
  }
  if (one.recipient !== undefined && other.anyRecipient !== undefined) {
    return leafImplies({ recipient: one.recipient }, { recipient: other.anyRecipient });
  }
  for (const key of ['detector', 'list'] as const) {
    const [few, many] = [one[key], other[key]];
    if (few !== undefined && many !== undefined) {
      // Found in fewer places and more often is found in more places as often.
      return few.is === many.is && few.atLeast >= many.atLeast && few.in.every((source) => many.in.includes(source));
    }
  }
  if (one.size !== undefined && other.size !== undefined) return one.size.atLeastBytes >= other.size.atLeastBytes;
  if (one.recipients !== undefined && other.recipients !== undefined) {
    const [few, many] = [one.recipients, other.recipients];
    return (few.atLeast ?? 0) >= (many.atLeast ?? 0) && (few.atMost ?? Infinity) <= (many.atMost ?? Infinity);
  }
  if (one.unreadable !== undefined && other.unreadable !== undefined) {
    const many = other.unreadable;
    return one.unreadable.every((why) => many.includes(why));
  }
  return one.label !== undefined && other.label === 'any';
}

/** `@example.com` covers bob@example.com; `@*.example.com` what lies below it. */
function covers(wider: string, named: string): boolean {
  if (wider === named) return true;
  if (!wider.startsWith('@')) return false;
  const domain = named.slice(named.lastIndexOf('@') + 1);
  if (!wider.startsWith('@*.')) return !named.startsWith('@') && domain === wider.slice(1);
  const below = wider.slice('@*'.length);
  return named.startsWith('@*.') ? named.slice('@*'.length).endsWith(below) : domain.endsWith(below);
}
