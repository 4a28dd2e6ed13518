// Owns the pieces of which the pages of the reports are made.

import type { ReportFindingView, ReportPage, ReportsPage } from '../../server/render/page-models/reports.ts';
import { hostile, longName, longWord } from './fixture-people.ts';

export const reports: ReportsPage = {
  rows: [
    {
      title: 'Quarterly review of the policy',
      about:
        'Rules without hits, rules that make no difference, what nothing uses, what grows old, and who has not signed in.',
      url: '/admin/reports/policy-review',
      pdfUrl: '/admin/reports/policy-review/report.pdf',
    },
    {
      title: 'Compliance summary',
      about:
        'HIPAA, PCI DSS, GLBA and GDPR: each requirement, the control here, and its evidence as read from this system.',
      url: '/admin/reports/compliance',
      pdfUrl: '/admin/reports/compliance/report.pdf',
    },
  ],
};

const look = { words: 'To look at', tone: 'waiting' } as const;
const item = (subject: string, words: string): ReportFindingView => ({
  subject,
  words,
  state: look,
  control: '',
  evidence: [],
  url: '/admin/policy',
});

export const review: ReportPage = {
  title: 'Quarterly review of the policy',
  about: [
    'What is there and does nothing, and what is growing old, over the last 90 days.',
    'It is read from this system as it stands. Whether a rule is still wanted, only you can say.',
  ],
  made: { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '2 hours ago' },
  facts: [
    { name: 'Period', value: '2026-08-31 to 2026-11-28, days in UTC' },
    { name: 'Policy', value: 'version 12, 31 rules' },
  ],
  pdfUrl: '/admin/reports/policy-review/report.pdf',
  backUrl: '/admin/reports',
  sections: [
    {
      id: 'without-hits',
      title: 'Rules without hits',
      means:
        'On or in shadow, and no mail of the last 90 days matched. A rule that is younger than that had less time.',
      isTable: false,
      findings: [
        item('Case numbers leave protected (case-numbers)', 'unchanged all that time'),
        item('Partner in shadow (partner)', 'in shadow; only so since 2026-11-20 (version 11)'),
      ],
    },
    {
      id: 'templates',
      title: 'Templates that nothing uses',
      means: 'No rule names them.',
      isTable: false,
      findings: [],
    },
  ],
};

export const reviewHostile: ReportPage = {
  ...review,
  sections: [
    {
      id: 'without-hits',
      title: 'Rules without hits',
      means: 'On or in shadow, and no mail of the last 90 days matched.',
      isTable: false,
      findings: [item(hostile, longName), item(longWord, hostile)],
    },
  ],
};

const row = (subject: string, words: string, state: ReportFindingView['state']): ReportFindingView => ({
  subject,
  words,
  state,
  control: 'Envelope encryption of every message; HTTPS and TLS',
  evidence: [
    '1204 messages are held, each under a data key of its own, AES-256-GCM in chunks; subjects, addresses and file names are sealed as well.',
    'Data keys are wrapped by key 7f3kq2m9, 112 days old, kept in a keyring file; sealed files lie in files of this machine.',
  ],
});

export const compliancePage: ReportPage = {
  ...review,
  title: 'Compliance summary',
  about: ['It is no attestation: the requirements are shortened, and the texts themselves count.'],
  facts: [{ name: 'Mode', value: 'production' }],
  pdfUrl: '/admin/reports/compliance/report.pdf',
  sections: [
    {
      id: 'hipaa',
      title: 'HIPAA Security Rule (45 CFR Part 164, Subpart C)',
      means: 'United States, health information.',
      isTable: true,
      findings: [
        row('§ 164.312(a)(2)(iv)', 'Encrypt what is stored (addressable).', { words: 'Met here', tone: 'good' }),
        row('§ 164.312(e)(1), (e)(2)(ii)', 'Guard and encrypt information on its way.', {
          words: 'Met in part',
          tone: 'waiting',
        }),
        row('§ 164.312(d)', 'Verify that people are who they say.', { words: 'Not met', tone: 'bad' }),
        row('§ 164.308(b)(1)', 'Have contracts with business associates.', {
          words: 'The organisation’s own duty',
          tone: 'off',
        }),
      ],
    },
  ],
};
