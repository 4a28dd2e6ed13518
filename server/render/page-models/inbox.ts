// Owns what the page is given that lists what came, and what the visitor wrote first.

import type { Moment, Pager, StateView } from './parts.ts';

export interface InboxRow {
  readonly url: string;
  readonly fromName: string;
  readonly fromAddress: string;
  readonly subject: string;
  readonly sent: Moment;
  readonly state: 'unread' | 'read' | 'replied' | 'expired' | 'revoked';
  readonly stateWords: string;
  readonly attachments: number;
  readonly protection: string;
}

/** What the visitor wrote first. */
export interface WrittenRow {
  readonly url: string;
  readonly subject: string;
  readonly to: string;
  readonly sent: Moment;
  readonly states: readonly StateView[];
}

export interface InboxPage {
  readonly rows: readonly InboxRow[];
  readonly pager: Pager;
  /** On the first page of the list. */
  readonly written: readonly WrittenRow[];
  /** Where the visitor may begin a message. */
  readonly writeUrl?: string;
}
