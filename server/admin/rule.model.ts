// Owns what the page on which one rule is built is given: each part of the rule with its fields, and each fault at the field it
// is about.

import type { Fault } from '../core/document-faults.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import { builtInNames } from '../policy/protection.ts';
import type { ChoiceView, PartFieldView, PartView, PolicyPartPage, RulePage } from '../render/page-models/rule.ts';
import type { FieldShape, OptionSource, Typed } from './field-values.ts';
import { joins } from './rule-draft.ts';
import type { Node, RuleDraft } from './rule-draft.ts';
import { YAML } from './rule-typed.ts';
import { actionShapes, conditionShapes, joinWords } from './rule-words.ts';
import type { PartShape } from './rule-words.ts';

/** What the rest of the document, and the house, has names for. */
export type Names = Readonly<Record<OptionSource, readonly string[]>>;

export function namesIn(document: unknown, brands: readonly string[]): Names {
  const { templates, groups, lists } = fieldsOf(document);
  return {
    templates: [...builtInNames, ...namesOf(templates)],
    groups: namesOf(groups),
    lists: namesOf(lists),
    brands,
  };
}

function namesOf(parts: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(parts) ? parts : [];
  return list.map((part) => String(fieldsOf(part)['name']));
}

type Parts = Pick<
  RulePage,
  | 'whenJoins'
  | 'unlessJoins'
  | 'when'
  | 'unless'
  | 'then'
  | 'thenCount'
  | 'nameFaults'
  | 'idFaults'
  | 'faults'
  | 'states'
  | 'conditionKinds'
  | 'actionKinds'
>;

/** `faults`: with paths within the rule, `when.all[0].sender.is[2]`; those of other parts of the document stand apart. */
export function ruleParts(
  draft: RuleDraft,
  names: Names,
  faults: readonly Fault[],
  elsewhere: readonly Fault[],
): Parts {
  const { left, take } = takeFrom(faults);
  const view = new PartViews(names, take);
  const when = draft.when && view.part(draft.when, 'when', 'when', conditionShapes);
  const unless = draft.unless && view.part(draft.unless, 'unless', 'unless', conditionShapes);
  const then = draft.then.map((node, n) => view.part(node, `then.${n}`, `then[${n}]`, actionShapes));
  const says = (path: string): string[] => take(path).map(sentenceOf);
  return {
    nameFaults: says('name'),
    idFaults: says('id'),
    ...(when === undefined ? {} : { when }),
    ...(unless === undefined ? {} : { unless }),
    whenJoins: when?.look === 'join',
    unlessJoins: unless?.look === 'join',
    then,
    thenCount: then.length,
    states: states.map((state) => ({ ...state, chosen: state.value === draft.state })),
    conditionKinds: [...choicesOf(conditionShapes), ...joins.map((join) => plain(join, joinWords[join] ?? join))],
    actionKinds: choicesOf(actionShapes),
    faults: [...left, ...elsewhere],
  };
}

/** One part that stands for itself, with the faults of its name apart. */
export function partAlone(
  node: Node,
  shapes: Readonly<Record<string, PartShape>>,
  names: Names,
  faults: readonly Fault[],
): Pick<PolicyPartPage, 'part' | 'nameFaults' | 'faults'> {
  const { left, take } = takeFrom(faults);
  const part = new PartViews(names, take).part(node, 'part', 'part', shapes);
  return { part, nameFaults: take('name').map(sentenceOf), faults: [...left] };
}

/** Each fault is taken once, by the field that it is about. */
function takeFrom(faults: readonly Fault[]): {
  readonly left: ReadonlySet<Fault>;
  readonly take: (path: string) => Fault[];
} {
  const left = new Set(faults);
  return {
    left,
    take: (path) => {
      const found = [...left].filter((one) => one.path === path || isBelow(one.path, path));
      for (const one of found) left.delete(one);
      return found;
    },
  };
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above) && /^[.[]/.test(path.slice(above.length));
}

const states = [
  { value: 'on', words: 'On', hint: 'Tried on every mail, and followed.' },
  { value: 'shadow', words: 'In shadow', hint: 'Tried and counted, and nothing else.' },
  { value: 'off', words: 'Off', hint: 'Not tried.' },
];

class PartViews {
  readonly #names: Names;
  /** Takes the faults of this path, and of what lies below it. */
  readonly #take: (path: string) => Fault[];

  constructor(names: Names, take: (path: string) => Fault[]) {
    this.#names = names;
    this.#take = take;
  }

  part(node: Node, at: string, path: string, shapes: Readonly<Record<string, PartShape>>): PartView {
    const empty = { at, text: '', fields: [], joins: [], of: [] };
    if (node.is === 'text') {
      return { ...empty, kind: YAML, words: 'Shown as text', look: 'text', text: node.text, faults: this.#says(path) };
    }
    if (node.is === 'join') {
      const of = node.of.map((one, n) => this.part(one, `${at}.${n}`, `${path}.${node.kind}[${n}]`, shapes));
      const own = this.#says(path);
      return {
        ...empty,
        kind: node.kind,
        words: joinWords[node.kind] ?? node.kind,
        look: 'join',
        joins: joins.map((join) => ({ ...plain(join, joinWords[join] ?? join), chosen: join === node.kind })),
        of,
        faults: own.length > 0 && of.length === 0 ? ['This holds no condition yet: add one, or remove it.'] : own,
      };
    }
    const shape = shapes[node.kind];
    const fields = (shape?.fields ?? []).map((one) => this.#field(one, node.typed, at, `${path}.${node.kind}`));
    return {
      ...empty,
      kind: node.kind,
      words: shape?.words ?? node.kind,
      look: 'part',
      fields,
      faults: this.#says(path),
    };
  }

  #field(shape: FieldShape, typed: Typed, at: string, path: string): PartFieldView {
    const name = `${at}:${shape.key}`;
    const value = typed[shape.key] ?? '';
    return {
      name,
      label: shape.label,
      hint: shape.hint ?? '',
      look: shape.kind,
      value,
      choices: this.#options(shape, value).map((one) => ({
        ...one,
        name: `${name}:${one.value}`,
        chosen: shape.kind === 'choices' ? typed[`${shape.key}:${one.value}`] !== undefined : one.value === value,
      })),
      faults: this.#faultsOf(shape.key === '' ? path : `${path}.${shape.key}`, shape),
    };
  }

  #options({ kind, options = [] }: FieldShape, value: string): ChoiceView[] {
    if (kind !== 'choice' && kind !== 'choices') return [];
    const values = typeof options === 'string' ? this.#names[options] : options;
    // What was named and is there no more stays named until somebody chooses another.
    const all = kind === 'choice' && !values.includes(value) ? [value, ...values] : values;
    return all.map((one) => plain(one, one === '' ? 'none chosen' : one));
  }

  /** Of several values the one that is meant is told by its line. */
  #faultsOf(path: string, { kind }: FieldShape): string[] {
    return this.#take(path).map((one) => {
      const [, n] = /^\[(\d+)\]/.exec(one.path.slice(path.length)) ?? [];
      return `${kind === 'lines' && n !== undefined ? `Line ${Number(n) + 1}` : 'This'} ${one.says}.`;
    });
  }

  #says(path: string): string[] {
    return this.#take(path).map(sentenceOf);
  }
}

function choicesOf(shapes: Readonly<Record<string, PartShape>>): ChoiceView[] {
  return Object.entries(shapes).map(([kind, { words }]) => plain(kind, words));
}

function sentenceOf({ says }: Fault): string {
  return `This ${says}.`;
}

function plain(value: string, words: string): ChoiceView {
  return { value, words, chosen: false };
}
