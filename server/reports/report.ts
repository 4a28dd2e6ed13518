// Owns what a report is made of, whatever it is about: for the page, the API and the PDF alike. Pure.

export const reportKinds = ['policy-review', 'compliance'] as const;
export type ReportKind = (typeof reportKinds)[number];

export interface Report {
  readonly kind: ReportKind;
  readonly title: string;
  /** What it says and what it does not, a sentence each. */
  readonly about: readonly string[];
  readonly madeAt: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly ReportSection[];
}

export interface ReportSection {
  readonly id: string;
  readonly title: string;
  /** What is meant by it, precisely. */
  readonly means: string;
  readonly findings: readonly Finding[];
}

/**
 * `attention`: somebody should look. `met`, `in-part`, `not-met`: of a requirement, by this installation. `own-duty`: no
 * program can meet it.
 */
export type FindingState = 'attention' | 'met' | 'in-part' | 'not-met' | 'own-duty';

export interface Finding {
  /** A rule, a key, a person; or a paragraph. */
  readonly subject: string;
  readonly words: string;
  readonly state: FindingState;
  /** What the installation does about it. */
  readonly control?: string;
  /** As it was read from the running system. */
  readonly evidence?: readonly string[];
  /** Below PUBLIC_URL, where somebody can look further. */
  readonly path?: string;
}

export const stateWords: Readonly<Record<FindingState, string>> = {
  attention: 'To look at',
  met: 'Met here',
  'in-part': 'Met in part',
  'not-met': 'Not met',
  'own-duty': 'The organisation’s own duty',
};

export function reportKindIn(text: unknown): ReportKind | undefined {
  return reportKinds.find((kind) => kind === text);
}
