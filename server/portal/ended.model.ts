// Owns the view model of the page about a message that can no longer be read.

import { nameOf } from '../core/address.ts';
import { endOf } from '../access/reading.ts';
import type { RequestsTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import type { Words } from '../language/words.ts';
import { openWord } from '../messages/requests.store.ts';
import { lastDay } from '../render/moment.ts';
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
        ? [words.say('problem.gone-helps')]
        : [words.say('ended.sender', { sender: name, address: sender.address })]),
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

function whatHappened(words: Words, { message, recipient, state }: Ended): string[] {
  const since = (key: 'ended.revoked-since' | 'ended.destroyed-since', at: string | null): string[] =>
    at === null ? [] : [words.say(key, { day: words.day(new Date(at)), time: words.time(new Date(at)) })];
  switch (state) {
    case 'expired': {
      const end = endOf(message, recipient);
      return [
        words.say('problem.expired'),
        ...(end === null ? [] : [words.say('ended.expired-since', { day: lastDay(words, end) })]),
        ...(message.destroyed_at === null ? [] : [words.say('ended.shredded')]),
      ];
    }
    case 'revoked':
      return [words.say('problem.taken-back'), ...since('ended.revoked-since', recipient.revoked_at)];
    case 'destroyed':
      return [words.say('problem.taken-back'), ...since('ended.destroyed-since', message.destroyed_at)];
  }
}

function requestWords(words: Words, request: RequestsTable, sender: string): string[] {
  const at = (iso: string) => ({ day: words.day(new Date(iso)), time: words.time(new Date(iso)), sender });
  if (request.state === 'open') return [words.say('ended.asked', at(request.created_at))];
  if (request.state === 'refused' && request.answered_at !== null)
    return [words.say('ended.refused', at(request.answered_at))];
  return [];
}
