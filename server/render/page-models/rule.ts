// Owns what the page on which one rule is built is given.

import type { PolicyFaultView } from './policy.ts';

export interface ChoiceView {
  readonly value: string;
  readonly words: string;
  readonly chosen: boolean;
}

export interface PartFieldView {
  /** Of the input; also its id. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly look: 'text' | 'lines' | 'number' | 'choice' | 'choices' | 'flag';
  readonly value: string;
  /** Of `choices` each is an input of its own, called by `name`. */
  readonly choices: readonly (ChoiceView & { readonly name: string })[];
  readonly faults: readonly string[];
}

/** A condition, several that are joined, an action, or what is shown as text. */
export interface PartView {
  /** Where it stands: `when.0.1`. */
  readonly at: string;
  readonly kind: string;
  readonly words: string;
  readonly look: 'part' | 'join' | 'text';
  readonly text: string;
  readonly fields: readonly PartFieldView[];
  /** Of a join: how it joins, and what. */
  readonly joins: readonly ChoiceView[];
  readonly of: readonly PartView[];
  readonly faults: readonly string[];
}

export interface RulePage {
  readonly action: string;
  readonly isNew: boolean;
  readonly mayChange: boolean;
  /** From which version of the policy it was made. */
  readonly version: number;
  readonly id: string;
  readonly name: string;
  readonly states: readonly (ChoiceView & { readonly hint: string })[];
  readonly when?: PartView;
  readonly unless?: PartView;
  /** What is joined has a place of its own for one condition more. */
  readonly whenJoins: boolean;
  readonly unlessJoins: boolean;
  readonly then: readonly PartView[];
  readonly thenCount: number;
  readonly conditionKinds: readonly ChoiceView[];
  readonly actionKinds: readonly ChoiceView[];
  /** JSON of what only another version of the program understands; '' for nothing. */
  readonly rest: string;
  readonly note: string;
  readonly nameFaults: readonly string[];
  readonly idFaults: readonly string[];
  /** Those of no field here. */
  readonly faults: readonly PolicyFaultView[];
  readonly hasFaults: boolean;
  /** Whether it was typed before the session ended, and not saved. */
  readonly wasKept?: boolean;
  /** What happened to the policy while this was typed, in a sentence. */
  readonly overtaken?: string;
  readonly overtakenUrl?: string;
  readonly hits: string;
  readonly hitsUrl?: string;
  readonly backUrl: string;
}

/** A template, a word list or a label. */
export interface PolicyPartPage {
  readonly action: string;
  readonly isNew: boolean;
  /** "template" */
  readonly one: string;
  /** How the field is called by which they are told apart. */
  readonly keyLabel: string;
  readonly keyHint: string;
  /** What happens when it is removed. */
  readonly removal: string;
  readonly name: string;
  readonly mayChange: boolean;
  readonly version: number;
  readonly note: string;
  readonly part: PartView;
  readonly nameFaults: readonly string[];
  readonly faults: readonly PolicyFaultView[];
  readonly hasFaults: boolean;
  /** Whether it was typed before the session ended, and not saved. */
  readonly wasKept?: boolean;
  /** The version that somebody saved while this was typed. */
  readonly overtaken?: number;
  readonly overtakenUrl?: string;
  readonly backUrl: string;
}
