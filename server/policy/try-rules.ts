// Owns trying every rule on a mail, those in shadow as well, and keeping what each answered. Pure.

import type { Person, Situation } from './conditions/leaf.ts';
import type { Tried } from './conditions/tree.ts';
import type { Rule } from './document.ts';
import type { ReadyRule } from './policy.ts';

export interface RuleOutcome {
  readonly rule: Rule;
  readonly matched: boolean;
  /** For which recipients, by their place in the mail; undefined: for the mail as a whole. */
  readonly recipients: readonly number[] | undefined;
  /** As it was tried for the first recipient for whom it matched, or else for the first. Absent: nothing was asked. */
  readonly when: Tried | undefined;
  readonly unless: Tried | undefined;
}

export function tryRule({ rule, when, unless, perRecipient }: ReadyRule, situation: Situation): RuleOutcome {
  const outcome = { rule, matched: false, recipients: undefined, when: undefined, unless: undefined };
  if (rule.state === 'off') return outcome;
  const [first = nobody] = situation.recipients;
  const ask = (recipient: Person): Answers => ({
    when: when?.ask(situation, recipient),
    unless: unless?.ask(situation, recipient),
  });
  if (!perRecipient) {
    const answers = ask(first);
    return { ...outcome, ...answers, matched: isMatch(answers) };
  }
  const matching = situation.recipients.flatMap((recipient, n) => {
    const answers = ask(recipient);
    return isMatch(answers) ? [{ n, answers }] : [];
  });
  return {
    rule,
    matched: matching.length > 0,
    recipients: matching.map(({ n }) => n),
    ...(matching[0]?.answers ?? ask(first)),
  };
}

interface Answers {
  readonly when: Tried | undefined;
  readonly unless: Tried | undefined;
}

function isMatch({ when, unless }: Answers): boolean {
  return when?.holds !== false && unless?.holds !== true;
}

const nobody: Person = { address: '', domain: '' };
