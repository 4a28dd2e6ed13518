// Owns what a template's program does when it is filled in: running its parts one after the other, looking up fields
// strictly, writing plain values and nothing else.

import Handlebars from 'handlebars';

/** What is the same for all of a program: where it was called from. */
export interface Frame {
  readonly root: unknown;
  /** The pieces that the templates on the way here defined for themselves. */
  readonly inlines: ReadonlyMap<string, Program> | undefined;
  /** What stands between the tags of the partial's call. */
  readonly block: { readonly program: Program; readonly frame: Frame } | undefined;
  /** Of the element that a list is at. */
  readonly isLast: boolean;
}

export type Part = (context: unknown, frame: Frame) => string;
export type Value = (context: unknown, frame: Frame) => unknown;

export interface Program {
  readonly parts: readonly Part[];
  readonly inlines: ReadonlyMap<string, Program> | undefined;
}

export const NOTHING: Program = { parts: [], inlines: undefined };

export function run({ parts, inlines }: Program, context: unknown, frame: Frame): string {
  const inside = inlines === undefined ? frame : { ...frame, inlines: joined(frame.inlines, inlines) };
  let out = '';
  for (const part of parts) out += part(context, inside);
  return out;
}

export function joined(
  outer: ReadonlyMap<string, Program> | undefined,
  inner: ReadonlyMap<string, Program> | undefined,
): ReadonlyMap<string, Program> | undefined {
  if (inner === undefined || outer === undefined) return inner ?? outer;
  return new Map([...outer, ...inner]);
}

/** Only the last of the names may be missing, and only where a question is asked rather than a text written. */
export function fields(names: readonly string[], mustBeThere: boolean, original: string): Value {
  const last = names.length - 1;
  return (context) => {
    let value = context;
    for (let at = 0; at <= last; at += 1) {
      const name = names[at] ?? '';
      if (Object.hasOwn(asObject(value, original), name)) value = (value as Record<string, unknown>)[name];
      else if (at < last || mustBeThere) throw new Error(`"${name}" of ${original} is not defined`);
      else return undefined;
    }
    return value;
  };
}

function asObject(value: unknown, original: string): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new Error(`${original} is not defined`);
}

/** What counts as no in a question: nothing, 0, '' and an empty list. */
export function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : !value;
}

export function escaped(value: unknown): string {
  return Handlebars.escapeExpression(textOf(value));
}

/** Plain values only: nothing can pass for markup. */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    case 'undefined':
      return '';
    default:
      if (value === null) return '';
      throw new TypeError('A template can write plain values only');
  }
}
