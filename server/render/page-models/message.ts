// Owns what the page of one message is given.

import type { MarkedBlock } from '../../core/text-runs.ts';
import type { TextRun } from '../../core/text-runs.ts';
import type { FrameRoom } from '../frame-room.ts';
import type { FoldedText, Moment, PersonView, StateView } from './parts.ts';

export interface ProtectionView {
  /** "Encrypted" or "Do not forward" */
  readonly label: string;
  /** One sentence: what is allowed, until when. */
  readonly sentence: string;
  readonly expires?: Moment;
  /** Whether that is past. */
  readonly isOver?: boolean;
  readonly enforced: readonly string[];
  readonly hindered: readonly string[];
  readonly notPrevented: readonly string[];
}

export interface AttachmentView {
  readonly filename: string;
  /** "PDF document", "Spreadsheet", "Picture" */
  readonly kind: string;
  /** Short upper-case mark for the icon: PDF, XLS, IMG, ZIP, FILE */
  readonly mark: string;
  readonly size: string;
  /** Absent when the protection withholds the bytes. */
  readonly downloadUrl?: string;
  /** Where its pages are shown. */
  readonly viewUrl?: string;
  /** Why they cannot be, where there is no other way to the file. */
  readonly noView?: string;
}

export type BodyView =
  | {
      readonly kind: 'html';
      readonly url: string;
      readonly room: FrameRoom;
      /** How many remote pictures and the like were left out. */
      readonly blockedRemote: number;
    }
  | { readonly kind: 'text'; readonly text: FoldedText }
  | { readonly kind: 'empty' };

export interface ThreadEntry {
  readonly id: string;
  /** The message's own page; absent for what the visitor wrote. */
  readonly url?: string;
  readonly author: PersonView;
  readonly mine: boolean;
  readonly sent: Moment;
  readonly text: FoldedText;
  /** What the visitor typed, when it carries marks: shown in the text's place. */
  readonly marked?: readonly MarkedBlock[];
  readonly attachments: readonly AttachmentView[];
  /** What became of it with those it went to; of what the visitor wrote. */
  readonly states: readonly StateView[];
}

/** What a field for files says beforehand, and a script holds against the choice. */
export interface FilesLimit {
  readonly count: number;
  readonly size: string;
  readonly bytes: number;
}

export interface MessagePage {
  readonly subject: string;
  readonly from: PersonView;
  readonly to: readonly PersonView[];
  readonly cc: readonly PersonView[];
  readonly sent: Moment;
  readonly protection: ProtectionView;
  /** Of a mail that came signed: what was found of the signature. */
  readonly signature?: { readonly words: string; readonly isBroken: boolean };
  readonly body: BodyView;
  readonly attachments: readonly AttachmentView[];
  /** Shown instead of download buttons when the bytes are withheld. */
  readonly attachmentsWithheld?: string;
  readonly thread: readonly ThreadEntry[];
  readonly forwardNote?: { readonly from: PersonView; readonly runs: readonly TextRun[] };
  readonly reply?: {
    readonly action: string;
    readonly toName: string;
    /** The others who would get a reply to all; empty when reply-all makes no difference or is withheld. */
    readonly others: readonly PersonView[];
    readonly files: FilesLimit;
    /** Makes sending the same form twice one answer. */
    readonly once: string;
    readonly draftAction: string;
    /** Where the text comes from, when it was not sent before: a draft, or what a lost session cut off. */
    readonly draftWords?: string;
    readonly text: string;
    /** Whether it was to go to all, when it is shown again. */
    readonly all: boolean;
    readonly error?: string;
  };
  readonly forward?: { readonly action: string; readonly to: string; readonly text: string; readonly error?: string };
  /** To whom the visitor passed it on, and what became of it. */
  readonly passedOn: readonly (PersonView & StateView)[];
  /** Where the visitor gets a copy, when the rights allow one. */
  readonly copy?: { readonly emlUrl: string; readonly pdfUrl: string };
  /** The reader's own address, repeated faintly over the page under do-not-forward. */
  readonly watermark?: string;
  readonly mayPrint: boolean;
  readonly mayCopy: boolean;
}
