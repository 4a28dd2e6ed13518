// Owns what the page of the audit log is given.

import type { Moment, Pager } from './parts.ts';

export interface AuditRow {
  readonly seq: number;
  readonly at: Moment;
  readonly words: string;
  readonly who: string;
  readonly network: string;
  readonly tone: 'plain' | 'bad';
  readonly details: readonly { readonly name: string; readonly value: string }[];
  /** Its particulars do not open: somebody changed them. */
  readonly broken: boolean;
  /** All that was written about the same message. */
  readonly message?: { readonly id: string; readonly url: string };
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  readonly pager: Pager;
  /** Where the choice of entries is sent. */
  readonly findAction: string;
  readonly exportAction: string;
  readonly allUrl: string;
  readonly events: readonly { readonly name: string; readonly words: string; readonly chosen: boolean }[];
  readonly formats: readonly { readonly name: string; readonly words: string }[];
  /** As chosen; days in UTC. The address is never repeated: `person` stands for it. */
  readonly chosen: {
    readonly any: boolean;
    readonly event: string;
    readonly person: string;
    readonly personWords: string;
    readonly message: string;
    readonly from: string;
    readonly until: string;
  };
  /** Whether this is the newest page, which can be followed. */
  readonly isNewest: boolean;
  readonly error?: string;
  readonly checkpoint?: { readonly seq: number; readonly at: Moment };
}
