// Owns saying a protection honestly: what is enforced, what is only made harder, and what nobody can
// prevent. Pure.

import { justBefore } from '../core/clock.ts';
import { hasRight } from './reading.ts';
import type { MessageState } from './reading.ts';
import type { Key } from '../language/catalogue.ts';
import type { Words } from '../language/words.ts';
import { moment } from '../render/moment.ts';
import type { ProtectionView } from '../render/page-models/message.ts';

/** To a reader it speaks of what they may, to the sender of what the readers may. */
export function protectionView(
  words: Words,
  message: Pick<MessageState, 'rights' | 'expires_at'> & { readonly protection: string },
  nowMs: number,
  speakingTo: 'reader' | 'sender' = 'reader',
): ProtectionView {
  const may = (right: string): boolean => hasRight(message, right);
  const expires = message.expires_at === null ? undefined : moment(justBefore(message.expires_at), nowMs, words);
  const keys = speeches[speakingTo];
  const say = (list: readonly Key[]): string[] => list.map((key) => words.say(key));
  return {
    label: protectionLabel(words, message.protection),
    sentence: words.say(summary(may, keys)),
    ...(expires === undefined ? {} : { expires }),
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
    notPrevented: say([may('forward') ? keys.passingOn : keys.photograph]),
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

/** One that has no name of its own here is called as it is. */
export function protectionLabel(words: Words, protection: string): string {
  const key = labels.get(protection);
  return key === undefined ? protection : words.say(key);
}

const labels: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['encrypt-only', 'reading.protection-encrypt-only'],
  ['do-not-forward', 'reading.protection-do-not-forward'],
]);

function summary(may: (right: string) => boolean, keys: (typeof speeches)[keyof typeof speeches]): Key {
  if (may('forward') && may('download')) return keys.mayAll;
  return may('reply') ? keys.mayAnswer : keys.mayRead;
}
