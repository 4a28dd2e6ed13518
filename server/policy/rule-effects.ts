// Owns what a rule that matched does, action by action. Pure.

import type { AppError } from '../core/errors.ts';
import type { Action } from './actions.ts';
import type { Asks, PolicyFrame } from './asks.ts';
import type { Rule } from './document.ts';
import { parseExpiry } from './expiry.ts';
import { namedTemplateAsks } from './named-template.ts';
import { RuleRefusal } from './refusals.ts';

/** A rule that applies, and what it asks for. */
export interface Ruled {
  readonly rule: Rule;
  readonly asks: readonly Asks[];
}

/** What can be granted or refused like any wish. */
export function ruleAsks(rule: Rule, frame: PolicyFrame): Asks[] {
  return rule.then.flatMap((action) => actionAsks(action, frame) ?? []);
}

function actionAsks({ apply, brand, deliver, expires, signIn }: Action, frame: PolicyFrame): Asks | undefined {
  if (apply !== undefined) return namedTemplateAsks(apply, frame);
  if (brand !== undefined) return { brand };
  if (deliver !== undefined) return { deliver };
  if (signIn !== undefined) return { demands: signIn };
  if (expires === undefined) return undefined;
  const expiresAtMs = parseExpiry(expires, frame.nowMs);
  if (expiresAtMs === undefined) throw new Error('a rule was kept with an end that cannot be read');
  return { expiresAtMs, isBindingEnd: true };
}

/** The refusal that a rule utters, if it does. */
export function spokenRefusal(rule: Rule): AppError | undefined {
  const text = spokenWhy(rule);
  return text === undefined ? undefined : new RuleRefusal(rule, text);
}

/** What an administrator has it say when it refuses. */
export function spokenWhy(rule: Rule): string | undefined {
  return rule.then.find(({ refuse }) => refuse !== undefined)?.refuse;
}

/** Each action in words. Holds no address. */
export function effectWords(rule: Rule): string[] {
  return rule.then.map(actionWords);
}

function actionWords({ apply, brand, deliver, expires, signIn, reviewer, bypass, hold, refuse }: Action): string {
  if (apply !== undefined) return `protection ${apply}`;
  if (brand !== undefined) return `brand ${brand}`;
  if (deliver !== undefined) return `delivery ${deliver}`;
  if (expires !== undefined) return `expiry ${expires}`;
  if (signIn !== undefined) return `readers prove ${signIn.join(', ')}`;
  if (reviewer !== undefined) return 'a copy for a reviewer';
  if (bypass !== undefined) return `past the portal to ${bypass.host}`;
  if (hold !== undefined) return 'held for approval';
  if (refuse !== undefined) return 'refused';
  throw new Error('a rule does nothing');
}
