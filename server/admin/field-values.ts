// Owns how one part of a policy's document stands in the fields of a form, and how it is read from them again. What fields
// cannot say exactly is told apart, so that a form never drops what it does not know. Pure.

import { isDeepStrictEqual } from 'node:util';
import { fieldsOf } from '../policy/document-fields.ts';

/** `lines`: several values, one a line. `choices`: several of a few. `flag`: true, or not there. */
export type FieldKind = 'text' | 'lines' | 'number' | 'choice' | 'choices' | 'flag';

export interface FieldShape {
  /** `atLeast`, `name.contains`; '' for a value that is the part itself. */
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: FieldKind;
  /** Of choices: the values, or where the document names them. */
  readonly options?: readonly string[] | OptionSource;
  /** What stands there before anybody wrote anything. */
  readonly initial?: string;
  /** Several values that are written also when there is none. */
  readonly always?: true;
}

export type OptionSource = 'templates' | 'groups' | 'lists' | 'brands';

/** By the key of the field; of `choices` by the key, a colon and the choice. */
export type Typed = Readonly<Record<string, string>>;

/** What the fields would hold; undefined when they cannot say the same. */
export function typedOf(shapes: readonly FieldShape[], value: unknown): Typed | undefined {
  const typed = Object.fromEntries(shapes.flatMap((shape) => entriesOf(shape, valueAt(value, shape.key))));
  return isDeepStrictEqual(valueOf(shapes, typed), value) ? typed : undefined;
}

/** The fields of a new part. */
export function initialOf(shapes: readonly FieldShape[]): Typed {
  return Object.fromEntries(
    shapes.flatMap(({ kind, key, initial }) => {
      if (initial === undefined) return [];
      return kind === 'choices' ? initial.split(' ').map((one) => [`${key}:${one}`, 'on']) : [[key, initial]];
    }),
  );
}

/** The part that the fields say. What is no number stays text: the document's own schema says what is wrong. */
export function valueOf(shapes: readonly FieldShape[], typed: Typed): unknown {
  const [only] = shapes;
  if (only?.key === '') return oneValue(only, typed) ?? (only.kind === 'choices' ? [] : '');
  const whole: Record<string, unknown> = {};
  for (const shape of shapes) {
    const value = oneValue(shape, typed);
    if (value === undefined) continue;
    const [outer = '', inner] = shape.key.split('.');
    whole[outer] = inner === undefined ? value : { ...fieldsOf(whole[outer]), [inner]: value };
  }
  return whole;
}

export function choicesIn({ key }: FieldShape, typed: Typed): string[] {
  return Object.keys(typed).flatMap((name) => (name.startsWith(`${key}:`) ? [name.slice(key.length + 1)] : []));
}

function oneValue(shape: FieldShape, typed: Typed): unknown {
  const text = typed[shape.key] ?? '';
  switch (shape.kind) {
    case 'lines': {
      const lines = linesIn(text);
      return lines.length === 0 && shape.always !== true ? undefined : lines;
    }
    case 'choices': {
      const chosen = choicesIn(shape, typed);
      return chosen.length === 0 && shape.always !== true ? undefined : chosen;
    }
    case 'flag':
      return text === '' ? undefined : true;
    case 'number':
      return text.trim() === '' ? undefined : numberOr(text.trim());
    case 'text':
    case 'choice':
      return text === '' ? undefined : text;
  }
}

export function linesIn(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function numberOr(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function entriesOf({ kind, key }: FieldShape, value: unknown): [string, string][] {
  if (value === undefined) return [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  switch (kind) {
    case 'lines':
      return [[key, values.map(String).join('\n')]];
    case 'choices':
      return values.map((one) => [`${key}:${String(one)}`, 'on']);
    case 'flag':
      return value === true ? [[key, 'on']] : [];
    case 'number':
    case 'text':
    case 'choice':
      return typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : [];
  }
}

function valueAt(value: unknown, key: string): unknown {
  return key === '' ? value : key.split('.').reduce((inner: unknown, name) => fieldsOf(inner)[name], value);
}
