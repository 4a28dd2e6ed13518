// Owns telling a trial to people and programs: plain values that list their fields, for a page, the API and the command line.
// What was found is masked.

import type { RefusalCode } from '../core/errors.ts';
import type { Delivery } from './asks.ts';
import type { FoundPlace } from './conditions/leaf.ts';
import type { Tried } from './conditions/tree.ts';
import type { Decider, Decision, Hold, RuleHit, Trial } from './decide.ts';
import type { MailToDecide } from './mail-to-decide.ts';
import type { Right } from './protection.ts';
import { reasonLines } from './reasons.ts';
import type { Reason } from './reasons.ts';
import { RuleRefusal } from './refusals.ts';
import type { Road } from './roads.ts';
import { effectWords } from './rule-effects.ts';
import type { RuleOutcome } from './try-rules.ts';

export interface Explanation {
  /** `held`: would be granted, and waits for an approver first. */
  readonly outcome: 'granted' | 'held' | 'refused';
  readonly refusal?: { readonly code: RefusalCode; readonly sentence: string; readonly rule?: string };
  readonly decision?: ExplainedDecision;
  /** What refused, holds it, or gave the protection its name; absent when nobody asked for any. */
  readonly decidedBy?: Decider;
  /** Every rule, in their order. */
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedDecision {
  readonly protection: string;
  readonly title?: string;
  readonly rights: readonly Right[];
  /** Null: never. */
  readonly expiresAt: string | null;
  readonly brand: string;
  readonly demands: readonly string[];
  readonly subject: string;
  readonly deliver: Delivery;
  readonly reminderDays?: number;
  readonly retentionDays?: number;
  readonly readReceipt: boolean;
  readonly reviewers: readonly string[];
  readonly holds: readonly Hold[];
  readonly recipients: readonly ExplainedRecipient[];
  readonly reasons: readonly Reason[];
  /** The same, a line each. */
  readonly lines: readonly string[];
  readonly hits: readonly RuleHit[];
}

export type ExplainedRecipient = {
  readonly address: string;
  /** Whether there is one that may be used now; absent where nobody would encrypt, or nobody has looked. */
  readonly certificate?: 'known' | 'missing';
} & Road;

export interface ExplainedRule {
  readonly id: string;
  readonly name: string;
  readonly state: 'on' | 'off' | 'shadow';
  /** False for one that is off: it was not tried. */
  readonly matched: boolean;
  /** For whom it matched, where it may match for one and not for another. */
  readonly recipients?: readonly string[];
  /** What it does, or would do, in words. */
  readonly does: readonly string[];
  readonly when?: ExplainedCondition;
  readonly unless?: ExplainedCondition;
}

export interface ExplainedCondition {
  readonly says: string;
  readonly holds: boolean;
  readonly there?: string;
  readonly places?: readonly FoundPlace[];
  readonly of?: readonly ExplainedCondition[];
}

export function explain({ decision, refusal, rules, decidedBy }: Trial, mail: MailToDecide): Explanation {
  return {
    outcome: decision === undefined ? 'refused' : decision.holds.length > 0 ? 'held' : 'granted',
    ...(refusal === undefined
      ? {}
      : {
          refusal: {
            code: refusal.code,
            sentence: refusal.message,
            ...(refusal instanceof RuleRefusal ? { rule: refusal.ruleId } : {}),
          },
        }),
    ...(decision === undefined ? {} : { decision: explainDecision(decision, mail) }),
    ...(decidedBy === undefined ? {} : { decidedBy }),
    rules: rules.map((outcome) => explainRule(outcome, mail)),
  };
}

function explainDecision(decision: Decision, { recipients }: MailToDecide): ExplainedDecision {
  const { protection, title, reminderDays, retentionDays, demands, roads, reasons } = decision;
  return {
    protection: protection.name,
    ...(title === undefined ? {} : { title }),
    rights: protection.rights,
    expiresAt: decision.expiresAt,
    brand: decision.brand,
    demands: demands.split(' ').filter((demand) => demand !== ''),
    subject: decision.subject,
    deliver: decision.deliver,
    ...(reminderDays === undefined ? {} : { reminderDays }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
    readReceipt: decision.readReceipt,
    reviewers: decision.reviewers,
    holds: decision.holds,
    recipients: roads.map((road, n) => ({ address: recipients[n] ?? '', ...road })),
    reasons,
    lines: reasonLines(reasons),
    hits: decision.hits,
  };
}

function explainRule({ rule, matched, recipients, when, unless }: RuleOutcome, mail: MailToDecide): ExplainedRule {
  return {
    id: rule.id,
    name: rule.name,
    state: rule.state,
    matched,
    ...(recipients === undefined ? {} : { recipients: recipients.flatMap((n) => mail.recipients[n] ?? []) }),
    does: effectWords(rule),
    ...(when === undefined ? {} : { when: explainCondition(when) }),
    ...(unless === undefined ? {} : { unless: explainCondition(unless) }),
  };
}

function explainCondition({ says, holds, there, places, of }: Tried): ExplainedCondition {
  return {
    says,
    holds,
    ...(there === undefined ? {} : { there }),
    ...(places === undefined ? {} : { places }),
    ...(of === undefined ? {} : { of: of.map(explainCondition) }),
  };
}
