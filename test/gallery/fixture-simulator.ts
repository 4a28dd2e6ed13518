// Owns the pieces of which the simulator's pages are made.

import type {
  ReplayPage,
  ReplayRow,
  SimulatorPage,
  TriedRuleView,
  TrialView,
} from '../../server/render/page-models/simulator.ts';
import { hostile, longName, longWord } from './fixture-people.ts';
import { moment } from './fixture-parts.ts';

const row: ReplayRow = {
  url: '/admin/policy/replays/01kb0000000000000000000000',
  begun: moment(),
  title: '7 days, a draft',
  state: { words: 'Done', tone: 'good' },
  summary: '14 messages of 312 would change',
};

export const simulator: SimulatorPage = {
  action: '/admin/policy/simulate',
  mayReplay: true,
  replayAction: '/admin/policy/replays',
  policyUrl: '/admin/policy',
  from: '',
  to: '',
  mail: '',
  draft: '',
  days: '7',
  daysMax: 90,
  fileLimit: '50 MB',
  faults: [],
  replays: [],
};

const rules: readonly TriedRuleView[] = [
  {
    id: 'cards',
    name: 'Card numbers leave protected',
    state: { words: 'Matched', tone: 'good' },
    decided: true,
    does: 'protection do-not-forward',
    recipients: [],
    conditions: [
      {
        word: '',
        says: 'all',
        holds: true,
        there: '',
        places: [],
        of: [
          {
            word: '',
            says: 'detector payment-card, at least 1 in subject, body, attachments',
            holds: true,
            there: '2 found',
            places: [
              { where: 'body', masked: '•••• •••• •••• 1111' },
              { where: 'attachments › 1 › figures.xlsx › Sheet 2', masked: '•••• •••• •••• 4242' },
            ],
            of: [],
          },
          { word: '', says: 'direction out', holds: true, there: '', places: [], of: [] },
        ],
      },
      { word: 'unless', says: 'sender in group legal', holds: false, there: '', places: [], of: [] },
    ],
  },
  {
    id: 'partner',
    name: 'Partners get a reviewer',
    state: { words: 'Matched, in shadow', tone: 'waiting' },
    decided: false,
    does: 'a copy for a reviewer',
    recipients: ['carol@partner.example'],
    conditions: [
      {
        word: '',
        says: 'recipient is @partner.example',
        holds: true,
        there: '',
        places: [{ where: 'recipient', masked: 'carol@partner.example' }],
        of: [],
      },
    ],
  },
  {
    id: 'night',
    name: 'At night',
    state: { words: 'Did not match', tone: 'off' },
    decided: false,
    does: 'held for approval',
    recipients: [],
    conditions: [{ word: '', says: 'time 22:00 to 06:00', holds: false, there: '14:05', places: [], of: [] }],
  },
  {
    id: 'old',
    name: 'From last year',
    state: { words: 'Off, not tried', tone: 'off' },
    decided: false,
    does: 'refused',
    recipients: [],
    conditions: [],
  },
  {
    id: 'all',
    name: 'Every mail',
    state: { words: 'Matched', tone: 'good' },
    decided: false,
    does: 'delivery portal',
    recipients: [],
    conditions: [],
  },
];

const result: TrialView = {
  state: { words: 'Goes out', tone: 'good' },
  holds: 'do-not-forward',
  decidedBy: 'Decided by the rule “Card numbers leave protected” (cards).',
  isDraft: false,
  facts: [
    { name: 'Rights', words: 'reply, reply-all' },
    { name: 'Ends', words: '2026-12-21 14:05 UTC' },
    { name: 'Subject', words: 'Your invoice' },
    { name: 'Delivery', words: 'portal' },
    { name: 'Brand', words: 'default' },
  ],
  reasons: [
    'subject tag [encrypt]',
    'rule “Card numbers leave protected”: protection do-not-forward',
    'protection do-not-forward',
    'expiry 2026-12-21T14:05:00.000Z by default',
  ],
  recipients: [
    { address: 'bob@recipient.example', protection: 'do-not-forward', road: 'by the portal', rules: ['Every mail'] },
    { address: 'carol@partner.example', protection: 'do-not-forward', road: 'by the portal', rules: [] },
  ],
  rules,
};

export const granted: SimulatorPage = {
  ...simulator,
  from: 'alice@example.com',
  to: 'bob@recipient.example, carol@partner.example',
  mail: 'From: alice@example.com\nSubject: Your invoice\n\nPlease charge …\n',
  draft: 'format: 1\nrules: []\n',
  result,
  replays: [row, { ...row, state: { words: 'Under way', tone: 'waiting' }, title: '30 days, version 4' }],
};

export const refused: SimulatorPage = {
  ...granted,
  draft: '',
  result: {
    ...result,
    state: { words: 'Refused', tone: 'bad' },
    holds: 'Refused by the rule “Card numbers leave protected”: Card numbers do not leave by mail.',
    facts: [],
    reasons: [],
    recipients: [],
    rules: rules.slice(0, 1),
  },
};

export const problem: SimulatorPage = { ...simulator, problem: 'Paste a mail, or choose a file.' };

export const simulatorHostile: SimulatorPage = {
  ...granted,
  from: hostile.replace('javascript:', ''),
  to: longWord,
  mail: `${hostile}\n${longWord}`,
  result: {
    ...result,
    holds: `${longName} (${longWord})`,
    isDraft: true,
    decidedBy: `Decided by the rule “${longName}” (${longWord}).`,
    facts: [{ name: 'Subject', words: `${hostile} ${longWord}` }],
    reasons: [hostile, longWord],
    recipients: [{ address: `${longWord}@x.example`, protection: longWord, road: 'by the portal', rules: [hostile] }],
    rules: [
      {
        id: longWord,
        name: `${longName} ${longWord}`,
        state: { words: 'Matched', tone: 'good' },
        decided: true,
        does: hostile,
        recipients: [`${longWord}@x.example`],
        conditions: [
          {
            word: 'unless',
            says: longWord,
            holds: true,
            there: longWord,
            places: [{ where: `attachments › 1 › ${longWord}`, masked: hostile }],
            of: [{ word: '', says: hostile, holds: false, there: '', places: [], of: [] }],
          },
        ],
      },
    ],
  },
};

export const replay: ReplayPage = {
  ...row,
  backUrl: '/admin/policy/simulate',
  running: false,
  percent: 100,
  judged: 312,
  same: 298,
  notOpened: ['4 messages: shredded, the key is gone'],
  changes: [
    '12 messages would become do-not-forward (was encrypt-only)',
    '1 message would be refused (was encrypt-only)',
    '1 message would become encrypt-only (was held for approval, then encrypt-only)',
  ],
  rules: [
    { id: 'cards', name: 'Card numbers leave protected', state: 'on', words: '12 hits, 3 of them then as well' },
    { id: 'old', name: 'From last year', state: 'off', words: 'not tried' },
  ],
  messages: [
    {
      id: '01kb000000000000000000000a',
      words: 'would become do-not-forward (was encrypt-only)',
      rules: ['cards'],
      label: '8a1e0fd3-6c1b-4b0d-9c1e-2f5a7c1d2e3f',
    },
    { id: '01kb000000000000000000000b', words: 'would be refused (was encrypt-only)', rules: [], label: '' },
  ],
  moreMessages: 12,
};

export const replayRunning: ReplayPage = {
  ...replay,
  state: { words: 'Under way', tone: 'waiting' },
  running: true,
  percent: 42,
};

export const replayNothing: ReplayPage = {
  ...replay,
  summary: '0 messages of 0 would change',
  judged: 0,
  same: 0,
  notOpened: [],
  changes: [],
  rules: [],
  messages: [],
  moreMessages: 0,
};

export const replayFailed: ReplayPage = { ...replay, state: { words: 'Failed', tone: 'bad' }, percent: 42 };

export const replayHostile: ReplayPage = {
  ...replay,
  state: { words: 'Broken off', tone: 'off' },
  changes: [`1 message would become ${longWord} (was ${longWord})`],
  rules: [{ id: longWord, name: hostile, state: 'shadow', words: '1 hit, 0 of them then as well' }],
  messages: [{ id: '01kb000000000000000000000a', words: longWord, rules: [longWord, hostile], label: longWord }],
};
