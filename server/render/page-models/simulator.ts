// Owns what the pages of the simulator are given. What was found is masked before it comes here.

import type { Moment, StateView } from './parts.ts';
import type { PolicyFaultView } from './policy.ts';

export interface SimulatorPage {
  readonly action: string;
  readonly mayReplay: boolean;
  readonly replayAction: string;
  readonly policyUrl: string;
  /** What was typed. */
  readonly from: string;
  readonly to: string;
  readonly mail: string;
  readonly draft: string;
  readonly days: string;
  readonly daysMax: number;
  /** "50 MB" */
  readonly fileLimit: string;
  readonly faults: readonly PolicyFaultView[];
  /** Why nothing could be tried. */
  readonly problem?: string;
  readonly result?: TrialView;
  readonly replays: readonly ReplayRow[];
}

export interface TrialView {
  readonly state: StateView;
  /** "do-not-forward", or why it is refused. */
  readonly holds: string;
  readonly decidedBy: string;
  /** Whether a draft was tried. */
  readonly isDraft: boolean;
  readonly facts: readonly { readonly name: string; readonly words: string }[];
  readonly reasons: readonly string[];
  readonly recipients: readonly {
    readonly address: string;
    readonly protection: string;
    readonly road: string;
    /** Names of the rules that matched for this recipient, in their order. */
    readonly rules: readonly string[];
  }[];
  readonly rules: readonly TriedRuleView[];
}

export interface TriedRuleView {
  readonly id: string;
  readonly name: string;
  readonly state: StateView;
  /** It is the one that decided. */
  readonly decided: boolean;
  readonly does: string;
  readonly recipients: readonly string[];
  readonly conditions: readonly TriedView[];
}

export interface TriedView {
  /** "unless", or ''. */
  readonly word: string;
  readonly says: string;
  readonly holds: boolean;
  readonly there: string;
  readonly places: readonly { readonly where: string; readonly masked: string }[];
  readonly of: readonly TriedView[];
}

export interface ReplayRow {
  readonly url: string;
  readonly begun: Moment;
  /** "7 days, version 3" */
  readonly title: string;
  readonly state: StateView;
  readonly summary: string;
}

export interface ReplayPage extends ReplayRow {
  readonly backUrl: string;
  readonly running: boolean;
  readonly percent: number;
  readonly judged: number;
  readonly same: number;
  readonly notOpened: readonly string[];
  readonly changes: readonly string[];
  readonly rules: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly words: string;
  }[];
  readonly messages: readonly {
    readonly id: string;
    readonly words: string;
    readonly rules: readonly string[];
    readonly label: string;
  }[];
  /** How many more would change than are listed. */
  readonly moreMessages: number;
}
