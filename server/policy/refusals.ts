// Owns the refusals of a policy: each says who refuses, so that the mail's sender knows whom to ask.

import { displayLine } from '../core/address.ts';
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

/** A mail bears a label that encrypts, and no template stands for it: it came readable, but for rights that nobody here knows. */
export class LabelRefusal extends AppError {
  constructor() {
    super('mail/rights-protected', 'The mail bears a label that encrypts, and no template stands for it.');
    this.name = 'LabelRefusal';
  }
}

/** A header that looks like a wish and has a name that no wish has. Its value is not said: nobody knows what it was to be. */
export function unknownHeader(name: string): AppError {
  return new AppError('policy/unknown-value', `The header ${spelled(name)} is unknown; its name may be misspelt.`);
}

const NAME_CHARACTERS_MAX = 60;

/** As people write it: header names come in lower case. */
function spelled(name: string): string {
  return displayLine(name, NAME_CHARACTERS_MAX).replace(
    /(^|-)([a-z])/g,
    (_whole, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`,
  );
}
