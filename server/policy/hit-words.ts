// Owns how the audit log says which rules met a mail, and reading that again: it is what hits are counted from. Pure.

import type { Trial } from './decide.ts';

/**
 * `applied`: without it the mail would have been treated otherwise. `idle`: it matched, and changed nothing. `refused`: it
 * refused the mail. `shadow`: it matched and was only watched.
 */
export const hitEffects = ['applied', 'idle', 'refused', 'shadow'] as const;
export type HitEffect = (typeof hitEffects)[number];

export interface CountedHit {
  readonly rule: string;
  readonly effect: HitEffect;
}

/** "cards applied", one for each rule that matched, in their order. */
export function hitWords(trial: Trial): string[] {
  return hitsOf(trial).map(({ rule, effect }) => `${rule} ${effect}`);
}

/** What another version of the program wrote and this one cannot read is no hit. */
export function parseHit(words: unknown): CountedHit | undefined {
  if (typeof words !== 'string') return undefined;
  const [, rule, said] = /^([a-z0-9-]{1,60}) ([a-z]+)$/.exec(words) ?? [];
  const effect = hitEffects.find((one) => one === said);
  return rule === undefined || effect === undefined ? undefined : { rule, effect };
}

function hitsOf({ decision, decidedBy, rules }: Trial): CountedHit[] {
  if (decision !== undefined) {
    return decision.hits.map(({ rule, effect, isIdle }) => ({ rule, effect: isIdle === true ? 'idle' : effect }));
  }
  const refuser = decidedBy !== undefined && 'rule' in decidedBy ? decidedBy.rule : undefined;
  return rules
    .filter(({ matched }) => matched)
    .map(({ rule: { id, state } }) => ({
      rule: id,
      // Whatever else asked for something did so in vain.
      effect: state === 'shadow' ? 'shadow' : id === refuser ? 'refused' : 'idle',
    }));
}
