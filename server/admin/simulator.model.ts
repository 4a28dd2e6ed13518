// Owns what the simulator's page is given about one mail that was tried.

import type { ExplainedCondition, ExplainedDecision, ExplainedRule, Explanation } from '../policy/explain.ts';
import { roadWords } from '../policy/roads.ts';
import type { StateView } from '../render/page-models/parts.ts';
import type { TrialView, TriedRuleView, TriedView } from '../render/page-models/simulator.ts';

export function trialView(explanation: Explanation, isDraft: boolean): TrialView {
  const { outcome, refusal, decision, rules } = explanation;
  return {
    state: outcomes[outcome],
    holds: refusal?.sentence ?? (decision === undefined ? '' : protectionWords(decision)),
    decidedBy: deciderWords(explanation),
    isDraft,
    facts: decision === undefined ? [] : factsOf(decision),
    reasons: decision?.lines ?? [],
    recipients: (decision?.recipients ?? []).map(({ address, ...road }) => ({
      address,
      protection: decision === undefined ? '' : protectionWords(decision),
      road: roadWords(road).words,
      rules: rules
        .filter(
          ({ matched, state, recipients }) => matched && state === 'on' && recipients?.includes(address) !== false,
        )
        .map(({ name }) => name),
    })),
    rules: rules.map((rule) => ruleView(rule, explanation)),
  };
}

const outcomes: Readonly<Record<Explanation['outcome'], StateView>> = {
  granted: { words: 'Goes out', tone: 'good' },
  held: { words: 'Waits for approval', tone: 'waiting' },
  refused: { words: 'Refused', tone: 'bad' },
};

function protectionWords({ protection, title }: ExplainedDecision): string {
  return title === undefined ? protection : `${title} (${protection})`;
}

function deciderWords({ decidedBy, outcome }: Explanation): string {
  if (decidedBy === undefined) {
    return outcome === 'refused'
      ? 'What the mail asks for cannot be had.'
      : 'Nobody asks for a protection: the default holds.';
  }
  if ('wish' in decidedBy) return `Decided by what the mail asks for: ${decidedBy.wish}.`;
  return `Decided by the rule “${decidedBy.name}” (${decidedBy.rule}).`;
}

function factsOf(decision: ExplainedDecision): TrialView['facts'] {
  const { rights, expiresAt, demands, subject, deliver, brand, holds, reviewers } = decision;
  return [
    { name: 'Rights', words: rights.join(', ') || 'to read alone' },
    { name: 'Ends', words: expiresAt === null ? 'never' : `${expiresAt.slice(0, 16).replace('T', ' ')} UTC` },
    ...(demands.length === 0 ? [] : [{ name: 'Readers prove', words: demands.join(', ') }]),
    { name: 'Subject', words: subject },
    { name: 'Delivery', words: deliver },
    { name: 'Brand', words: brand },
    ...holds.map(({ name, approvers }) => ({ name: 'Held', words: `by “${name}”, for ${approvers.join(' or ')}` })),
    ...(reviewers.length === 0 ? [] : [{ name: 'Copies', words: reviewers.join(', ') }]),
  ];
}

function ruleView(rule: ExplainedRule, { decidedBy }: Explanation): TriedRuleView {
  const { id, name, does, recipients = [], when, unless } = rule;
  return {
    id,
    name,
    state: ruleState(rule),
    decided: decidedBy !== undefined && 'rule' in decidedBy && decidedBy.rule === id,
    does: does.join(', '),
    recipients,
    conditions: [
      ...(when === undefined ? [] : [conditionView(when, '')]),
      ...(unless === undefined ? [] : [conditionView(unless, 'unless')]),
    ],
  };
}

function ruleState({ state, matched }: ExplainedRule): StateView {
  if (state === 'off') return { words: 'Off, not tried', tone: 'off' };
  if (!matched) return { words: state === 'shadow' ? 'Did not match, in shadow' : 'Did not match', tone: 'off' };
  return state === 'shadow' ? { words: 'Matched, in shadow', tone: 'waiting' } : { words: 'Matched', tone: 'good' };
}

function conditionView({ says, holds, there = '', places = [], of = [] }: ExplainedCondition, word: string): TriedView {
  return {
    word,
    says,
    holds,
    there,
    places: places.map(({ where, part, path = [], masked }) => ({
      where: [where, ...(part === undefined || part === 0 ? [] : [part]), ...path].join(' › '),
      masked,
    })),
    of: of.map((one) => conditionView(one, '')),
  };
}
