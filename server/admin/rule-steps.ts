// Owns what the buttons of a rule's form do to the rule that is being built: a condition or an action more, or one less. Pure.

import { actionShapes, conditionShapes } from './rule-words.ts';
import { isJoin, partOf } from './rule-draft.ts';
import type { Node, RuleDraft } from './rule-draft.ts';

/** `add when.0` with a kind, `remove then.2`, `up then.2`. Whatever it cannot understand changes nothing. */
export function step(draft: RuleDraft, button: string, kind: string): RuleDraft {
  const [, what = '', root = '', way = ''] = /^(add|remove|up) (when|unless|then)((?:\.\d{1,4})*)$/.exec(button) ?? [];
  const path = way
    .split('.')
    .filter((one) => one !== '')
    .map(Number);
  if (root === 'then') return { ...draft, then: stepActions(draft.then, what, path, kind) };
  if (root !== 'when' && root !== 'unless') return draft;
  const node = draft[root];
  if (what === 'add' && isCondition(kind)) return { ...draft, [root]: added(node, path, kind) };
  if (what === 'remove') return { ...draft, [root]: node === undefined ? undefined : removed(node, path) };
  return draft;
}

function isCondition(kind: string): boolean {
  return isJoin(kind) || Object.hasOwn(conditionShapes, kind);
}

function stepActions(then: readonly Node[], what: string, [n]: readonly number[], kind: string): readonly Node[] {
  if (what === 'add') return Object.hasOwn(actionShapes, kind) ? [...then, partOf(actionShapes, kind)] : then;
  if (what === 'remove') return then.filter((_, at) => at !== n);
  return then;
}

function added(node: Node | undefined, path: readonly number[], kind: string): Node {
  const one = partOf(conditionShapes, kind);
  if (node === undefined) return one;
  const [n, ...rest] = path;
  if (node.is !== 'join') return { is: 'join', kind: 'all', of: [node, one] };
  if (n === undefined) return { ...node, of: [...node.of, one] };
  return { ...node, of: node.of.map((inner, at) => (at === n ? added(inner, rest, kind) : inner)) };
}

function removed(node: Node, path: readonly number[]): Node | undefined {
  const [n, ...rest] = path;
  if (n === undefined) return undefined;
  if (node.is !== 'join') return node;
  return { ...node, of: node.of.flatMap((inner, at) => (at === n ? (removed(inner, rest) ?? []) : inner)) };
}
