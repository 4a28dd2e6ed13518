// Owns the conversation between parse.ts and its worker. They take turns: the main side sends some of the mail
// and waits; the worker answers with what came out of it. So neither side ever holds more than a few turns' bytes.

import type { RefusalCode } from '../core/errors.ts';
import type { MailPart, MailTree } from './mail-tree.ts';

/** main → worker. */
export interface Turn {
  /** True on the first turn of a mail. */
  readonly begin: boolean;
  readonly bytes: Uint8Array;
  /** True when these are the last bytes. */
  readonly last: boolean;
}

export type PartEvent =
  | { readonly kind: 'open'; readonly part: Omit<MailPart, 'size'> }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'close' };

/** worker → main. */
export interface Answer {
  /** What became of the attachments since the last answer, in order. */
  readonly events: readonly PartEvent[];
  readonly next: Next;
}

export type Next =
  | { readonly kind: 'feed' } // send more of the mail
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
