// Owns what each page is given: every field a template may read, and no other. Routes build these,
// templates show them; nothing here reads a row. All strings are plain text; the templates escape.

import type { Language } from '../language/languages.ts';
import type { Words } from '../language/words.ts';
import type { AttachmentPage } from './attachment-page.ts';
import type { FrameRoom } from './frame-room.ts';

/** A run of plain text, with `url` when it is a link (already made safe, usually to the leave page). */
export interface TextRun {
  readonly text: string;
  readonly url?: string;
}

/** A plain text in pieces: what it quotes is folded, what it sets in columns stays under each other. */
export type FoldedText = readonly {
  readonly quoted: boolean;
  readonly columns?: boolean;
  readonly runs: readonly TextRun[];
}[];

export interface Moment {
  /** ISO 8601 UTC, for <time datetime>. */
  readonly iso: string;
  /** "Tuesday 24 November 2026, 18:00 UTC" */
  readonly words: string;
  /** "in 3 days", "2 hours ago" */
  readonly relative: string;
}

export interface Shell {
  /** What every text of the page is said in. */
  readonly words: Words;
  /** To choose from, each in its own words. */
  readonly languages: readonly { readonly tag: Language; readonly name: string; readonly chosen: boolean }[];
  readonly title: string;
  /** Path prefix of PUBLIC_URL without a trailing slash; '' at the root. */
  readonly base: string;
  /** Goes as `?v=` into the address of each file under /static. */
  readonly staticVersion: string;
  readonly brand: {
    readonly name: string;
    /** Path of the logo, with a version in it. */
    readonly logoUrl?: string;
    /** Path of the generated style sheet that sets --brand and --on-brand. */
    readonly styleUrl: string;
    readonly footer: string;
  };
  readonly theme: 'auto' | 'light' | 'dark';
  /** Token for each form on the page. */
  readonly csrf: string;
  /** The path to come back to after the theme switch. */
  readonly here: string;
  readonly visitor?: {
    readonly address: string;
    readonly isSender: boolean;
    readonly isAdmin: boolean;
    /** Which entry of the navigation is current. */
    readonly at?: 'inbox' | 'sent' | 'branding' | 'account' | 'write';
  };
  /** A sentence on what was just done, shown once at the top. */
  readonly done?: string;
  readonly tryOut: boolean;
}

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface HomePage {
  readonly introduction: string;
  /** Where the visitor may begin a message. */
  readonly writeUrl?: string;
}

/** What else lets people in, where it is configured and possible. */
export interface OtherWays {
  readonly accounts: readonly { readonly label: string; readonly action: string }[];
  /** Offered by a script, to browsers that know passkeys. */
  readonly passkey?: { readonly action: string; readonly optionsUrl: string };
}

/** Between the portal and an issuer. */
export interface AwayPage {
  readonly issuer: string;
  readonly host: string;
  readonly url: string;
  readonly backUrl: string;
}

/** Signed in, but the message demands more: one thing at a time. */
export interface StepUpPage {
  readonly lead: string;
  readonly sender: string;
  readonly codeAction?: string;
  readonly phraseAction?: string;
  readonly ways?: OtherWays;
  /** Where a passkey is made, when one could help. */
  readonly passkeysUrl?: string;
  readonly error?: string;
}

export interface PasskeysPage {
  readonly passkeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly made: string;
    readonly used: string;
  }[];
  /** False where no passkey can work. */
  readonly possible: boolean;
  readonly makeAction: string;
  readonly optionsUrl: string;
  readonly renameAction: string;
  readonly removeAction: string;
  readonly error?: string;
}

/** GET /m/:token: who is this for, and one button. */
export interface EnterPage {
  readonly maskedAddress: string;
  readonly action: string;
  readonly introduction: string;
  readonly portalText: string;
  readonly ways?: OtherWays;
  /** Why another start is needed (a late code, too many tries). */
  readonly error?: string;
}

/** The code field, after a code was asked for. */
export interface VerifyPage {
  readonly maskedAddress: string;
  readonly reference: string;
  readonly validMinutes: number;
  readonly action: string;
  readonly resendAction: string;
  readonly backUrl: string;
  /** How it stands with the code: whole sentences, and where a script asks for them again. */
  readonly status: { readonly lines: readonly string[]; readonly url: string };
  /** The page once more, as it stands then. */
  readonly refreshUrl: string;
  /** At the front door: has the notice sent again, for the address that is waited for. */
  readonly noticesAction?: string;
  readonly ways?: OtherWays;
  readonly error?: string;
}

/** A link is followed by somebody who is signed in with another address than it is for. */
export interface OtherMailboxPage {
  readonly maskedAddress: string;
  readonly signedInAs: string;
  readonly action: string;
  readonly inboxUrl: string;
}

/** Nothing is known of the link, or no more. */
export interface LostLinkPage {
  readonly action: string;
  readonly signInUrl: string;
}

/** Has notices sent again, by address. */
export interface NoticesPage {
  readonly action: string;
  readonly address: string;
  readonly signInUrl: string;
  readonly error?: string;
}

/** What notices look like, and whether a reference is one of ours. */
export interface GenuinePage {
  readonly fromAddress: string;
  readonly host: string;
  /** With a slash at its end. */
  readonly origin: string;
  readonly action: string;
  /** As it was typed. */
  readonly reference: string;
  readonly verdict?: { readonly isOurs: boolean; readonly sentences: readonly string[] };
  readonly error?: string;
}

/** A message that can no longer be read, for somebody it was for. */
export interface EndedPage {
  readonly sentences: readonly string[];
  /** What its sender wrote when they decided against more time. */
  readonly word?: { readonly from: string; readonly text: string };
  readonly moreTime?: { readonly action: string; readonly means: string };
  /** A mailto: link. */
  readonly write?: { readonly url: string; readonly label: string };
  readonly inboxUrl: string;
  readonly error?: string;
}

/** A reader's request, for the sender to decide. */
export interface RequestPage {
  readonly reader: string;
  readonly readerAddress: string;
  readonly subject: string;
  readonly asked: string;
  readonly closedSince: string;
  readonly action: string;
  readonly backUrl: string;
  /** Absent once it is answered. */
  readonly choices?: {
    readonly days: readonly { readonly value: number; readonly label: string; readonly chosen: boolean }[];
    readonly many: boolean;
  };
  /** What was decided, once it was. */
  readonly decided?: string;
  readonly error?: string;
}

export interface RequestRow {
  readonly who: string;
  readonly stateWords: string;
  readonly tone: 'waiting' | 'good' | 'off';
  readonly url?: string;
}

export interface SignInPage {
  readonly action: string;
  readonly address: string;
  readonly ways?: OtherWays;
  readonly error?: string;
}

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

export interface Pager {
  readonly newerUrl?: string;
  readonly olderUrl?: string;
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

export interface PersonView {
  readonly name: string;
  readonly address: string;
}

export interface ProtectionView {
  /** "Encrypted" or "Do not forward" */
  readonly label: string;
  /** One sentence: what is allowed, until when. */
  readonly sentence: string;
  readonly expires?: Moment;
  readonly enforced: readonly string[];
  readonly hindered: readonly string[];
  readonly notPrevented: readonly string[];
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
  readonly attachments: readonly AttachmentView[];
  /** What became of it with those it went to; of what the visitor wrote. */
  readonly states: readonly StateView[];
}

/** "Delivered to Alice.", with the tone it is said in. */
export interface StateView {
  readonly words: string;
  readonly tone: 'waiting' | 'good' | 'bad' | 'off';
}

export interface MessagePage {
  readonly subject: string;
  readonly from: PersonView;
  readonly to: readonly PersonView[];
  readonly cc: readonly PersonView[];
  readonly sent: Moment;
  readonly protection: ProtectionView;
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

/** An answer whose session had ended; it is kept. */
export interface SignedOutPage {
  readonly text: string;
}

/** What a field for files says beforehand, and a script holds against the choice. */
export interface FilesLimit {
  readonly count: number;
  readonly size: string;
  readonly bytes: number;
}

/** Writing first. */
export interface WritePage {
  readonly action: string;
  readonly to: readonly { readonly name: string; readonly address: string; readonly chosen: boolean }[];
  readonly subject: string;
  readonly text: string;
  /** Makes sending the same form twice one message. */
  readonly once: string;
  readonly files: FilesLimit;
  readonly error?: string;
}

/** What the visitor wrote first, and what came of it. */
export interface WrittenPage {
  readonly subject: string;
  readonly to: readonly PersonView[];
  readonly thread: readonly ThreadEntry[];
}

/** Between the mail and the web: where a link really goes. */
export interface LeavePage {
  readonly host: string;
  readonly url: string;
  /** What the mail showed as the link's text, when it looks like another address. */
  readonly shownText?: string;
  readonly backUrl: string;
}

/** What is kept of the visitor. */
export interface AccountPage {
  readonly sessions: number;
  readonly entries: readonly AccountEntry[];
  readonly passkeysUrl?: string;
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

/** Every refusal and every end of the road. */
export interface ProblemPage {
  readonly heading: string;
  readonly sentences: readonly string[];
  readonly actions: readonly { readonly label: string; readonly url: string }[];
}

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
}

export interface SentRecipientView {
  readonly n: number;
  readonly name: string;
  readonly address: string;
  readonly stateWords: string;
  readonly tone: 'waiting' | 'good' | 'bad' | 'off';
  /** "Notified …", "First read …", "Could not be reached: …" */
  readonly facts: readonly string[];
  readonly forwardedBy?: string;
  readonly revoked: boolean;
  /** Whether another notice would do any good. */
  readonly mayResend: boolean;
}

export interface SentMessagePage {
  readonly id: string;
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
  readonly revokeAction: string;
  readonly restoreAction: string;
  readonly resendAction: string;
  readonly requests: readonly RequestRow[];
  readonly destroyUrl: string;
  readonly expiryAction: string;
  /** yyyy-mm-dd for <input type=date> */
  readonly expiryDate: string;
  readonly expiryMin: string;
  readonly expiryMax: string;
  readonly phraseAction: string;
  readonly hasPhrase: boolean;
  readonly anyRevoked: boolean;
  readonly anyReadable: boolean;
  readonly error?: string;
}

export interface DestroyPage {
  readonly subject: string;
  readonly recipients: number;
  readonly action: string;
  readonly backUrl: string;
}

export interface BrandingPage {
  readonly action: string;
  readonly values: {
    readonly name: string;
    /** #rrggbb */
    readonly colour: string;
    readonly introduction: string;
    readonly portalText: string;
    readonly footer: string;
    /** As typed. */
    readonly reminderDays: string;
  };
  readonly hasLogo: boolean;
  readonly logoUrl?: string;
  readonly errors: readonly FieldError[];
  /** Says how the chosen colour was adjusted or which text stands on it. */
  readonly contrastWords: string;
  /** True while the previews show a draft that is not published. */
  readonly draft: boolean;
  readonly noticePreviewUrl: string;
  readonly noticeTextPreviewUrl: string;
  readonly portalPreviewUrl: string;
  readonly logoLimit: string;
}

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

/** The page's own part by the name of its template in views/pages/. */
export interface PageModels {
  home: HomePage;
  enter: EnterPage;
  verify: VerifyPage;
  'sign-in': SignInPage;
  away: AwayPage;
  'step-up': StepUpPage;
  passkeys: PasskeysPage;
  'other-mailbox': OtherMailboxPage;
  'lost-link': LostLinkPage;
  notices: NoticesPage;
  genuine: GenuinePage;
  ended: EndedPage;
  request: RequestPage;
  inbox: InboxPage;
  message: MessagePage;
  attachment: AttachmentPage;
  leave: LeavePage;
  'signed-out': SignedOutPage;
  problem: ProblemPage;
  sent: SentPage;
  'sent-message': SentMessagePage;
  destroy: DestroyPage;
  write: WritePage;
  written: WrittenPage;
  'prove-address': SignInPage;
  account: AccountPage;
  branding: BrandingPage;
  'try-mailbox': TryMailboxPage;
  'try-mail': TryMailPage;
}
