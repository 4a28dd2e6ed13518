// Owns the faults that no single field shows: names that are given twice, and names that nobody bears.

import { fault } from '../core/document-faults.ts';
import type { Fault, Path } from '../core/document-faults.ts';
import type { Action } from './actions.ts';
import { conditionDepth, leavesOf } from './conditions/condition.ts';
import type { Condition } from './conditions/condition.ts';
import type { PolicyDocument, Rule } from './document.ts';
import { policyLimits } from './policy-limits.ts';
import { builtInNames, reservedNames } from './protection.ts';

/** What a document may lean on and does not hold itself. What is not said is not looked at. */
export interface PolicySurroundings {
  /** Names of the brands that exist, in lower case. */
  readonly brands?: readonly string[];
  /** EXPIRY_DAYS_MAX. */
  readonly expiryDaysMax?: number;
}

export function referenceFaults(document: PolicyDocument, surroundings: PolicySurroundings): Fault[] {
  const { templates, labels, groups, lists, rules } = document;
  const names: Names = {
    templates: new Set([...builtInNames, ...templates.map(({ name }) => name)]),
    groups: new Set(groups.map(({ name }) => name)),
    lists: new Set(lists.map(({ name }) => name)),
    brands: surroundings.brands === undefined ? undefined : new Set(surroundings.brands),
  };
  return [
    ...twice(
      'templates',
      'name',
      templates.map(({ name }) => name),
    ),
    ...twice(
      'groups',
      'name',
      groups.map(({ name }) => name),
    ),
    ...twice(
      'lists',
      'name',
      lists.map(({ name }) => name),
    ),
    ...twice(
      'rules',
      'id',
      rules.map(({ id }) => id),
    ),
    ...templates.flatMap((template, n) => templateFaults(template, ['templates', n], names, surroundings)),
    ...labelFaults(labels, names),
    ...rules.flatMap((rule, n) => ruleFaults(rule, ['rules', n], names)),
  ];
}

interface Names {
  readonly templates: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
  readonly brands: ReadonlySet<string> | undefined;
}

function twice(where: string, key: string, values: readonly string[]): Fault[] {
  const seen = new Set<string>();
  return values.flatMap((value, n) => {
    const again = seen.has(value);
    seen.add(value);
    return again ? [fault([where, n, key], 'is there before')] : [];
  });
}

function templateFaults(
  { name, brand, expiry }: PolicyDocument['templates'][number],
  path: Path,
  names: Names,
  { expiryDaysMax }: PolicySurroundings,
): Fault[] {
  const tooLong = expiryDaysMax !== undefined && (expiry?.days ?? 0) > expiryDaysMax;
  return [
    ...(reservedNames.includes(name) ? [fault([...path, 'name'], 'is the name of a built-in protection')] : []),
    ...brandFaults(brand, [...path, 'brand'], names),
    ...(tooLong
      ? [fault([...path, 'expiry', 'days'], `is more than the ${expiryDaysMax} days this server allows`)]
      : []),
  ];
}

function labelFaults({ map, sensitivity }: PolicyDocument['labels'], names: Names): Fault[] {
  return [
    ...twice(
      'labels.map',
      'label',
      map.map(({ label }) => label),
    ),
    ...map.flatMap(({ template }, n) => unknown(names.templates, template, ['labels', 'map', n, 'template'], TEMPLATE)),
    ...Object.entries(sensitivity).flatMap(([value, template]) =>
      unknown(names.templates, template, ['labels', 'sensitivity', value], TEMPLATE),
    ),
  ];
}

function ruleFaults({ when, unless, then }: Rule, path: Path, names: Names): Fault[] {
  return [
    ...(when === undefined ? [] : conditionFaults(when, [...path, 'when'], names)),
    ...(unless === undefined ? [] : conditionFaults(unless, [...path, 'unless'], names)),
    ...then.flatMap((action, n) => actionFaults(action, [...path, 'then', n], names)),
  ];
}

function conditionFaults(condition: Condition, path: Path, names: Names): Fault[] {
  if (conditionDepth(condition) > policyLimits.conditionDepthMax) {
    return [fault(path, `is more than ${policyLimits.conditionDepthMax} levels deep`)];
  }
  return leavesOf(condition).flatMap(([leaf, within]) => leafFaults(leaf, [...path, ...within], names));
}

function leafFaults({ senderGroup, list }: Condition, path: Path, names: Names): Fault[] {
  return [
    ...unknown(names.groups, senderGroup, [...path, 'senderGroup'], 'is not the name of a group'),
    ...unknown(names.lists, list?.is, [...path, 'list', 'is'], 'is not the name of a list'),
  ];
}

function actionFaults({ apply, brand }: Action, path: Path, names: Names): Fault[] {
  return [
    ...unknown(names.templates, apply, [...path, 'apply'], TEMPLATE),
    ...brandFaults(brand, [...path, 'brand'], names),
  ];
}

function brandFaults(brand: string | undefined, path: Path, { brands }: Names): Fault[] {
  return brands === undefined ? [] : unknown(brands, brand, path, 'is not the name of a brand');
}

const TEMPLATE = 'is not the name of a template';

function unknown(names: ReadonlySet<string>, name: string | undefined, path: Path, says: string): Fault[] {
  return name === undefined || names.has(name) ? [] : [fault(path, says)];
}
