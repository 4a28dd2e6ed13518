// Owns saying how it stands with a code that somebody waits for. Behind a link it says what became of its mail: whoever
// has the link knows that the address is known here. At the front door it says what is true of every address.

import { domainOf } from '../core/address.ts';
import type { Site } from '../http/site.ts';
import type { Words } from '../language/words.ts';
import { failureWords } from '../messages/failure-words.ts';
import type { CodeMail } from '../signin/code-mail.ts';
import { secondsUntilAsk } from '../signin/waiting.ts';
import type { Waiting } from '../signin/waiting.ts';

export type Door = 'link' | 'front';

/** Whole sentences, in the order in which they matter. */
export async function codeStatus(site: Site, words: Words, door: Door, waiting: Waiting): Promise<string[]> {
  return [
    door === 'link' ? mailWords(words, waiting) : words.say('sign-in.status-either'),
    words.say('sign-in.status-until', { time: timeOf(words, waiting.expiresAt) }),
    await askWords(site, words, waiting),
  ];
}

function mailWords(words: Words, { mail, address, askedAt }: Waiting): string {
  const reason = (failure: string): string => failureWords(words, failure, domainOf(address));
  switch (mail?.state) {
    case undefined:
      return words.say('sign-in.status-queued', { time: timeOf(words, askedAt) });
    case 'sent':
      return sentWords(words, mail);
    case 'delayed':
      return words.say('sign-in.status-delayed', {
        reason: reason(mail.failure),
        time: timeOf(words, mail.nextAt),
      });
    case 'refused':
      return words.say('sign-in.status-refused', { reason: reason(mail.failure) });
  }
}

function sentWords(words: Words, { host, at }: Extract<CodeMail, { state: 'sent' }>): string {
  const time = timeOf(words, at);
  return host === undefined
    ? words.say('sign-in.status-sent', { time })
    : words.say('sign-in.status-sent-to', { host, time });
}

async function askWords(site: Site, words: Words, { address }: Waiting): Promise<string> {
  const seconds = await secondsUntilAsk(site.signin, address);
  return seconds === 0
    ? words.say('sign-in.status-again')
    : words.say('sign-in.verify-again-after', { time: timeAfter(site, words, seconds) });
}

export function timeAfter(site: Site, words: Words, seconds: number): string {
  return words.time(new Date(site.clock.nowMs() + seconds * 1000));
}

export function timeOf(words: Words, iso: string): string {
  return words.time(new Date(iso));
}
