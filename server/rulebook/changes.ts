// Owns saying what changed between two documents of the policy: by the names of their parts, never by what stands in
// them. Pure.

import { changedFields } from '../core/changed-fields.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import type { Fields } from '../policy/document-fields.ts';

/** By which of its fields a part is known from one version to the next. */
const keys = { templates: 'name', groups: 'name', lists: 'name', rules: 'id' } as const;
const NAMED_MAX = 100;

/**
 * "rules.cards.when", "templates.legal added", "rules in another order"; empty when nothing changed. `before`: as it was
 * stored, by whichever version of the program.
 */
export function changesBetween(before: unknown, after: PolicyDocument): string[] {
  const old = fieldsOf(before);
  const { map: oldMap, ...oldLabels } = fieldsOf(old['labels']);
  const { map, ...labels } = after.labels;
  const all = [
    ...Object.entries(keys).flatMap(([section, key]) => {
      const [from, to] = [fieldsOf(old)[section], fieldsOf(after)[section]];
      return [...partChanges(section, byKey(from, key), byKey(to, key)), ...orderChange(section, from, to, key)];
    }),
    ...changedFields('labels', oldLabels, labels),
    ...partChanges('labels.map', byKey(oldMap, 'label'), byKey(map, 'label')),
  ];
  if (all.length <= NAMED_MAX) return all;
  return [...all.slice(0, NAMED_MAX), `and ${all.length - NAMED_MAX} more`];
}

function partChanges(section: string, before: Map<string, Fields>, after: Map<string, Fields>): string[] {
  const gone = [...before.keys()].filter((name) => !after.has(name));
  return [
    ...[...after].flatMap(([name, part]) => {
      const old = before.get(name);
      return old === undefined ? [`${section}.${name} added`] : changedFields(`${section}.${name}`, old, part);
    }),
    ...gone.map((name) => `${section}.${name} removed`),
  ];
}

// Of those that both have: what came or went says so itself.
function orderChange(section: string, before: unknown, after: unknown, key: string): string[] {
  const [old, now] = [[...byKey(before, key).keys()], [...byKey(after, key).keys()]];
  const kept = old.filter((name) => now.includes(name));
  const same = now.filter((name) => old.includes(name)).every((name, n) => name === kept[n]);
  return same ? [] : [`${section} in another order`];
}

function byKey(parts: unknown, key: string): Map<string, Fields> {
  const list: readonly unknown[] = Array.isArray(parts) ? parts : [];
  return new Map(list.map((part) => [String(fieldsOf(part)[key]), fieldsOf(part)]));
}
