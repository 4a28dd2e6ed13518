// Owns what the pages about the visitor are given.

import type { Told } from '../../language/told.ts';
import type { Moment } from './parts.ts';

/** What is kept of the visitor. */
export interface AccountPage {
  readonly sessions: number;
  readonly entries: readonly AccountEntry[];
  readonly passkeysUrl?: string;
  /** For those whose role asks for more than a code by mail. */
  readonly secondStepUrl?: string;
  readonly newestUrl?: string;
  readonly olderUrl?: string;
}

export interface AccountEntry {
  readonly at: Moment;
  /** "You read a message" */
  readonly what: string;
  /** "from network 192.0.2.7" */
  readonly network?: string;
  /** "in “The lease”", and the way there. */
  readonly about?: string;
  readonly url?: string;
}

export interface PasskeysPage {
  readonly passkeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly made: Told;
    readonly used: Told;
  }[];
  /** False where no passkey can work. */
  readonly possible: boolean;
  readonly makeAction: string;
  readonly optionsUrl: string;
  readonly renameAction: string;
  readonly removeAction: string;
  readonly error?: string;
}
