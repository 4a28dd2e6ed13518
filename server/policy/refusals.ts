// Owns the refusals of a policy: each says who refuses, so that the mail's sender knows whom to ask.

import { AppError } from '../core/errors.ts';
import type { Rule } from './document.ts';

/** A rule says no, or asks for what cannot be had. */
export class RuleRefusal extends AppError {
  readonly ruleId: string;
  readonly ruleName: string;

  constructor({ id, name }: Pick<Rule, 'id' | 'name'>, why: string) {
    super('policy/refused', `Refused by the rule “${name}”: ${why}`, { detail: `rule ${id}` });
    this.name = 'RuleRefusal';
    this.ruleId = id;
    this.ruleName = name;
  }
}

/** What was wished for cannot be had. It is refused, so that nothing goes out weaker than its sender meant. */
export function wishRefusal(words: string, why: string): AppError {
  return new AppError('policy/refused', `${words}: ${why}`);
}
