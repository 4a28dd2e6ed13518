// Owns how the faults of a document that an administrator wrote are told: each with its path, all at once. Never a value: a
// document may hold a secret where none belongs.

import type { z } from 'zod';
import { AppError } from './errors.ts';

export interface Fault {
  /** `rules[3].then[0].apply`; '' for the document as a whole. */
  readonly path: string;
  /** What is wrong, to be read after the path: "is not the name of a template". */
  readonly says: string;
}

/** A document with more faults than that is told of the first. */
export const FAULTS_MAX = 100;

/** The document is refused whole, and what is in force stays. */
export class DocumentFaults extends AppError {
  readonly faults: readonly Fault[];

  /** `what`: "The policy". */
  constructor(what: string, faults: readonly Fault[]) {
    const told = faults.slice(0, FAULTS_MAX);
    super('request/malformed', `${what} is refused: ${told.map(faultLine).join('; ')}.`);
    this.name = 'DocumentFaults';
    this.faults = told;
  }
}

export function faultLine({ path, says }: Fault): string {
  return `${path === '' ? 'the document' : path} ${says}`;
}

export type Path = readonly PropertyKey[];

export function fault(path: Path, says: string): Fault {
  return { path: path.reduce<string>(joined, ''), says };
}

function joined(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? String(key) : `${path}.${String(key)}`;
}

/** What a schema found. */
export function schemaFaults(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return fault(issue.path, schemaWords(issue));
    return issue.keys.map((key) => fault([...issue.path, shortened(key)], 'is not known here'));
  });
}

function schemaWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'invalid_type':
      return issue.input === undefined ? 'is missing or of another type' : 'is of another type';
    case 'too_big':
      return issue.origin === 'string'
        ? `has more than ${String(issue.maximum)} characters`
        : `is larger than ${String(issue.maximum)}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1 ? 'is empty' : `is smaller than ${String(issue.minimum)}`;
    case 'invalid_format':
      return issue.format === 'regex' ? issue.message : 'is not of the form it should have';
    case 'invalid_value':
      return `is none of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return 'is not of the form it should have';
  }
}

const KEY_CHARACTERS_MAX = 40;

function shortened(key: string): string {
  return key.slice(0, KEY_CHARACTERS_MAX).replace(/[^\x20-\x7e]/g, '?');
}
