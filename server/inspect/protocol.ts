// Owns the conversation between the main side and its inspecting worker: a mail begins with its texts, its attachments
// follow piece by piece, and each is answered by what was seen in it. No text ever goes back.

import type { Look, Seen } from '../detect/look.ts';

/** main → worker. */
export type Ask =
  | {
      readonly kind: 'begin';
      /** Absent when they are those of the mail before. */
      readonly looks?: readonly Look[];
      /** Absent when another worker has read them. */
      readonly texts?: MailTexts;
      /** Of the text that may still come out of this mail. */
      readonly charactersMax: number;
      /** Of the work that may still be done for it (steps.ts). */
      readonly stepsMax: number;
      /** Of the files that may still be told of. */
      readonly toldMax: number;
    }
  | { readonly kind: 'part'; readonly part: PartHead; readonly bytes: Uint8Array; readonly last: boolean }
  | { readonly kind: 'more'; readonly bytes: Uint8Array; readonly last: boolean }
  | { readonly kind: 'end' };

export interface MailTexts {
  readonly subject: string;
  readonly text: string | undefined;
  readonly html: string | undefined;
}

export interface PartHead {
  readonly n: number;
  readonly filename: string;
  readonly contentType: string;
  readonly charset?: string | undefined;
  readonly size: number;
}

/** worker → main. */
export type Answer =
  /** Send more of the part. */
  | { readonly kind: 'feed' }
  /** To `begin` and the end of a part: what is new. To `end`: the hits of all parts together, instead. */
  | { readonly kind: 'seen'; readonly seen: Seen; readonly characters: number; readonly steps: number };

/** The worker is our own; these guard against mixed-up messages, not against it. */
export function isAnswer(message: unknown): message is Answer {
  return hasKind(message) && (message.kind === 'feed' || message.kind === 'seen');
}

export function isAsk(message: unknown): message is Ask {
  return hasKind(message) && KINDS.includes(message.kind);
}

const KINDS: readonly unknown[] = ['begin', 'part', 'more', 'end'];

function hasKind(message: unknown): message is { readonly kind: unknown } {
  return typeof message === 'object' && message !== null && 'kind' in message;
}
