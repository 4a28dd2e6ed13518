// Owns what a text is told apart into before it is shown: links, and the few marks an answer may carry. Types alone; what
// reads a text and what shows it agree on them.

/** A run of plain text, with `url` when it is a link (already made safe). */
export interface TextRun {
  readonly text: string;
  readonly url?: string;
}

export interface MarkedRun extends TextRun {
  readonly bold?: true;
  readonly italic?: true;
  /** A line ends before it. */
  readonly onNewLine?: true;
}

export type MarkedBlock =
  | { readonly kind: 'paragraph' | 'quote'; readonly runs: readonly MarkedRun[] }
  | { readonly kind: 'list' | 'numbers'; readonly items: readonly (readonly MarkedRun[])[] };
