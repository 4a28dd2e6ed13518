// Owns a rule while it is being built in a form: a tree of conditions, each with its fields as they were typed, and what a
// button does to it. What the form does not know stays in it as text. Pure.

import { PolicyFaults } from '../policy/document-faults.ts';
import type { Fields } from '../policy/document-fields.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import { readDocumentText, writeDocumentText } from '../policy/document-text.ts';
import { initialOf, typedOf, valueOf } from './field-values.ts';
import type { Typed } from './field-values.ts';
import { actionShapes, conditionShapes } from './rule-words.ts';
import type { PartShape } from './rule-words.ts';

export const joins = ['all', 'any', 'none'] as const;
export type Join = (typeof joins)[number];

export type Node =
  | { readonly is: 'join'; readonly kind: Join; readonly of: readonly Node[] }
  | { readonly is: 'part'; readonly kind: string; readonly typed: Typed }
  /** YAML, as the text of the document has it. */
  | { readonly is: 'text'; readonly text: string };

export interface RuleDraft {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly when: Node | undefined;
  readonly unless: Node | undefined;
  readonly then: readonly Node[];
  /** What else the rule holds, which only another version of the program could have written. */
  readonly rest: Fields;
}

export const newDraft: RuleDraft = {
  id: '',
  name: '',
  state: 'shadow',
  when: undefined,
  unless: undefined,
  then: [partOf(actionShapes, 'apply')],
  rest: {},
};

export function draftOf(rule: Fields): RuleDraft {
  const { id, name, state, when, unless, then, ...rest } = rule;
  const actions: readonly unknown[] = Array.isArray(then) ? then : [];
  return {
    id: String(id),
    name: String(name),
    state: String(state),
    when: when === undefined ? undefined : nodeOf(when),
    unless: unless === undefined ? undefined : nodeOf(unless),
    then: actions.map((one) => knownPart(actionShapes, one) ?? asText(one)),
    rest,
  };
}

/** The rule as the document would hold it. Throws PolicyFaults for text that cannot be read, its path within the rule. */
export function ruleOf({ id, name, state, when, unless, then, rest }: RuleDraft): Fields {
  return {
    ...rest,
    id,
    name,
    state,
    ...(when === undefined ? {} : { when: conditionOf(when, 'when') }),
    ...(unless === undefined ? {} : { unless: conditionOf(unless, 'unless') }),
    then: then.map((node, n) => conditionOf(node, `then[${n}]`)),
  };
}

export function partOf(shapes: Readonly<Record<string, PartShape>>, kind: string): Node {
  if (isJoin(kind)) return { is: 'join', kind, of: [] };
  return { is: 'part', kind, typed: initialOf(shapes[kind]?.fields ?? []) };
}

export function isJoin(kind: string): kind is Join {
  return joins.some((one) => one === kind);
}

function nodeOf(condition: unknown): Node {
  const [[kind, value] = ['', undefined], ...others] = Object.entries(fieldsOf(condition));
  if (others.length === 0 && isJoin(kind) && Array.isArray(value)) {
    return { is: 'join', kind, of: value.map(nodeOf) };
  }
  return knownPart(conditionShapes, condition) ?? asText(condition);
}

function knownPart(shapes: Readonly<Record<string, PartShape>>, part: unknown): Node | undefined {
  const [[kind, value] = ['', undefined], ...others] = Object.entries(fieldsOf(part));
  const shape = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (shape === undefined || others.length > 0) return undefined;
  const typed = typedOf(shape.fields, value);
  return typed === undefined ? undefined : { is: 'part', kind, typed };
}

function asText(part: unknown): Node {
  return { is: 'text', text: typeof part === 'object' && part !== null ? writeDocumentText(part) : String(part) };
}

function conditionOf(node: Node, path: string): unknown {
  if (node.is === 'join')
    return { [node.kind]: node.of.map((one, n) => conditionOf(one, `${path}.${node.kind}[${n}]`)) };
  if (node.is === 'part') {
    const shapes = path.startsWith('then') ? actionShapes : conditionShapes;
    return { [node.kind]: valueOf(shapes[node.kind]?.fields ?? [], node.typed) };
  }
  try {
    return readDocumentText(node.text);
  } catch (error) {
    if (error instanceof PolicyFaults) throw new PolicyFaults(error.faults.map(({ says }) => ({ path, says })));
    throw error;
  }
}
