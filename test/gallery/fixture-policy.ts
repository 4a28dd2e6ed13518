// Owns the pieces of which the pages about the policy are made.

import { ruleRows } from '../../server/admin/rule-rows.ts';
import type { RuleDayCount } from '../../server/admin/rule-rows.ts';
import { shownDays } from '../../server/admin/today.model.ts';
import { layOutChart } from '../../server/render/chart.ts';
import type {
  RuleHitsPage,
  DiffLineView,
  PolicyFaultView,
  PolicyPage,
  PolicyRestorePage,
  PolicyVersionPage,
  PolicyVersionRow,
} from '../../server/render/page-models/policy.ts';
import { admin, hostile, longName, longWord } from './fixture-people.ts';

const text = `format: 1
templates:
  - name: legal-view-only
    title: Legal, view only, 7 days
    rights: [reply]
    expiry:
      days: 7
labels:
  requireStamp: false
  map: []
  sensitivity: {}
groups:
  - name: legal
    members: ['@law.example.com']
lists: []
rules:
  - id: cards
    name: Card numbers leave protected
    state: on
    when:
      detector: { is: payment-card, atLeast: 3, in: [subject, body, attachments] }
    then:
      - apply: legal-view-only
`;

export function policyVersion(version: number, inForce = false): PolicyVersionRow {
  return {
    version,
    url: `/admin/policy/versions/${version}`,
    actor: version % 3 === 0 ? 'command line' : admin.address,
    saved: { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '2 hours ago' },
    note: version % 2 === 0 ? 'Cards leave protected' : '',
    changed: ['rules.cards.when', 'templates.legal-view-only added', 'rules in another order'],
    inForce,
  };
}

const days = shownDays(Date.parse('2026-11-28T12:00:00Z'));
const met = {
  format: 1,
  rules: [
    { id: 'cards', name: 'Card numbers leave protected', state: 'on', then: [{ apply: 'encrypt-only' }] },
    {
      id: 'partner',
      name: 'The partner’s mail goes as it is',
      state: 'shadow',
      then: [{ bypass: { host: 'mx.partner.example', port: 25 } }],
    },
    { id: 'never', name: 'Not by mail', state: 'off', then: [{ refuse: 'Not by mail.' }] },
  ],
};
const metCounts: RuleDayCount[] = days.flatMap((day, n) => [
  { day, rule_id: 'cards', effect: 'applied', count: (n * 37) % 23 },
  { day, rule_id: 'cards', effect: 'idle', count: n % 4 },
  { day, rule_id: 'partner', effect: 'shadow', count: n === 12 ? 1_204 : 0 },
]);
const hostileRules = {
  format: 1,
  rules: [
    { id: 'x', name: `${hostile} ${longWord}`, state: 'on', then: [{ apply: 'encrypt-only' }] },
    { id: longWord.slice(0, 60).toLowerCase(), name: longName, state: 'of a later version', then: [] },
  ],
};

export const policyEmpty: PolicyPage = {
  action: '/admin/policy',
  mayChange: true,
  tryUrl: '/admin/policy/simulate',
  text: 'format: 1\ntemplates: []\nlabels:\n  requireStamp: false\n  map: []\n  sensitivity: {}\ngroups: []\nlists: []\nrules: []\n',
  note: '',
  version: 0,
  faults: [],
  rows: [],
  rules: [],
  parts: [
    { many: 'Templates', newLabel: 'Make a template', newUrl: '/admin/policy/parts/templates', rows: [] },
    { many: 'Word lists', newLabel: 'Make a word list', newUrl: '/admin/policy/parts/lists', rows: [] },
  ],
  newest: 0,
  newRuleUrl: '/admin/policy/new-rule',
  orderAction: '/admin/policy/order',
};

export const policy: PolicyPage = {
  ...policyEmpty,
  text,
  version: 4,
  rows: [policyVersion(4, true), policyVersion(3), policyVersion(2), policyVersion(1)],
  pager: { olderUrl: '/admin/policy?before=1' },
  rules: ruleRows(met, metCounts, days, '/admin/policy'),
  parts: [
    {
      many: 'Templates',
      newLabel: 'Make a template',
      newUrl: '/admin/policy/parts/templates',
      rows: ['legal-view-only', 'strict', longWord.slice(0, 60)].map((name) => ({ name, url: '/admin/policy' })),
    },
  ],
  newest: 4,
};

export const policyFaults: readonly PolicyFaultView[] = [
  { path: 'rules[0].then[0].apply', says: 'is not the name of a template' },
  { path: 'templates[0].expiry.days', says: 'is more than the 730 days this server allows' },
  { path: '', says: 'cannot be read as YAML or JSON: unexpected end of the stream (line 3, column 1)' },
];

export const policyHostile: PolicyPage = {
  ...policy,
  rules: ruleRows(hostileRules, [], days, '/admin/policy'),
  text: `${hostile}\n${longWord}\n${text}`,
  note: hostile.replace('javascript:', ''),
  faults: [{ path: `labels.${longWord}`, says: 'is not known here' }],
  overtaken: { ...policyVersion(5), actor: hostile },
  rows: [
    {
      ...policyVersion(5, true),
      actor: hostile,
      note: hostile.replace('javascript:', ''),
      changed: [`lists.${longWord} added`],
    },
    {
      ...policyVersion(4),
      note: `${longName} ${longWord}`,
      changed: Array.from({ length: 40 }, (_, n) => `rules.r${n}`),
    },
  ],
};

const lines: readonly DiffLineView[] = [
  { kind: 'gap', mark: '…', text: '' },
  { kind: 'same', mark: ' ', text: 'rules:' },
  { kind: 'same', mark: ' ', text: '  - id: cards' },
  { kind: 'removed', mark: '-', text: '    state: shadow' },
  { kind: 'added', mark: '+', text: '    state: on' },
  { kind: 'same', mark: ' ', text: '    when:' },
];

export const policyVersionPage: PolicyVersionPage = {
  ...policyVersion(2),
  beforeWords: 'version 1',
  lines,
  text,
  backUrl: '/admin/policy',
  restoreUrl: '/admin/policy/versions/2/restore',
};

export const policyVersionHostile: PolicyVersionPage = {
  ...policyVersionPage,
  actor: hostile,
  note: `${hostile} ${longWord}`,
  lines: [
    { kind: 'added', mark: '+', text: hostile },
    { kind: 'removed', mark: '-', text: `${longWord}${longWord}${longWord}` },
  ],
  text: `${hostile}\n${longWord}${longWord}`,
};

export const policyRestore: PolicyRestorePage = {
  version: 2,
  newest: 4,
  faults: [],
  overtaken: false,
  lines,
  action: '/admin/policy/versions/2/restore',
  backUrl: '/admin/policy/versions/2',
};

const metChart = layOutChart({
  id: 'hits',
  title: 'Hits by day',
  summary: '412 in 30 days, by what came of them',
  days,
  series: [
    { words: 'made a difference', values: days.map((_, n) => (n * 37) % 23) },
    { words: 'changed nothing', values: days.map((_, n) => n % 4) },
  ],
});
const metAt = { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '2 hours ago' };

export const ruleHits: RuleHitsPage = {
  id: 'cards',
  name: 'Card numbers leave protected',
  state: { words: 'On', tone: 'good' },
  ruleUrl: '/admin/policy/rules/cards',
  chart: metChart,
  messages: Array.from({ length: 12 }, (_, n) => ({
    id: `01h9xvqk3m5n7p9r1t3v5w7y${String(10 + n)}`,
    at: metAt,
    effect: n % 5 === 0 ? 'in shadow' : 'applied',
    url: '/admin/audit',
  })),
  pager: { olderUrl: '/admin/policy/rules/cards/hits?before=1' },
  refusedUrl: '/admin/audit?event=message-refused',
  backUrl: '/admin/policy',
};

export const ruleHitsGone: RuleHitsPage = {
  id: 'gone',
  name: hostile,
  chart: layOutChart({
    id: 'hits',
    title: 'Hits by day',
    summary: '0 in 30 days, by what came of them',
    days,
    series: [],
  }),
  messages: [],
  pager: {},
  refusedUrl: '/admin/audit?event=message-refused',
  backUrl: '/admin/policy',
};
