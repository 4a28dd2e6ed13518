// Owns how the rules of the policy stand in a list, with what each met in the last days. The document may have been stored by
// another version of the program: what cannot be understood is still listed.

import type { HitEffect } from '../policy/hit-words.ts';
import { hitEffects } from '../policy/hit-words.ts';
import { parsePolicyDocument } from '../policy/document.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import { effectWords } from '../policy/rule-effects.ts';
import { layOutSpark } from '../render/spark.ts';
import type { PolicyRuleRow } from '../render/page-models/policy.ts';
import type { StateView } from '../render/page-models/parts.ts';
import { DAYS_SHOWN } from './today.model.ts';

/** As figures/rule-days.store.ts has it; several may be of one day. */
export interface RuleDayCount {
  readonly day: string;
  readonly rule_id: string;
  readonly effect: HitEffect;
  readonly count: number;
}

export function ruleRows(
  value: unknown,
  counts: readonly RuleDayCount[],
  days: readonly string[],
  path: string,
): PolicyRuleRow[] {
  const byRule = Map.groupBy(counts, ({ rule_id: id }) => id);
  const does = effectsIn(value);
  const rules = listOf(fieldsOf(value)['rules']);
  return rules.map((rule, n) => {
    const id = String(rule['id']);
    const own = byRule.get(id) ?? [];
    const hits = hitsWords(own);
    return {
      n: n + 1,
      id,
      name: String(rule['name']),
      state: stateView(rule['state']),
      does: does.get(id) ?? '',
      url: `${path}/rules/${id}`,
      hitsUrl: `${path}/rules/${id}/hits`,
      hits,
      spark: layOutSpark(perDay(own, days), hits),
      isFirst: n === 0,
      isLast: n === rules.length - 1,
    };
  });
}

export function stateView(state: unknown): StateView {
  if (state === 'off') return { words: 'Off', tone: 'off' };
  return state === 'shadow' ? { words: 'In shadow', tone: 'waiting' } : { words: 'On', tone: 'good' };
}

export function perDay(counts: readonly RuleDayCount[], days: readonly string[]): number[] {
  return days.map((day) => sumOf(counts.filter((one) => one.day === day)));
}

export function sumOf(counts: readonly RuleDayCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** What each effect is called. */
export const effectNames: Readonly<Record<HitEffect, string>> = {
  applied: 'made a difference',
  idle: 'changed nothing',
  refused: 'refused the mail',
  shadow: 'in shadow',
};

export function hitsWords(counts: readonly RuleDayCount[]): string {
  const total = sumOf(counts);
  if (total === 0) return `No hit in ${DAYS_SHOWN} days`;
  const parts = hitEffects.flatMap((effect) => {
    const count = sumOf(counts.filter((one) => one.effect === effect));
    return count === 0 ? [] : [`${count} ${effectNames[effect]}`];
  });
  return `${total} ${total === 1 ? 'hit' : 'hits'} in ${DAYS_SHOWN} days: ${parts.join(', ')}`;
}

function effectsIn(value: unknown): ReadonlyMap<string, string> {
  const document = readable(value);
  return new Map((document?.rules ?? []).map((rule) => [rule.id, effectWords(rule).join(', ')]));
}

/** The document by its shape alone; undefined when this version of the program cannot read it. */
export function readable(value: unknown): PolicyDocument | undefined {
  try {
    return parsePolicyDocument(value);
  } catch (error) {
    if (error instanceof PolicyFaults) return undefined;
    throw error;
  }
}

function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map(fieldsOf);
}
