// Owns reading the form of a rule: names of fields say where in the tree each stands, `when.0.1:is`.

import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import { policyLimits } from '../policy/policy-limits.ts';
import type { FieldShape, Typed } from './field-values.ts';
import { choicesIn } from './field-values.ts';
import { isJoin } from './rule-draft.ts';
import type { Node, RuleDraft } from './rule-draft.ts';
import { actionShapes, conditionShapes } from './rule-words.ts';
import type { PartShape } from './rule-words.ts';

/** The kind of what stands as text. */
export const YAML = 'yaml';

type Given = ReadonlyMap<string, string>;
type Shapes = Readonly<Record<string, PartShape>>;

/** Throws request/malformed for what our form cannot have sent. */
export function typedDraft(given: Given): RuleDraft {
  const get = (name: string): string => given.get(name) ?? '';
  return {
    id: get('id').trim(),
    name: get('name').trim(),
    state: get('state'),
    when: typedNode(given, 'when', conditionShapes, 0),
    unless: typedNode(given, 'unless', conditionShapes, 0),
    then: Array.from({ length: countIn(given, 'then') }, (_, n) => {
      const node = typedNode(given, `then.${n}`, actionShapes, 0);
      if (node === undefined) throw malformed();
      return node;
    }),
    rest: restIn(get('rest')),
  };
}

function typedNode(given: Given, at: string, shapes: Shapes, depth: number): Node | undefined {
  const kind = given.get(`${at}:kind`);
  if (kind === undefined || kind === '') return undefined;
  if (depth > policyLimits.documentDepthMax) throw malformed();
  if (kind === YAML) return { is: 'text', text: given.get(`${at}:yaml`) ?? '' };
  if (isJoin(kind) && shapes === conditionShapes) {
    const of = Array.from({ length: countIn(given, at) }, (_, n) => typedNode(given, `${at}.${n}`, shapes, depth + 1));
    return { is: 'join', kind, of: of.flatMap((one) => one ?? []) };
  }
  const shape = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (shape === undefined) throw malformed();
  return { is: 'part', kind, typed: typedFields(given, `${at}:`, shape.fields) };
}

/** What was typed into the fields of one part, whose names begin alike. */
export function typedFields(given: Given, prefix: string, shapes: readonly FieldShape[]): Typed {
  const own: Typed = Object.fromEntries(
    [...given].flatMap(([name, text]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [])),
  );
  return Object.fromEntries(
    shapes.flatMap((shape): [string, string][] =>
      shape.kind === 'choices'
        ? choicesIn(shape, own).map((choice) => [`${shape.key}:${choice}`, 'on'])
        : own[shape.key] === undefined
          ? []
          : [[shape.key, own[shape.key] ?? '']],
    ),
  );
}

function countIn(given: Given, at: string): number {
  const count = Number(given.get(`${at}:count`) ?? 0);
  if (Number.isInteger(count) && count >= 0 && count <= policyLimits.conditionsMax) return count;
  throw malformed();
}

function restIn(text: string): RuleDraft['rest'] {
  if (text === '') return {};
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    throw malformed();
  }
}

function malformed(): AppError {
  return new AppError('request/malformed', sentence('problem.field-unreadable'));
}
