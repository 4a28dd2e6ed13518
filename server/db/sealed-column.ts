// Owns how a column that holds records is described, so that all of them can be gone through alike. Each store
// describes its own.

import type { Tables } from './tables.ts';

export interface SealedColumn {
  readonly table: keyof Tables;
  /** Primary key. */
  readonly key: string;
  /** Comes before every key there is. */
  readonly before: string | number;
  readonly column: string;
  /** The record's name (docs/envelope.md, section 2) for a row's key. */
  name(key: string | number): string;
}
