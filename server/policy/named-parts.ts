// Owns which templates, word lists and groups of a policy something in it names. Pure.

import { leavesOf } from './conditions/condition.ts';
import type { PolicyDocument, Rule } from './document.ts';

export interface NamedParts {
  readonly templates: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** Named by a rule that is tried, or by what labels stand for: what only a rule that is off names, nothing uses. */
export function namedParts({ rules, labels }: Pick<PolicyDocument, 'rules' | 'labels'>): NamedParts {
  const tried = rules.filter(({ state }) => state !== 'off');
  const conditions = tried.flatMap(conditionsOf);
  return {
    templates: new Set([
      ...tried.flatMap(({ then }) => then.flatMap(({ apply }) => apply ?? [])),
      ...labels.map.map(({ template }) => template),
      ...Object.values(labels.sensitivity),
    ]),
    lists: new Set(conditions.flatMap(({ list }) => list?.is ?? [])),
    groups: new Set(conditions.flatMap(({ senderGroup }) => senderGroup ?? [])),
  };
}

function conditionsOf({ when, unless }: Rule) {
  return [when, unless].flatMap((one) => (one === undefined ? [] : leavesOf(one).map(([leaf]) => leaf)));
}
