// Owns what the pages of the mailbox in try-out mode are given.

import type { TextRun } from '../../core/text-runs.ts';
import type { Moment } from './parts.ts';

export interface TryMailboxPage {
  readonly rows: readonly {
    readonly url: string;
    readonly to: string;
    readonly from: string;
    readonly subject: string;
    readonly at: Moment;
  }[];
}

export interface TryMailPage {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly at: Moment;
  readonly htmlUrl?: string;
  readonly textRuns: readonly TextRun[];
  readonly rawUrl: string;
  readonly attachments: readonly string[];
}
