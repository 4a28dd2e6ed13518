// Owns what an approver's pages are given: what waits for their word, and one such message.

import type { Told } from '../../language/told.ts';
import type { TextRun } from '../../core/text-runs.ts';
import type { AttachmentView } from './message.ts';
import type { Moment, PersonView } from './parts.ts';

export interface ApprovalRow {
  readonly url: string;
  readonly subject: string;
  readonly from: PersonView;
  readonly rule: string;
  readonly since: Moment;
}

export interface ApprovalsPage {
  readonly rows: readonly ApprovalRow[];
}

export interface ApprovalPage {
  readonly subject: string;
  readonly from: PersonView;
  readonly recipients: readonly PersonView[];
  readonly rule: string;
  readonly since: Moment;
  /** What was asked for and found, in English as the log has it. */
  readonly reasons: readonly string[];
  readonly runs: readonly TextRun[];
  readonly attachments: readonly AttachmentView[];
  readonly listUrl: string;
  readonly action: string;
  /** What was answered, once it was. */
  readonly answered?: Told;
  readonly error?: string;
}
