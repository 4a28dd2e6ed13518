// Owns the view model of the page about a message that can no longer be read.

import { nameOf } from '../core/address.ts';
import { justBefore } from '../core/clock.ts';
import { endOf } from '../access/reading.ts';
import type { RequestsTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import type { Key } from '../language/catalogue.ts';
import { dayAt, plainly, timeAt } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { openWord } from '../messages/requests.store.ts';
import type { EndedPage } from '../render/page-models/dead-ends.ts';
import type { Ended } from './ended.routes.ts';

export function endedPage(
  site: Site,
  words: Words,
  ended: Ended,
  { request, mayAsk }: { readonly request: RequestsTable | undefined; readonly mayAsk: boolean },
): EndedPage {
  const { sender, message, state } = ended;
  const name = sender === undefined ? undefined : nameOf(sender);
  const word = request === undefined || name === undefined ? '' : openWord(site.keyring, request);
  return {
    sentences: [
      ...whatHappened(words, ended),
      ...(sender === undefined || name === undefined
        ? [plainly(words.say('problem.gone-helps'))]
        : [plainly(senderWords(words, name, sender.address))]),
      ...(request === undefined || name === undefined || state !== 'expired' ? [] : requestWords(words, request, name)),
    ],
    ...(word === '' || name === undefined
      ? {}
      : { word: { from: words.say('ended.word', { sender: name }), text: word } }),
    ...(mayAsk && name !== undefined
      ? {
          moreTime: {
            action: `${site.base}/messages/${message.id}/more-time`,
            means: words.say('ended.ask-means', { sender: name }),
          },
        }
      : {}),
    ...(sender === undefined || name === undefined
      ? {}
      : {
          write: {
            url: `mailto:${encodeURIComponent(sender.address).replace('%40', '@')}`,
            label: words.say('ended.write', { sender: name }),
          },
        }),
    inboxUrl: `${site.base}/messages`,
  };
}

function senderWords(words: Words, name: string, address: string): string {
  if (name === address) return words.say('ended.sender-address', { address });
  return words.say('ended.sender', { sender: name, address });
}

function whatHappened(words: Words, { message, recipient, state }: Ended): Told[] {
  const say = (key: Key): Told => plainly(words.say(key));
  const since = (key: 'ended.revoked-since' | 'ended.destroyed-since', at: string | null): Told[] =>
    at === null ? [] : [words.tell(key, { day: dayAt(at), time: timeAt(at) })];
  switch (state) {
    case 'expired': {
      const end = endOf(message, recipient);
      return [
        say('problem.expired'),
        // A message that ends at midnight could last be read on the day before.
        ...(end === null ? [] : [words.tell('ended.expired-since', { day: dayAt(justBefore(end)) })]),
        ...(message.destroyed_at === null ? [] : [say('ended.shredded')]),
      ];
    }
    case 'revoked':
      return [say('problem.taken-back'), ...since('ended.revoked-since', recipient.revoked_at)];
    case 'destroyed':
      return [say('problem.taken-back'), ...since('ended.destroyed-since', message.destroyed_at)];
  }
}

function requestWords(words: Words, request: RequestsTable, sender: string): Told[] {
  const at = (iso: string) => ({ day: dayAt(iso), time: timeAt(iso), sender });
  if (request.state === 'open') return [words.tell('ended.asked', at(request.created_at))];
  if (request.state === 'refused' && request.answered_at !== null)
    return [words.tell('ended.refused', at(request.answered_at))];
  return [];
}
