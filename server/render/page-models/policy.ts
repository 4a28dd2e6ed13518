// Owns what the pages about the policy are given.

import type { ChartView } from '../chart.ts';
import type { SparkView } from '../spark.ts';
import type { Moment, Pager, StateView } from './parts.ts';

export interface PolicyFaultView {
  /** `rules[3].then[0].apply`; '' for the document as a whole. */
  readonly path: string;
  readonly says: string;
}

export interface PolicyVersionRow {
  readonly version: number;
  readonly url: string;
  /** An address, the id of an API key, or the command line. */
  readonly actor: string;
  readonly saved: Moment;
  readonly note: string;
  readonly changed: readonly string[];
  readonly inForce: boolean;
}

/** One rule in their order. */
export interface PolicyRuleRow {
  readonly n: number;
  readonly id: string;
  readonly name: string;
  readonly state: StateView;
  /** What it does, in words. */
  readonly does: string;
  readonly url: string;
  readonly hitsUrl: string;
  /** "12 hits in 30 days" */
  readonly hits: string;
  readonly spark: SparkView;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export interface PolicyPage {
  readonly action: string;
  readonly mayChange: boolean;
  readonly tryUrl: string;
  /** YAML; after a refusal what was typed. */
  readonly text: string;
  readonly note: string;
  /** From which the text was made; 0: there is none yet. */
  readonly version: number;
  readonly faults: readonly PolicyFaultView[];
  /** What somebody saved while this text was typed. */
  readonly overtaken?: PolicyVersionRow;
  readonly rows: readonly PolicyVersionRow[];
  readonly pager?: Pager;
  readonly rules: readonly PolicyRuleRow[];
  readonly newest: number;
  /** What has forms of its own beside the rules. */
  readonly parts: readonly {
    readonly many: string;
    readonly newLabel: string;
    readonly newUrl: string;
    readonly rows: readonly { readonly name: string; readonly url: string }[];
  }[];
  readonly newRuleUrl: string;
  readonly orderAction: string;
}

export interface RuleHitsPage {
  readonly id: string;
  readonly name: string;
  /** Absent: no rule of this id is there any more. */
  readonly state?: StateView;
  readonly ruleUrl?: string;
  readonly chart: ChartView;
  readonly messages: readonly {
    readonly id: string;
    readonly at: Moment;
    readonly effect: string;
    readonly url: string;
  }[];
  readonly pager: Pager;
  readonly refusedUrl: string;
  readonly backUrl: string;
}

export interface DiffLineView {
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly mark: string;
  readonly text: string;
}

export interface PolicyVersionPage extends PolicyVersionRow {
  /** "version 3" */
  readonly beforeWords: string;
  readonly lines: readonly DiffLineView[];
  readonly text: string;
  readonly backUrl: string;
  readonly restoreUrl?: string;
}

export interface PolicyRestorePage {
  readonly version: number;
  readonly newest: number;
  readonly faults: readonly PolicyFaultView[];
  readonly overtaken: boolean;
  readonly lines: readonly DiffLineView[];
  readonly action: string;
  readonly backUrl: string;
}
