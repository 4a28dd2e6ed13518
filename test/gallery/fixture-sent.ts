// Owns the pieces of which the search above the list of sent messages is made.

import { momentAt } from '../../server/language/told.ts';
import { wordsIn } from '../../server/language/words.ts';
import { statusWords } from '../../server/http/status-words.ts';
import type { SentFind, TimelineRow } from '../../server/render/page-models/sent.ts';
import { moment } from './fixture-parts.ts';
import { alice, bob, hostile, longWord } from './fixture-people.ts';

const words = wordsIn('en');

export const findNothing: SentFind = {
  action: '/sent/find',
  allUrl: '/sent',
  any: false,
  to: '',
  person: '',
  words: '',
  from: '',
  until: '',
  states: Object.entries(statusWords).map(([name, { key }]) => ({ name, words: words.say(key), chosen: false })),
};

export const findBob: SentFind = { ...findNothing, any: true, to: bob.address, words: 'figures', from: '2026-11-01' };

export const findHostile: SentFind = {
  ...findNothing,
  any: true,
  to: longWord,
  words: '"><script>alert(1)</script>',
  person: 'x'.repeat(43),
  states: [{ name: 'opened', words: hostile, chosen: true }],
};

export const looked = words.tell('find.looked', { count: 2_000, time: momentAt('2026-08-14T09:30:00.000Z') });

export const timeline: readonly TimelineRow[] = [
  { at: moment('5 minutes ago'), what: 'Taken back', who: alice.address },
  { at: moment('1 hour ago'), what: `Read by ${bob.name}` },
  { at: moment('2 hours ago'), what: words.say('timeline.fetched', { reader: bob.name }) },
  {
    at: moment('2 hours ago'),
    what: words.say('timeline.notice-sent', { reader: bob.name }),
    detail: words.say('fact.relay', { answer: '250 2.0.0 Ok: queued as 4F1C2' }),
  },
  { at: moment('2 hours ago'), what: 'Taken in', who: alice.address },
];

export const timelineHostile: readonly TimelineRow[] = [
  { at: moment(), what: hostile, who: longWord, detail: hostile },
  { at: moment(), what: longWord.repeat(3), who: hostile },
];
