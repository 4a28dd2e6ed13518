// Owns saying a protection honestly: what is enforced, what is only made harder, and what nobody can
// prevent. Pure.

import { justBefore } from '../core/clock.ts';
import { hasRight } from './reading.ts';
import type { MessageState } from './reading.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import { moment } from '../render/moment.ts';
import type { ProtectionView } from '../render/page-models/message.ts';

/**
 * To a reader it speaks of what they may, to the sender of what the readers may. `title`: what an administrator calls
 * the protection.
 */
export function protectionView(
  words: Words,
  message: Pick<MessageState, 'rights' | 'expires_at'> & { readonly protection: string },
  nowMs: number,
  { speakingTo = 'reader', title }: { speakingTo?: 'reader' | 'sender'; title?: string | undefined } = {},
): ProtectionView {
  const may = (right: string): boolean => hasRight(message, right);
  const expires = message.expires_at === null ? undefined : moment(justBefore(message.expires_at), nowMs, words);
  const keys = speeches[speakingTo];
  const say = (list: readonly Key[]): string[] => list.map((key) => words.say(key));
  return {
    label: protectionLabel(words, message.protection, title),
    sentence: summary(words, may, keys),
    ...(expires === undefined ? {} : { expires }),
    ...(message.expires_at !== null && Date.parse(message.expires_at) <= nowMs ? { isOver: true } : {}),
    enforced: say([
      keys.opening,
      keys.takingBack,
      ...(expires === undefined ? [] : (['reading.closes-by-itself'] as const)),
      ...(may('forward') ? [] : (['reading.no-forwarding'] as const)),
      ...(may('download') ? [] : (['reading.no-files'] as const)),
    ]),
    hindered: say([
      ...(may('copy') ? [] : (['reading.copying'] as const)),
      ...(may('print') ? [] : (['reading.printing'] as const)),
    ]),
    notPrevented: say([may('forward') || may('download') ? keys.passingOn : keys.photograph]),
  };
}

const speeches = {
  reader: {
    mayAll: 'reading.reader-may-all',
    mayAnswer: 'reading.reader-may-answer',
    mayRead: 'reading.reader-may-read',
    opening: 'reading.reader-opening',
    takingBack: 'reading.reader-taking-back',
    passingOn: 'reading.reader-passing-on',
    photograph: 'reading.reader-photograph',
  },
  sender: {
    mayAll: 'reading.sender-may-all',
    mayAnswer: 'reading.sender-may-answer',
    mayRead: 'reading.sender-may-read',
    opening: 'reading.sender-opening',
    takingBack: 'reading.sender-taking-back',
    passingOn: 'reading.sender-passing-on',
    photograph: 'reading.sender-photograph',
  },
} as const satisfies Record<string, Record<string, Key>>;

/** One that has neither a title nor a name of its own here is called as it is. */
export function protectionLabel(words: Words, protection: string, title?: string): string {
  const key = labels.get(protection);
  return title ?? (key === undefined ? protection : words.say(key));
}

const labels: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['encrypt-only', 'reading.protection-encrypt-only'],
  ['do-not-forward', 'reading.protection-do-not-forward'],
  ['limited', 'reading.protection-limited'],
]);

const rightKeys: readonly (readonly [right: string, key: Key])[] = [
  ['reply', 'reading.right-reply'],
  ['reply-all', 'reading.right-reply-all'],
  ['forward', 'reading.right-forward'],
  ['print', 'reading.right-print'],
  ['copy', 'reading.right-copy'],
  ['download', 'reading.right-download'],
];

/** A sentence where one fits; else what is allowed and what is not. */
function summary(
  words: Words,
  may: (right: string) => boolean,
  keys: (typeof speeches)[keyof typeof speeches],
): string {
  const named = (is: boolean): string[] =>
    rightKeys.filter(([right]) => may(right) === is).map(([, key]) => words.say(key));
  const withheld = named(false);
  if (withheld.length === 0) return words.say(keys.mayAll);
  const isForReading = !['forward', 'print', 'copy', 'download'].some(may);
  if (isForReading && may('reply')) return words.say(keys.mayAnswer);
  if (isForReading && !may('reply-all')) return words.say(keys.mayRead);
  return words.say('reading.may-some', { allowed: words.list(named(true)), withheld: words.list(withheld) });
}
