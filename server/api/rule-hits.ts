// Owns how the API tells how often each rule met a mail.

import { fieldsOf } from '../policy/document-fields.ts';
import { hitEffects } from '../policy/hit-words.ts';
import type { HitEffect } from '../policy/hit-words.ts';
import { z } from './described-zod.ts';

export interface RuleDayCount {
  readonly day: string;
  readonly rule_id: string;
  readonly effect: HitEffect;
  readonly count: number;
}

const DAYS_MAX = 366;

export const ruleHitsQuery = z.strictObject({
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(DAYS_MAX)
    .default(30)
    .openapi({ description: 'How many days, today among them, in UTC' }),
});

const count = z.number().int();
const counts = {
  applied: count.openapi({ description: 'Without it the mail would have been treated otherwise' }),
  idle: count.openapi({
    description: 'It matched and changed nothing: another rule or the mail itself asked for as much',
  }),
  refused: count.openapi({ description: 'It refused the mail' }),
  shadow: count.openapi({ description: 'It matched in shadow, and changed nothing' }),
};

export const ruleHitList = z
  .object({
    from: z.string().openapi({ description: 'The first day' }),
    rules: z.array(
      z.object({
        rule: z.string(),
        name: z.string().nullable().openapi({ description: 'Null: no rule of this id is there any more' }),
        state: z.string().nullable(),
        ...counts,
        days: z
          .array(z.object({ day: z.string(), ...counts }))
          .openapi({ description: 'Those on which it met any mail, oldest first' }),
      }),
    ),
  })
  .openapi('RuleHits');

export type RuleHitList = z.infer<typeof ruleHitList>;

/** The rules in their order, also those that met nothing; then those that are gone. */
export function presentHits(document: unknown, found: readonly RuleDayCount[]): RuleHitList['rules'] {
  const byRule = Map.groupBy(found, ({ rule_id: id }) => id);
  const rules: readonly unknown[] = [fieldsOf(document)['rules'] ?? []].flat();
  const known = rules.map(fieldsOf).map((rule) => ({ id: String(rule['id']), rule }));
  const ids = new Set(known.map(({ id }) => id));
  const view = (id: string, name: string | null, state: string | null): RuleHitList['rules'][number] => {
    const own = byRule.get(id) ?? [];
    const byDay = [...Map.groupBy(own, ({ day }) => day)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { rule: id, name, state, ...sums(own), days: byDay.map(([day, ofDay]) => ({ day, ...sums(ofDay) })) };
  };
  return [
    ...known.map(({ id, rule }) => view(id, String(rule['name']), String(rule['state']))),
    ...[...byRule.keys()].filter((id) => !ids.has(id)).map((id) => view(id, null, null)),
  ];
}

function sums(found: readonly RuleDayCount[]): Record<HitEffect, number> {
  const sum = { applied: 0, idle: 0, refused: 0, shadow: 0 } satisfies Record<HitEffect, number>;
  for (const effect of hitEffects) {
    sum[effect] = found.filter((one) => one.effect === effect).reduce((total, one) => total + one.count, 0);
  }
  return sum;
}
