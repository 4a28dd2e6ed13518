// Owns the tags in a subject that ask for something, and taking them off. Pure.

import type { Asks, Wish } from '../asks.ts';
import { doNotForward, encryptOnly } from '../protection.ts';
import { PLAIN_WORDS, plain, portalAlways } from './seppmail.ts';

interface Tag extends Asks {
  readonly isNote?: true;
  /** What is said of it beside its name. */
  readonly says?: string;
}

const tags: ReadonlyMap<string, Tag> = new Map<string, Tag>([
  ['[encrypt]', { protection: encryptOnly }],
  ['[secure]', { protection: encryptOnly }],
  ['[dnf]', { protection: doNotForward }],
  // SEPPmail's.
  ['[confidential]', { protection: encryptOnly }],
  ['[priv]', portalAlways],
  ['[plain]', { ...plain, says: PLAIN_WORDS }],
]);

// Without the flag `u`, so that only A to Z have two cases: no letter outside ASCII makes or hides a tag.
const TAG = /\[(?:encrypt|secure|dnf|confidential|priv|plain)\]/gi;

/** The wishes of the subject's tags, wherever they stand, and the subject without them. */
export function subjectTags(subject: string): { wishes: Wish[]; subject: string } {
  const found = new Set(subject.match(TAG)?.map((tag) => tag.toLowerCase()));
  if (found.size === 0) return { wishes: [], subject };
  return {
    wishes: [...tags]
      .filter(([tag]) => found.has(tag))
      .map(([tag, { says, ...asks }]) => ({
        words: `subject tag ${tag}${says === undefined ? '' : ` ${says}`}`,
        ...asks,
      })),
    subject: subject.replace(TAG, ' ').replace(/\s+/g, ' ').trim(),
  };
}
