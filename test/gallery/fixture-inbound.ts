// Owns the pieces of which the page about peers that hand in mail by a certificate is made.

import type { InboundPage } from '../../server/render/page-models/inbound.ts';
import { hostile, longWord } from './fixture-people.ts';

export const inboundEmpty: InboundPage = {
  action: '/admin/connectors/inbound',
  removeAction: '/admin/connectors/inbound/remove',
  connectorsUrl: '/admin/connectors',
  newUrl: '/admin/connectors/inbound',
  version: 0,
  mayWrite: true,
  hasTls: false,
  rows: [],
  fields: { name: '', by: 'key', digests: '' },
};

const pins = ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='];

export const inboundFull: InboundPage = {
  ...inboundEmpty,
  version: 4,
  hasTls: true,
  rows: [
    {
      name: 'exchange-hq',
      words: 'one of 2 pinned keys',
      digests: pins,
      editUrl: '/admin/connectors/inbound?edit=exchange-hq',
    },
    {
      name: 'scanner',
      words: 'a pinned certificate',
      digests: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
      editUrl: '/admin/connectors/inbound?edit=scanner',
    },
  ],
  fields: { name: 'exchange-hq', by: 'key', digests: pins.join('\n') },
  editing: 'exchange-hq',
};

export const inboundRead: InboundPage = { ...inboundFull, mayWrite: false };

export const inboundHostile: InboundPage = {
  ...inboundFull,
  problem: hostile,
  rows: [{ name: longWord, words: hostile, digests: [longWord, hostile], editUrl: '/admin/connectors/inbound?edit=x' }],
  fields: { name: longWord, by: 'certificate', digests: `${longWord}\n${hostile}` },
  editing: longWord,
};
