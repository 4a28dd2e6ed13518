// Owns putting one rule into a policy's document, and taking it out, without touching anything else of it. The document may have
// been stored by another version of the program. Pure.

import { fieldsOf } from '../policy/document-fields.ts';
import type { Fields } from '../policy/document-fields.ts';
import { policyLimits } from '../policy/policy-limits.ts';

export function rulesIn(value: unknown): Fields[] {
  const rules = fieldsOf(value)['rules'];
  return Array.isArray(rules) ? rules.map(fieldsOf) : [];
}

/** `id`: of the rule whose place it takes; undefined for a new one, which comes last and gets an id if it has none. */
export function withRule(value: unknown, id: string | undefined, rule: Fields): Fields {
  const rules = rulesIn(value);
  if (id !== undefined && rules.some((one) => one['id'] === id)) {
    return { ...fieldsOf(value), rules: rules.map((one) => (one['id'] === id ? rule : one)) };
  }
  const named = rule['id'] === '' ? { ...rule, id: freeId(String(rule['name']), rules) } : rule;
  return { ...fieldsOf(value), rules: [...rules, named] };
}

export function withoutRule(value: unknown, id: string): Fields {
  return { ...fieldsOf(value), rules: rulesIn(value).filter((one) => one['id'] !== id) };
}

/** "Cards leave protected": cards-leave-protected, or with a number behind it where that is taken. */
function freeId(name: string, rules: readonly Fields[]): string {
  const taken = new Set(rules.map((one) => one['id']));
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['rule'];
  const base = words
    .join('-')
    .slice(0, policyLimits.nameCharactersMax - 5)
    .replace(/-+$/, '');
  if (!taken.has(base)) return base;
  for (let n = 2; ; n += 1) if (!taken.has(`${base}-${n}`)) return `${base}-${n}`;
}
