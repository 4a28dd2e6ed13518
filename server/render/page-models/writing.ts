// Owns what the pages are given on which a visitor begins a conversation.

import type { FilesLimit, ThreadEntry } from './message.ts';
import type { PersonView } from './parts.ts';

/** What a field of the form for a sender is called there, and what a fault can be about. */
export type ComposeField =
  'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'text' | 'protection' | 'expires' | 'phrase' | 'deliver' | 'files';

/** A sender writes a protected message here, without a mail program. */
export interface ComposePage {
  readonly action: string;
  /** The mailboxes that this sender writes for; empty for their own only. */
  readonly senders: readonly { readonly key: string; readonly address: string; readonly chosen: boolean }[];
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  /** Whom this sender wrote to before, the latest first: to tick, and to complete what is typed. */
  readonly book: readonly BookEntry[];
  readonly known: readonly Pick<BookEntry, 'name' | 'address'>[];
  readonly anyTicked: boolean;
  readonly subject: string;
  readonly text: string;
  readonly protections: readonly ProtectionChoice[];
  /** yyyy-mm-dd for <input type=date>, as typed; '' for none. */
  readonly expires: string;
  readonly expiryMin: string;
  readonly expiryMax: string;
  readonly daysDefault: number;
  readonly phrase: string;
  /** By which road it goes; empty where there is none but the portal. */
  readonly roads: readonly { readonly name: string; readonly label: string; readonly chosen: boolean }[];
  /** Makes sending the same form twice one message. */
  readonly once: string;
  readonly files: FilesLimit;
  /** Why there is a text already. */
  readonly note?: string;
  readonly error?: string;
  /** Where the error is, if it is in one place. */
  readonly at?: ComposeField;
}

export interface BookEntry {
  /** Name of its box. */
  readonly field: string;
  readonly name: string;
  readonly address: string;
  readonly ticked: boolean;
}

export interface ProtectionChoice {
  /** As it is asked for. */
  readonly name: string;
  readonly label: string;
  /** What readers may do, and what else it brings. */
  readonly means: readonly string[];
  readonly chosen: boolean;
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
  /** Why there is a text already. */
  readonly note?: string;
  readonly error?: string;
}

/** What the visitor wrote first, and what came of it. */
export interface WrittenPage {
  readonly subject: string;
  readonly to: readonly PersonView[];
  readonly thread: readonly ThreadEntry[];
}
