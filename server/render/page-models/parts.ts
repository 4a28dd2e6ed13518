// Owns what pages of several areas show alike: a person, a time, a text in pieces, a state, a fault of a form.

import type { TextRun } from '../../core/text-runs.ts';

/** A plain text in pieces: what it quotes is folded, what it sets in columns stays under each other. */
export type FoldedText = readonly {
  readonly quoted: boolean;
  readonly columns?: boolean;
  readonly runs: readonly TextRun[];
}[];

export interface Moment {
  /** ISO 8601 UTC, for <time datetime>. */
  readonly iso: string;
  /** "Tuesday 24 November 2026, 18:00 UTC" */
  readonly words: string;
  /** "in 3 days", "2 hours ago" */
  readonly relative: string;
}

export interface PersonView {
  readonly name: string;
  readonly address: string;
}

/** "Delivered to Alice.", with the tone it is said in. */
export interface StateView {
  readonly words: string;
  readonly tone: 'waiting' | 'good' | 'bad' | 'off';
}

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface Pager {
  readonly newerUrl?: string;
  readonly olderUrl?: string;
}
