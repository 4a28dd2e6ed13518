// Owns the conversation between the main side and its parsing worker. A small mail is sent whole, with whatever others
// are there, and each comes back read. A larger one is read in turns: the main side sends some of it and waits; the
// worker answers with what came out of it. So neither side ever holds more than a few turns' bytes.

import type { RefusalCode } from '../core/errors.ts';
import type { MailPart, MailTree } from './mail-tree.ts';

/** main → worker: some of a mail. */
export interface Turn {
  /** True on the first turn of a mail. */
  readonly begin: boolean;
  readonly bytes: Uint8Array;
  /** True when these are the last bytes. */
  readonly last: boolean;
}

/** main → worker: whole mails. */
export interface Batch {
  /** One mail after the other. */
  readonly mails: Uint8Array;
  /** Where each of them ends. */
  readonly ends: readonly number[];
}

export type PartEvent =
  | { readonly kind: 'open'; readonly part: Omit<MailPart, 'size'> }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'close' };

/** worker → main; to a batch, one for each of its mails. */
export interface Answer {
  /** What became of the attachments since the last answer, in order. */
  readonly events: readonly PartEvent[];
  readonly next: Next;
}

export type Next = { readonly kind: 'feed' } | Ended; // `feed`: send more of the mail

export type Ended =
  | { readonly kind: 'done'; readonly tree: MailTree }
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly message: string;
      readonly detail: string | undefined;
    };

/** True for a message of this protocol. The worker is our own; this guards against mixed-up messages, not against it. */
export function isAnswer(message: unknown): message is Answer {
  return (
    typeof message === 'object' &&
    message !== null &&
    'events' in message &&
    Array.isArray(message.events) &&
    'next' in message
  );
}

export function isTurn(message: unknown): message is Turn {
  return typeof message === 'object' && message !== null && 'begin' in message && 'bytes' in message;
}

export function isBatch(message: unknown): message is Batch {
  return typeof message === 'object' && message !== null && 'mails' in message && 'ends' in message;
}
