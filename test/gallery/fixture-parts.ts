// Owns the pieces of which message pages are made: protections, texts, files, threads.

import { languages, localeOf, ownNames } from '../../server/language/languages.ts';
import { wordsIn } from '../../server/language/words.ts';
import type { TextRun } from '../../server/core/text-runs.ts';
import type { PageModels } from '../../server/render/page-models.ts';
import type {
  AttachmentView,
  BodyView,
  MessagePage,
  ProtectionView,
  ThreadEntry,
} from '../../server/render/page-models/message.ts';
import type { FoldedText, Moment } from '../../server/render/page-models/parts.ts';
import type { Shell } from '../../server/render/page-models/shell.ts';
import { alice, bob, carol, dana, hostile, longName, longWord, plainBrand } from './fixture-people.ts';

const words = wordsIn('en');

export const shell: Shell = {
  words,
  locale: localeOf(words.language),
  languages: languages.map((tag) => ({ tag, name: ownNames[tag], chosen: tag === words.language })),
  title: '',
  base: '',
  staticVersion: '1',
  brand: plainBrand,
  theme: 'auto',
  csrf: 'csrf-token',
  here: '/',
  tryOut: false,
};

export const titles: Record<keyof PageModels, string> = {
  home: 'Sealed messages',
  enter: 'A sealed message',
  verify: 'Enter the code',
  'sign-in': 'Sign in',
  away: 'To Google',
  'step-up': 'One more step',
  audit: 'Audit log',
  today: 'Today',
  queue: 'Queue',
  'api-keys': 'API keys',
  'api-docs': 'The API',
  settings: 'Settings',
  setup: 'Set-up',
  'setup-organisation': 'Organisation',
  'setup-relay': 'Relay',
  'setup-mail-server': 'Your mail server',
  'setup-test': 'Test message',
  domain: 'Domain',
  passkeys: 'Your passkeys',
  'other-mailbox': 'This link is for another address',
  'lost-link': 'This link opens nothing',
  notices: 'Have a notice sent again',
  genuine: 'Is a notice genuine?',
  ended: 'This message can no longer be read',
  request: 'A request for more time',
  inbox: 'Inbox',
  message: 'Message',
  attachment: 'Attachment',
  leave: 'Another site',
  'signed-out': 'You were signed out',
  problem: 'This did not work',
  sent: 'Sent',
  'sent-message': 'Sent message',
  'sent-notices': 'Mails about what you sent',
  destroy: 'Destroy a message',
  approvals: 'Approvals',
  approval: 'Approvals',
  compose: 'Write a message',
  write: 'Write a message',
  written: 'Message',
  'prove-address': 'Write a message',
  account: 'Your data',
  brands: 'Brands',
  brand: 'Brand north-clinic',
  'brand-version': 'Brand north-clinic, version 2',
  'brand-remove': 'Remove the brand north-clinic',
  'mta-sts': 'MTA-STS',
  'tls-reports': 'TLS reports',
  connectors: 'Connectors',
  inbound: 'Mail servers that hand in mail by certificate',
  policy: 'Policy',
  'rule-hits': 'Hits of a rule',
  rule: 'Rule',
  'policy-part': 'Template',
  reports: 'Reports',
  report: 'Quarterly review of the policy',
  'policy-version': 'Policy, version 3',
  'policy-restore': 'Policy, back to version 3',
  'policy-simulator': 'Simulator',
  'policy-replay': 'Simulator, 7 days, version 4',
  'second-step': 'One more step',
  people: 'People',
  removal: 'People',
  'help-desk': 'Help desk',
  certificates: 'Certificates',
  certificate: 'Certificates: bob@recipient.example',
  webhooks: 'Webhooks',
  webhook: 'Webhook to hooks.example.org',
  'webhook-secret': 'The secret',
  'try-mailbox': 'Try-out mailbox',
  'try-mail': 'Mail',
};

export function moment(relative = '2 hours ago'): Moment {
  return { iso: '2026-11-21T14:05:00.000Z', words: 'Saturday 21 November 2026, 14:05 UTC', relative };
}
const expires: Moment = {
  iso: '2026-12-21T18:00:00.000Z',
  words: 'Monday 21 December 2026, 18:00 UTC',
  relative: 'in 30 days',
};

export const encrypted: ProtectionView = {
  label: 'Encrypted',
  sentence: 'You may answer, forward, print and save this message.',
  expires,
  enforced: ['Only the people it is addressed to can open it', 'Nobody can open it after the date'],
  hindered: [],
  notPrevented: ['Passing on what you have read or saved'],
};
const doNotForward: ProtectionView = {
  label: 'Do not forward',
  sentence: 'You may read and answer this message, but not pass it on, print it or save its files.',
  expires,
  enforced: ['Forwarding from this page', 'Downloading the attachments', 'Opening it after the date'],
  hindered: ['Copying text', 'Printing the page'],
  notPrevented: ['A photograph of the screen; your address is shown across the page'],
};

export const textRuns: readonly TextRun[] = [
  {
    text: 'Dear Bob,\n\nhere is the lease for the flat in Harbour Street, as we agreed on Tuesday. Two things I would ask you to look at:\n\n  1. the notice period in section 4, which is now three months;\n  2. the list of furniture in the appendix.\n\nThe terms are at ',
  },
  { text: 'https://www.example.org/terms', url: '/messages/1/leave/1' },
  {
    text: ' and have not changed. If all is well, answer here and I will send the copy for signing.\n\nKind regards,\nAlice',
  },
];
export const text: Extract<BodyView, { kind: 'text' }> = { kind: 'text', text: [{ quoted: false, runs: textRuns }] };
export const html: Extract<BodyView, { kind: 'html' }> = {
  kind: 'html',
  url: '/frame/mail-body--free',
  room: { widePx: 520, narrowPx: 700 },
  blockedRemote: 3,
};

const fileKinds = [
  { filename: 'Lease Harbour Street.pdf', kind: 'PDF document', mark: 'PDF', size: '248 KB' },
  { filename: 'Furniture.xlsx', kind: 'Spreadsheet', mark: 'XLS', size: '31 KB' },
  { filename: 'Kitchen.jpeg', kind: 'Picture', mark: 'IMG', size: '2.4 MB' },
  { filename: 'Plans and older versions.zip', kind: 'Archive', mark: 'ZIP', size: '18 MB' },
] as const;
export function files(count: number): AttachmentView[] {
  return Array.from({ length: count }, (_, n) => ({
    ...(fileKinds[n % 4] ?? fileKinds[0]),
    viewUrl: `/messages/1/attachments/${n}?view=1`,
    downloadUrl: `/messages/1/attachments/${n}`,
  }));
}
export const longFiles: AttachmentView[] = [
  {
    filename: `${longWord}${longWord}${longWord}.docx`.slice(-255),
    kind: 'Text document',
    mark: 'DOC',
    size: '1.2 MB',
    downloadUrl: '/a/1',
  },
  {
    filename: `${longName}, second and final version as agreed.pdf`,
    kind: 'PDF document',
    mark: 'PDF',
    size: '8 KB',
    downloadUrl: '/a/2',
  },
];
export const hostileFiles: AttachmentView[] = [
  { filename: `${hostile}.pdf`, kind: hostile, mark: 'FILE', size: '1 KB', downloadUrl: '/a/1' },
  { filename: 'invoice fdp.exe', kind: 'Program', mark: 'FILE', size: '1 KB', downloadUrl: '/a/2' },
];

export const none = { forward: { action: '/messages/1/forward', to: '', text: '' } };
export const reply: NonNullable<MessagePage['reply']> = {
  action: '/messages/1/reply',
  toName: alice.name,
  others: [carol, dana],
  files: { count: 50, size: '50 MB', bytes: 52_428_800 },
  draftAction: '/messages/1/draft',
  once: '5fXh2mQzT1c9Lr0sVbNw8A',
  all: false,
  text: '',
};
export const message: MessagePage = {
  subject: 'The lease for Harbour Street, to read before Thursday',
  from: alice,
  to: [bob],
  cc: [],
  sent: moment(),
  protection: encrypted,
  body: { kind: 'empty' },
  attachments: [],
  thread: [],
  passedOn: [],
  copy: { emlUrl: '/messages/1/copy.eml', pdfUrl: '/messages/1/copy.pdf' },
  mayPrint: true,
  mayCopy: true,
};
const { copy: _copy, ...withoutCopy } = message;
export const restricted: MessagePage = {
  ...withoutCopy,
  to: [bob, carol],
  protection: doNotForward,
  watermark: bob.address,
  mayPrint: false,
  mayCopy: false,
  attachments: files(4).map(({ filename, kind, mark, size, viewUrl }) => ({
    filename,
    kind,
    mark,
    size,
    ...(kind === 'Archive' || viewUrl === undefined
      ? { noView: 'Files of this type cannot be shown here.' }
      : { viewUrl }),
  })),
  attachmentsWithheld: 'The sender has asked that these files do not leave this page. You can look at them here.',
};

function said(text: string): FoldedText {
  return [{ quoted: false, runs: [{ text }] }];
}

export const thread: readonly ThreadEntry[] = [
  {
    id: 'r1',
    author: bob,
    mine: true,
    sent: moment('1 hour ago'),
    text: said(
      'Dear Alice,\n\nsection 4 is **fine**.\n\n> the list of furniture\n\nIt lacks\n\n- the piano\n- its stool',
    ),
    marked: [
      { kind: 'paragraph', runs: [{ text: 'Dear Alice,' }] },
      { kind: 'paragraph', runs: [{ text: 'section 4 is ' }, { text: 'fine', bold: true }, { text: '.' }] },
      { kind: 'quote', runs: [{ text: 'the list of furniture' }] },
      { kind: 'paragraph', runs: [{ text: 'It lacks' }] },
      { kind: 'list', items: [[{ text: 'the piano' }], [{ text: 'its stool' }]] },
    ],
    attachments: files(3).slice(2),
    states: [
      { words: 'On its way to Carol Long.', tone: 'waiting' },
      { words: 'Read by Alice Example.', tone: 'good' },
    ],
  },
  {
    id: 'r2',
    url: '/messages/2',
    author: alice,
    mine: false,
    sent: moment('20 minutes ago'),
    text: [
      ...said('You are right, I have added it.\n\n'),
      { quoted: true, runs: [{ text: 'On 21 November Bob wrote:\n> The list lacks the piano.' }] },
    ],
    attachments: [],
    states: [],
  },
];
