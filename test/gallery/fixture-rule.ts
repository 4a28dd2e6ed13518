// Owns the pieces of which the page on which one rule is built is made.

import { draftOf, newDraft } from '../../server/admin/rule-draft.ts';
import { initialOf } from '../../server/admin/field-values.ts';
import { sectionShapes } from '../../server/admin/part-words.ts';
import { namesIn, partAlone, ruleParts } from '../../server/admin/rule.model.ts';
import type { PolicyPartPage, RulePage } from '../../server/render/page-models/rule.ts';
import { hostile, longWord } from './fixture-people.ts';

const names = namesIn(
  { templates: [{ name: 'legal-view-only' }], groups: [{ name: 'legal' }], lists: [{ name: 'birds' }] },
  ['default', 'north-clinic'],
);

export const ruleNew: RulePage = {
  action: '/admin/policy/new-rule',
  isNew: true,
  mayChange: true,
  version: 4,
  id: '',
  name: '',
  ...ruleParts(newDraft, names, [], []),
  rest: '',
  note: '',
  hasFaults: false,
  hits: '',
  backUrl: '/admin/policy',
};

const cards = draftOf({
  id: 'cards',
  name: 'Card numbers leave protected',
  state: 'on',
  when: {
    all: [
      { detector: { is: 'payment-card', atLeast: 3, in: ['subject', 'body', 'attachments'] } },
      { any: [{ direction: 'out' }, { recipient: { is: ['@partner.example', 'bob@third.example'] } }] },
      { attachment: { extensions: ['xlsx', 'csv'], atLeastBytes: 4_096 } },
    ],
  },
  unless: { senderGroup: 'legal' },
  then: [{ apply: 'legal-view-only' }, { signIn: ['two'] }, { hold: { approvers: ['carol@example.com'] } }],
});

const existing: RulePage = {
  ...ruleNew,
  action: '/admin/policy/rules/cards',
  isNew: false,
  id: 'cards',
  name: cards.name,
  ...ruleParts(cards, names, [], []),
  hits: '412 hits in 30 days: 320 made a difference, 92 changed nothing',
  hitsUrl: '/admin/policy/rules/cards/hits',
};
export const rule: RulePage = existing;

export const ruleRead: RulePage = { ...existing, mayChange: false };

export const ruleFaulty: RulePage = {
  ...existing,
  ...ruleParts(
    cards,
    names,
    [
      { path: 'name', says: 'is empty' },
      {
        path: 'when.all[1].any[1].recipient.is[1]',
        says: 'is neither an address nor a domain written as @example.com or @*.example.com',
      },
      { path: 'then[2].hold.approvers[0]', says: 'is not an address' },
    ],
    [{ path: 'templates[0].expiry.days', says: 'is more than the 730 days this server allows' }],
  ),
  hasFaults: true,
};

const odd = draftOf({
  id: 'odd',
  name: `${hostile} ${longWord}`,
  state: 'on',
  when: { all: [{ moonPhase: { is: `${hostile} ${longWord}` } }, { sender: { is: [hostile, longWord] } }] },
  then: [{ refuse: hostile }, { apply: longWord }],
});

export const ruleHostile: RulePage = {
  ...existing,
  id: longWord.slice(0, 60),
  name: odd.name,
  ...ruleParts(odd, names, [], []),
  overtaken: `${hostile} saved version 5 while you were writing. They changed this rule as well.`,
  overtakenUrl: '/admin/policy/versions/5',
};

export const templateNew: PolicyPartPage = {
  action: '/admin/policy/parts/templates',
  isNew: true,
  one: 'template',
  keyLabel: sectionShapes.templates.keyLabel,
  keyHint: sectionShapes.templates.keyHint,
  removal: sectionShapes.templates.removal,
  name: '',
  mayChange: true,
  version: 4,
  note: '',
  ...partAlone(
    { is: 'part', kind: 'templates', typed: initialOf(sectionShapes.templates.fields) },
    sectionShapes,
    names,
    [
      { path: 'name', says: 'is not made of lower-case words joined by hyphens' },
      { path: 'part.templates.title', says: 'is missing or of another type' },
    ],
  ),
  hasFaults: true,
  backUrl: '/admin/policy',
};

export const listHostile: PolicyPartPage = {
  ...templateNew,
  action: '/admin/policy/parts/lists/x',
  isNew: false,
  one: 'word list',
  name: longWord,
  ...partAlone({ is: 'part', kind: 'lists', typed: { words: `${hostile}\n${longWord}` } }, sectionShapes, names, []),
  hasFaults: false,
  overtaken: 5,
  overtakenUrl: '/admin/policy/versions/5',
};

export const labelKept: PolicyPartPage = {
  ...templateNew,
  action: '/admin/policy/parts/labels/11111111-2222-4333-8444-555555555555',
  isNew: false,
  one: 'label',
  keyLabel: sectionShapes.labels.keyLabel,
  keyHint: sectionShapes.labels.keyHint,
  removal: sectionShapes.labels.removal,
  name: '11111111-2222-4333-8444-555555555555',
  ...partAlone(
    { is: 'part', kind: 'labels', typed: { title: hostile, template: 'do-not-forward' } },
    sectionShapes,
    names,
    [],
  ),
  hasFaults: false,
  wasKept: true,
};
