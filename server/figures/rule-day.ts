// Owns which hits of rules an entry of the audit log tells of. Pure.

import type { ReadEntry } from '../audit/audit-entry.ts';
import { parseHit } from '../policy/hit-words.ts';
import type { RuleDay } from './rule-days.store.ts';

export function ruleDaysOf({ at, event, details }: ReadEntry): RuleDay[] {
  if (event !== 'message-accepted' && event !== 'message-refused') return [];
  const rules = typeof details === 'object' && details !== null && 'rules' in details ? details.rules : undefined;
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((words: unknown) => {
    const hit = parseHit(words);
    return hit === undefined ? [] : [{ day: at.slice(0, 10), rule_id: hit.rule, effect: hit.effect, count: 1 }];
  });
}
