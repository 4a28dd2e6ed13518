// Owns what the pages of the first run are given.

import type { Moment, StateView } from './parts.ts';

/** Where the page stands in the row of steps. */
export interface SetupPlace {
  readonly title: string;
  readonly n: number;
  readonly of: number;
  readonly overviewUrl: string;
  readonly next?: { readonly title: string; readonly url: string };
}

export interface SetupStepView {
  readonly title: string;
  readonly url: string;
  readonly state: StateView;
  /** By what that is known. */
  readonly words: string;
}

export interface SetupPage {
  readonly steps: readonly SetupStepView[];
  readonly done: number;
  readonly settingsUrl: string;
}

/** Lines for .env, and what else there is to do. */
export interface LinesView {
  readonly lines: readonly string[];
  /** "SETTING is set in the environment …" */
  readonly notes: readonly string[];
  /** A secret goes into a file of its own, by this command. */
  readonly command?: string;
}

export interface SetupField {
  readonly name: string;
  readonly label: string;
  readonly setting: string;
  readonly hint: string;
  readonly value: string;
  /** "set in .env", "a default". */
  readonly source: string;
  readonly error?: string;
}

export interface SetupOrganisationPage {
  readonly place: SetupPlace;
  readonly action: string;
  readonly fields: readonly SetupField[];
  readonly hasErrors: boolean;
  readonly mayTry: boolean;
  readonly result?: LinesView;
}

export interface RelayFields {
  readonly host: string;
  readonly port: string;
  readonly security: string;
  readonly tls: string;
  readonly user: string;
  readonly from: string;
  readonly to: string;
}

export interface TrialStepView {
  readonly name: string;
  readonly state: StateView;
  readonly words: string;
}

export interface RelayTrialView {
  readonly went: boolean;
  readonly outcome: string;
  readonly cure: string;
  readonly steps: readonly TrialStepView[];
  readonly result?: LinesView;
}

export interface SetupRelayPage {
  readonly place: SetupPlace;
  readonly action: string;
  /** What is in force. */
  readonly now: string;
  readonly fields: RelayFields;
  readonly problems: readonly string[];
  readonly mayTry: boolean;
  readonly trial?: RelayTrialView;
}

export interface GuideBlock {
  readonly words: string;
  /** Commands or settings; '' where the words are all. */
  readonly code: string;
}

export interface Guide {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly GuideBlock[];
}

export interface SetupMailServerPage {
  readonly place: SetupPlace;
  readonly facts: readonly { readonly name: string; readonly words: string }[];
  readonly warnings: readonly string[];
  readonly guides: readonly Guide[];
}

export interface TestMessageView {
  readonly id: string;
  readonly sent: Moment;
  readonly state: StateView;
  /** What comes next, or why it failed. */
  readonly words: string;
  readonly url: string;
}

export interface SetupTestPage {
  readonly place: SetupPlace;
  readonly action: string;
  readonly here: string;
  readonly address: string;
  readonly mayTry: boolean;
  readonly problem?: string;
  readonly last?: TestMessageView;
  /** In try-out mode mail stays here. */
  readonly mailboxUrl?: string;
}
