// Owns the pieces of which the page about connectors is made.

import type { ConnectorFields, ConnectorTest, ConnectorsPage } from '../../server/render/page-models/connectors.ts';
import { hostile, longWord } from './fixture-people.ts';

const fields: ConnectorFields = {
  domain: '',
  hosts: '',
  minTls: '1.2',
  by: 'host-name',
  names: '',
  pins: '',
  certificate: '',
  hasKey: false,
};

const at = { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '7 days ago' };
const hosts: ConnectorTest['report']['hosts'] = [
  {
    host: 'mx1.bank.example:25',
    stateWords: 'Proved',
    tone: 'good',
    facts: [
      { name: 'Address', words: '192.0.2.10, 2001:db8::10' },
      { name: 'TLS', words: 'TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384' },
    ],
    why: '',
  },
];

export const connectorsEmpty: ConnectorsPage = {
  action: '/admin/connectors',
  testAction: '/admin/connectors/test',
  removeAction: '/admin/connectors/remove',
  acceptAction: '/admin/connectors/accept',
  version: 0,
  rows: [],
  inbound: [],
  inboundUrl: '/admin/connectors/inbound',
  fields,
  newUrl: '/admin/connectors',
};

export const connectors: ConnectorsPage = {
  ...connectorsEmpty,
  version: 3,
  rows: [
    {
      domain: 'bank.example',
      where: 'its MX hosts',
      asked: 'TLS 1.2 or later, a certificate that a trusted authority signed for the host’s own name',
      editUrl: '/admin/connectors?edit=bank.example',
      test: {
        state: { words: 'Proves less than before', tone: 'bad' },
        at,
        notes: [
          'mx1.bank.example speaks TLSv1.2 and no longer TLSv1.3',
          'mx1.bank.example has another key than before',
        ],
        mayAccept: true,
        report: {
          domain: 'bank.example',
          goes: true,
          outcome: 'Mail goes directly, over TLS that is verified.',
          notes: [],
          hosts,
        },
      },
    },
    {
      domain: 'partner.example',
      where: 'mx1.partner.example, mx2.partner.example:2525',
      asked: 'TLS 1.3 or later, one of 2 pinned keys; our certificate is shown when it asks',
      editUrl: '/admin/connectors?edit=partner.example',
    },
  ],
  inbound: [
    { name: 'exchange-hq', words: 'one of 2 pinned keys' },
    { name: 'scanner', words: 'a pinned certificate' },
  ],
  editing: 'partner.example',
  fields: {
    domain: 'partner.example',
    hosts: 'mx1.partner.example\nmx2.partner.example:2525',
    minTls: '1.3',
    by: 'key',
    names: '',
    pins: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nLPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
    certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----',
    hasKey: true,
  },
};

export const connectorsTested: ConnectorsPage = {
  ...connectors,
  report: {
    domain: 'partner.example',
    goes: true,
    outcome: 'Mail goes directly, over TLS that is verified.',
    notes: ['mx3.partner.example: has no address that could be found'],
    hosts: [
      {
        host: 'mx1.partner.example:25',
        stateWords: 'Proved',
        tone: 'good',
        facts: [
          { name: 'Address', words: '192.0.2.10, 2001:db8::10' },
          { name: 'Asked', words: 'TLS 1.3 or later, one of 2 pinned keys (by the connector)' },
          { name: 'TLS', words: 'TLSv1.3, TLS_AES_256_GCM_SHA384' },
          { name: 'Certificate', words: 'for mx1.partner.example, until 2027-02-01' },
          { name: 'Key', words: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' },
          { name: 'Signed by', words: 'CN=Example Authority R3, until 2029-01-01' },
        ],
        why: '',
      },
      {
        host: 'mx2.partner.example:2525',
        stateWords: 'Not proved',
        tone: 'bad',
        facts: [
          { name: 'Address', words: '192.0.2.11' },
          { name: 'Asked', words: 'TLS 1.3 or later, one of 2 pinned keys (by the connector)' },
          { name: 'TLS', words: 'TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384' },
        ],
        why: 'It speaks TLSv1.2 and not TLS 1.3.',
      },
    ],
  },
};

export const connectorsRefused: ConnectorsPage = {
  ...connectors,
  problem: 'The connectors are refused: [1].hosts[0].host is not the name of a domain or host.',
};

export const connectorsHostile: ConnectorsPage = {
  ...connectorsTested,
  problem: hostile,
  rows: [
    {
      domain: longWord,
      where: hostile,
      asked: longWord,
      editUrl: '/admin/connectors?edit=x',
      test: {
        state: { words: 'Mail does not go', tone: 'bad' },
        at,
        notes: [hostile, longWord],
        mayAccept: false,
        report: {
          domain: longWord,
          goes: false,
          outcome: hostile,
          notes: [hostile, longWord],
          hosts: [
            {
              host: longWord,
              stateWords: 'Not proved',
              tone: 'bad',
              facts: [{ name: 'TLS', words: longWord }],
              why: hostile,
            },
          ],
        },
      },
    },
  ],
  inbound: [{ name: longWord, words: hostile }],
  fields: { ...fields, domain: hostile.replace('javascript:', ''), hosts: `${longWord}\n${hostile}`, pins: longWord },
  report: {
    domain: longWord,
    goes: false,
    outcome: hostile,
    notes: [hostile, longWord],
    hosts: [
      {
        host: longWord,
        stateWords: 'Not proved',
        tone: 'bad',
        facts: [{ name: 'Certificate', words: longWord }],
        why: hostile,
      },
    ],
  },
};
