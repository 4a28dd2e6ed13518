// Owns the pieces of which the page about MTA-STS of our own domains is made.

import { recordsFor, stsPolicyFile } from '../../server/delivery/own-sts.ts';
import type { OwnPolicy } from '../../server/delivery/own-sts.ts';
import type { MtaStsPage, OwnDomainView } from '../../server/render/page-models/mta-sts.ts';
import { hostile, longWord } from './fixture-people.ts';

const portalHost = 'secure.example.com';
const off: OwnDomainView = {
  domain: 'example.com',
  n: 0,
  isOn: false,
  mode: 'off',
  mx: '',
  days: '7',
  url: 'https://mta-sts.example.com/.well-known/mta-sts.txt',
  records: [],
};
const policy: OwnPolicy = {
  domain: 'example.com',
  mode: 'enforce',
  mx: ['mx1.example.com', '*.mail.example.net'],
  maxAgeSeconds: 604_800,
};
const on: OwnDomainView = {
  ...off,
  isOn: true,
  mode: 'enforce',
  mx: policy.mx.join('\n'),
  file: stsPolicyFile(policy),
  records: recordsFor(policy, portalHost),
};

export const mtaStsEmpty: MtaStsPage = {
  action: '/admin/mta-sts',
  version: 0,
  mayWrite: true,
  domains: [off],
  portalHost,
};

export const mtaStsFull: MtaStsPage = {
  ...mtaStsEmpty,
  version: 3,
  domains: [on, { ...off, domain: 'example.org', n: 1 }],
};

export const mtaStsRead: MtaStsPage = { ...mtaStsFull, mayWrite: false };

export const mtaStsHostile: MtaStsPage = {
  ...mtaStsFull,
  portalHost: longWord,
  domains: [
    {
      ...on,
      domain: longWord,
      mx: `${longWord}\n${hostile}`,
      problem: hostile,
      file: `${hostile}\n${longWord}`,
      records: [{ name: longWord, type: 'TXT', value: `${longWord} ${hostile}` }],
    },
  ],
};
