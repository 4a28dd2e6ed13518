// Owns what is said of an answer that came by ordinary mail, on its page and in the mail that brings it: whether it is proved who wrote it.

import type { Words } from '../language/words.ts';
import type { MessageMeta } from './message.ts';

/** Undefined for what came another way. What was taken in before authors were checked counts as not proved. */
export function byMailWords(words: Words, { cameByMail, authorProvedBy, from }: MessageMeta): string | undefined {
  if (cameByMail === undefined) return undefined;
  const { address } = from;
  return authorProvedBy === undefined
    ? words.say('reading.came-by-mail-unproved', { address })
    : words.say('reading.came-by-mail', { address, domain: authorProvedBy });
}
