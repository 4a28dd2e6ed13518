// Owns what a sender's pages are given: what was sent, what became of it, and what readers ask.

import type { TextRun } from '../../core/text-runs.ts';
import type { Told } from '../../language/told.ts';
import type { AttachmentView, ProtectionView, ThreadEntry } from './message.ts';
import type { Moment, Pager, PersonView } from './parts.ts';

export interface SentRow {
  readonly url: string;
  readonly subject: string;
  readonly recipients: string;
  readonly sent: Moment;
  readonly stateWords: string;
  readonly tone: 'waiting' | 'good' | 'bad' | 'off';
  readonly protection: string;
}

export interface SentPage {
  readonly rows: readonly SentRow[];
  readonly pager: Pager;
  readonly composeUrl: string;
  /** To choose from; empty: there is the sender's own only. */
  readonly mailboxes: readonly { readonly label: string; readonly url: string; readonly current: boolean }[];
  readonly find: SentFind;
  /** How far a search came that could not look through all; absent of one that could. */
  readonly looked?: Told;
  /** Where it goes on. */
  readonly goOnUrl?: string;
  readonly error?: string;
}

export interface SentFind {
  readonly action: string;
  readonly allUrl: string;
  /** Whether anything is asked for. */
  readonly any: boolean;
  readonly to: string;
  /** Blind index of an address that the page does not know; '' where it does. */
  readonly person: string;
  readonly words: string;
  readonly from: string;
  readonly until: string;
  readonly states: readonly { readonly name: string; readonly words: string; readonly chosen: boolean }[];
}

export interface SentNoticesPage {
  readonly action: string;
  readonly backUrl: string;
  readonly firstRead: boolean;
  readonly digest: boolean;
  readonly subjects: boolean;
}

export interface SentRecipientView {
  readonly n: number;
  readonly name: string;
  readonly address: string;
  readonly stateWords: string;
  readonly tone: 'waiting' | 'good' | 'bad' | 'off';
  /** "Notified …", "First read …", "Could not be reached: …" */
  readonly facts: readonly Told[];
  readonly forwardedBy?: string;
  readonly revoked: boolean;
  /** It can be: it was not yet, and lies in no mailbox. */
  readonly mayTakeBack: boolean;
  /** Whether another notice would do any good. */
  readonly mayResend: boolean;
}

export interface SentMessagePage {
  readonly id: string;
  readonly backUrl: string;
  readonly subject: string;
  readonly from: PersonView;
  readonly sent: Moment;
  readonly protection: ProtectionView;
  readonly destroyed: boolean;
  /** Of a destroyed one: its time was over, nobody destroyed it. */
  readonly wasOver: boolean;
  readonly recipients: readonly SentRecipientView[];
  readonly runs: readonly TextRun[];
  readonly attachments: readonly AttachmentView[];
  readonly thread: readonly ThreadEntry[];
  /** Newest first; empty of a destroyed one. */
  readonly timeline: readonly TimelineRow[];
  /** Older entries were left out of it. */
  readonly timelineCut: boolean;
  readonly revokeAction: string;
  readonly restoreAction: string;
  readonly resendAction: string;
  readonly requests: readonly RequestRow[];
  /** What rules held it, and what approvers said; none, if no rule did. */
  readonly holds: readonly Told[];
  /** What was asked for, which signals and rules decided, and what holds; in English, as the log has it. */
  readonly reasons: readonly string[];
  /** By which hops it came to us, in sentences; none where nothing is known. */
  readonly came: readonly string[];
  /** One of them without TLS: shown at once. */
  readonly cameInClear: boolean;
  /** Of the proof of delivery, without its ending; absent when there is nothing left to prove it by. */
  readonly proofUrl?: string;
  readonly destroyUrl: string;
  readonly expiryAction: string;
  /** yyyy-mm-dd for <input type=date> */
  readonly expiryDate: string;
  readonly expiryMin: string;
  readonly expiryMax: string;
  /** Beyond which day it cannot be moved, where a rule or a label names one. */
  readonly bound: Told | undefined;
  /** Until when it can be given more time; undefined: it never ends, or that time is over. */
  readonly kept: Told | undefined;
  readonly phraseAction: string;
  readonly hasPhrase: boolean;
  /** How many it is taken back from, and how many it could be. */
  readonly revokedCount: number;
  readonly readableCount: number;
  readonly error?: string;
}

export interface TimelineRow {
  readonly at: Moment;
  readonly what: string;
  /** Who did it, where the sentence does not say it. */
  readonly who?: string;
  /** The mail server's answer, or why it did not take the mail. */
  readonly detail?: string;
}

export interface DestroyPage {
  readonly subject: string;
  readonly recipients: number;
  readonly action: string;
  readonly backUrl: string;
}

export interface RequestRow {
  readonly who: string;
  readonly state: Told;
  readonly tone: 'waiting' | 'good' | 'off';
  readonly url?: string;
}

/** A reader's request, for the sender to decide. */
export interface RequestPage {
  readonly reader: string;
  readonly readerAddress: string;
  readonly subject: string;
  readonly asked: Told;
  /** Absent of one that never ends. */
  readonly openUntil?: Told;
  /** Whether that is past. */
  readonly isOver?: boolean;
  readonly action: string;
  readonly backUrl: string;
  /** Absent once it is answered. */
  readonly choices?: {
    readonly days: readonly { readonly value: number; readonly label: string; readonly chosen: boolean }[];
    readonly many: boolean;
  };
  /** Beyond which day no time can be given, where a rule or a label names one. */
  readonly bound?: Told;
  /** What was decided, once it was. */
  readonly decided?: Told;
  readonly error?: string;
}
