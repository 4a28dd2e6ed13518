// Owns what the pages of the reports are given.

import type { Moment, StateView } from './parts.ts';

export interface ReportsPage {
  readonly rows: readonly {
    readonly title: string;
    readonly about: string;
    readonly url: string;
    readonly pdfUrl: string;
  }[];
}

export interface ReportFindingView {
  readonly subject: string;
  readonly words: string;
  readonly state: StateView;
  readonly control: string;
  readonly evidence: readonly string[];
  readonly url?: string;
}

export interface ReportPage {
  readonly title: string;
  readonly about: readonly string[];
  readonly made: Moment;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly pdfUrl: string;
  readonly backUrl: string;
  readonly sections: readonly {
    readonly id: string;
    readonly title: string;
    readonly means: string;
    /** Requirements with control and evidence, instead of a list. */
    readonly isTable: boolean;
    readonly findings: readonly ReportFindingView[];
  }[];
}
