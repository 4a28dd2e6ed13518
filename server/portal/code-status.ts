// Owns saying how it stands with a code that somebody waits for. Behind a link it says what became of its mail: whoever
// has the link knows that the address is known here. At the front door it says what is true of every address.

import { domainOf } from '../core/address.ts';
import { SECOND_MS, isoNow } from '../core/clock.ts';
import type { Site } from '../http/site.ts';
import { plainly, timeAt } from '../language/told.ts';
import type { At, Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { failureWords } from '../messages/failure-words.ts';
import type { CodeMail } from '../signin/code-mail.ts';
import { secondsUntilAsk } from '../signin/waiting.ts';
import type { Waiting } from '../signin/waiting.ts';

export type Door = 'link' | 'front';

/** Whole sentences, in the order in which they matter. */
export async function codeStatus(site: Site, words: Words, door: Door, waiting: Waiting): Promise<Told[]> {
  return [
    door === 'link' ? mailWords(words, waiting) : plainly(words.say('sign-in.status-either')),
    words.tell('sign-in.status-until', { time: timeAt(waiting.expiresAt) }),
    await askWords(site, words, waiting),
  ];
}

function mailWords(words: Words, { mail, address, askedAt }: Waiting): Told {
  const reason = (failure: string): string => failureWords(words, failure, domainOf(address));
  switch (mail?.state) {
    case undefined:
      return words.tell('sign-in.status-queued', { time: timeAt(askedAt) });
    case 'sent':
      return sentWords(words, mail);
    case 'delayed':
      return words.tell('sign-in.status-delayed', { reason: reason(mail.failure), time: timeAt(mail.nextAt) });
    case 'refused':
      return plainly(words.say('sign-in.status-refused', { reason: reason(mail.failure) }));
  }
}

function sentWords(words: Words, { host, at }: Extract<CodeMail, { state: 'sent' }>): Told {
  const time = timeAt(at);
  return host === undefined
    ? words.tell('sign-in.status-sent', { time })
    : words.tell('sign-in.status-sent-to', { host, time });
}

async function askWords(site: Site, words: Words, { address }: Waiting): Promise<Told> {
  const seconds = await secondsUntilAsk(site.signin, address);
  return seconds === 0
    ? plainly(words.say('sign-in.status-again'))
    : words.tell('sign-in.verify-again-after', { time: timeAfter(site, seconds) });
}

export function timeAfter(site: Site, seconds: number): At {
  return timeAt(isoNow(site.clock, seconds * SECOND_MS));
}
