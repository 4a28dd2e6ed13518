// Owns the page on which a sender writes a message, as the gallery draws it.

import { wordsIn } from '../../server/language/words.ts';
import type { ComposePage } from '../../server/render/page-models/writing.ts';
import { bob, carol, dana, hostile, hostilePerson, longAddress, longName, longWord, rtl } from './fixture-people.ts';

const known = [bob, carol, dana].map(({ name, address }) => ({ name, address }));
export const empty: ComposePage = {
  action: '/compose',
  senders: [],
  to: '',
  cc: '',
  bcc: '',
  book: [],
  known: [],
  anyTicked: false,
  subject: '',
  text: '',
  protections: [
    {
      name: 'encrypt-only',
      label: 'Encrypted',
      means: ['Its readers may answer, forward, print and save this message.'],
      chosen: true,
    },
    {
      name: 'do-not-forward',
      label: 'Do not forward',
      means: ['Its readers may read and answer this message, but not pass it on, print it or save its files.'],
      chosen: false,
    },
  ],
  expires: '',
  expiryMin: '2026-11-22',
  expiryMax: '2028-11-20',
  daysDefault: 30,
  roads: [
    { name: '', label: wordsIn('en').say('compose.deliver-usual'), chosen: true },
    { name: 'best', label: wordsIn('en').say('compose.deliver-best'), chosen: false },
    { name: 'smime', label: wordsIn('en').say('compose.deliver-smime'), chosen: false },
  ],
  phrase: '',
  once: '5fXh2mQzT1c9Lr0sVbNw8A',
  files: { count: 50, size: '50 MB', bytes: 52_428_800 },
};
/** By somebody who has written here before, under an administrator's template, with all fields filled. */
export const filled: ComposePage = {
  ...empty,
  to: 'erin@partner.example, Frank Partner <frank@partner.example>',
  cc: 'board@example.com',
  bcc: 'archive@example.com',
  book: known.map((one, n) => ({ ...one, field: `book-${n}`, ticked: n === 1 })),
  known,
  anyTicked: true,
  subject: 'The lease, with the change of section 4',
  text: 'Dear Bob,\n\nplease read **section 4** before Thursday:\n\n- the rent\n- the notice\n\nAlice',
  protections: [
    ...empty.protections.map((one) => ({ ...one, chosen: false })),
    {
      name: 'legal-view-only',
      label: 'Legal, view only, 7 days',
      means: [
        'Its readers may read and answer this message, but not pass it on, print it or save its files.',
        'It ends on Sunday 29 November 2026 at the latest.',
        'It needs an access phrase.',
      ],
      chosen: true,
    },
  ],
  expires: '2026-11-27',
  phrase: 'the name of our ship',
};
export const hostilePage: ComposePage = {
  ...filled,
  to: `${hostilePerson.address}, ${longWord}`,
  cc: hostilePerson.address,
  bcc: longAddress,
  book: Array.from({ length: 30 }, (_, n) => ({
    field: `book-${n}`,
    name: n % 3 === 0 ? longName : n % 3 === 1 ? hostile : '',
    address: n % 2 === 0 ? longAddress : `n${n}@recipient.example`,
    ticked: n % 4 === 0,
  })),
  subject: `${longWord}${longWord}`,
  text: `${hostile}\n${longWord}`.repeat(4),
  protections: [
    { name: 'long', label: longName, means: [hostile], chosen: false },
    { name: 'rtl', label: rtl.subject, means: [longWord], chosen: true },
  ],
  phrase: hostilePerson.address,
};
