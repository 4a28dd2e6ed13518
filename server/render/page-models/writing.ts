// Owns what the pages are given on which a visitor begins a conversation.

import type { FilesLimit, ThreadEntry } from './message.ts';
import type { PersonView } from './parts.ts';

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
