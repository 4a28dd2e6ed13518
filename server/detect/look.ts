// Owns what may be looked for in texts, what is told of a finding, and the one function that looks. It is pure: the same
// looks and texts give the same hits on any machine. It never lets a value out: a place shows a masked sample.

import { searchFor } from './search.ts';
import { tally } from './tally.ts';

/** In the order in which they are listed to people. */
export const detectorNames = [
  'payment-card',
  'iban',
  'us-ssn',
  'us-itin',
  'uk-nino',
  'uk-nhs-number',
  'de-tax-id',
  'de-social-security',
  'fr-nir',
  'es-dni-nie',
  'it-codice-fiscale',
  'nl-bsn',
  'pl-pesel',
  'tr-tckn',
  'br-cpf',
  'ca-sin',
  'au-tfn',
  'au-medicare',
  'in-aadhaar',
  'in-pan',
  'passport',
  'health-terms',
  'api-key',
  'private-key',
  'email-addresses',
] as const;

export type DetectorName = (typeof detectorNames)[number];

export type Source = 'subject' | 'body' | 'attachments';

export interface Look {
  /** Unique within a policy. */
  readonly id: string;
  readonly what:
    | { readonly kind: 'detector'; readonly name: DetectorName }
    /** Whole words, whatever their case. */
    | { readonly kind: 'words'; readonly words: readonly string[] }
    /** RE2 syntax, as `checkPattern` lets it pass. */
    | { readonly kind: 'pattern'; readonly pattern: string; readonly ignoreCase: boolean }
    /** Contained anywhere, whatever its case. */
    | { readonly kind: 'phrase'; readonly phrase: string };
}

/** A text to look through. `part` 0 is the subject or the body, from 1 on the attachment's number; `path` names what lies inside archives and mails. */
export interface LookedText {
  readonly source: Source;
  readonly part: number;
  readonly path: readonly string[];
  readonly text: string;
}

export interface Place {
  readonly source: Source;
  readonly part: number;
  readonly path: readonly string[];
  /** Says what was found without giving it away. */
  readonly masked: string;
}

export type UnreadableReason = 'encrypted' | 'broken' | 'too-large' | 'too-slow' | 'too-deep' | 'unknown-kind';

export interface Seen {
  /** Of each look and each source in which something was found: how many distinct values, and the first places. */
  readonly hits: readonly {
    readonly look: string;
    readonly source: Source;
    readonly count: number;
    readonly places: readonly Place[];
  }[];
  readonly unreadable: readonly {
    readonly part: number;
    readonly path: readonly string[];
    readonly why: UnreadableReason;
  }[];
  /** The attachments, and the files that lie in them; absent where none were looked at. */
  readonly files?: readonly SeenFile[];
}

export interface SeenFile {
  /** The attachment's number. */
  readonly part: number;
  /** Names of what it lies in and its own; empty for the attachment itself. */
  readonly path: readonly string[];
  /** What its bytes are, and what it is declared to be inside of its attachment. */
  readonly types: readonly string[];
  readonly sizeBytes: number;
}

/** Looks through all texts for all that is wanted. A look that finds nothing has no hit. */
export function lookThrough(looks: readonly Look[], texts: readonly LookedText[]): Seen['hits'] {
  const counted = tally();
  const search = searchFor(looks);
  for (const text of texts) search(text, counted);
  return counted.hits(looks);
}
