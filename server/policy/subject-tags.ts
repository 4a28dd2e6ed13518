// Owns the tags in a subject that ask for protection, and taking them off. Pure.

import type { Wish } from './ask.ts';
import { doNotForward, encryptOnly } from './protection.ts';
import type { Protection } from './protection.ts';

const protections: ReadonlyMap<string, Protection> = new Map([
  ['[encrypt]', encryptOnly],
  ['[secure]', encryptOnly],
  ['[dnf]', doNotForward],
]);

// Without the flag `u`, so that only A to Z have two cases: no letter outside ASCII makes or hides a tag.
const TAG = /\[(?:encrypt|secure|dnf)\]/gi;

/** The wishes of the subject's tags, wherever they stand, and the subject without them. */
export function subjectTags(subject: string): { wishes: Wish[]; subject: string } {
  const tags = new Set(subject.match(TAG)?.map((tag) => tag.toLowerCase()));
  if (tags.size === 0) return { wishes: [], subject };
  return {
    wishes: [...protections]
      .filter(([tag]) => tags.has(tag))
      .map(([tag, protection]) => ({ words: `subject tag ${tag}`, protection })),
    subject: subject.replace(TAG, ' ').replace(/\s+/g, ' ').trim(),
  };
}
