// Owns the pieces of which the lists and the consoles are made: inbox, sent, recipients, mailbox.

import { transitWords } from '../../server/sender/transit-words.ts';
import { encryptedFacts } from '../../server/sender/direct-facts.ts';
import { dayAt, momentAt, plainly } from '../../server/language/told.ts';
import { wordsIn } from '../../server/language/words.ts';
import type { AccountPage } from '../../server/render/page-models/account.ts';
import type { InboxRow, WrittenRow } from '../../server/render/page-models/inbox.ts';
import type { RequestRow, SentMessagePage, SentRecipientView, SentRow } from '../../server/render/page-models/sent.ts';
import type { TryMailboxPage } from '../../server/render/page-models/try.ts';
import type { WritePage } from '../../server/render/page-models/writing.ts';
import { encrypted, files, message, moment, textRuns } from './fixture-parts.ts';
import { timeline } from './fixture-sent.ts';
import { alice, bob, carol, crowd, hostile, hostilePerson, longName, longWord } from './fixture-people.ts';

export function inboxRow(patch: Partial<InboxRow>): InboxRow {
  return {
    url: '/messages/1',
    fromName: alice.name,
    fromAddress: alice.address,
    subject: message.subject,
    sent: moment(),
    state: 'unread',
    stateWords: 'New',
    attachments: 3,
    protection: 'Encrypted',
    ...patch,
  };
}
const { tell } = wordsIn('en');

export const inboxRows: readonly InboxRow[] = [
  inboxRow({}),
  inboxRow({
    fromName: '',
    subject: 'Board papers, November',
    protection: 'Do not forward',
    attachments: 12,
    sent: moment('yesterday'),
  }),
  inboxRow({
    state: 'replied',
    stateWords: 'You replied',
    subject: 'Re: your application',
    attachments: 0,
    sent: moment('3 days ago'),
  }),
  inboxRow({
    state: 'read',
    stateWords: 'Read',
    subject: 'Payslip October',
    attachments: 1,
    sent: moment('3 weeks ago'),
  }),
  inboxRow({
    state: 'expired',
    stateWords: 'Expired on 1 November 2026',
    subject: 'Offer 2026-117',
    attachments: 0,
    sent: moment('2 months ago'),
  }),
  inboxRow({
    state: 'revoked',
    stateWords: 'Taken back by the sender',
    subject: 'Draft, not for you',
    attachments: 2,
    sent: moment('2 months ago'),
  }),
];
export const hostileInboxRows: readonly InboxRow[] = [
  inboxRow({ fromName: hostile, subject: hostile, stateWords: hostile, protection: hostile }),
  inboxRow({ fromName: longName, subject: `${longName} ${longWord}`, state: 'read', stateWords: 'Read' }),
  inboxRow({ fromName: longWord, subject: 'No subject', state: 'read', stateWords: 'Read', attachments: 1 }),
  inboxRow({
    fromName: 'ليلى الأحمد',
    subject: 'חוזה שכירות לחתימה עד יום חמישי',
    state: 'replied',
    stateWords: 'You replied',
  }),
];

const sentRow: SentRow = {
  url: '/sent/1',
  subject: message.subject,
  recipients: 'Bob Reader, Carol Long',
  sent: moment(),
  stateWords: 'Read by 1 of 2',
  tone: 'good',
  protection: 'Encrypted',
};
export const sentRows: readonly SentRow[] = [
  sentRow,
  {
    ...sentRow,
    recipients: 'Dana Partner',
    subject: 'Invoice 4711',
    stateWords: 'Notified, not read yet',
    tone: 'waiting',
    sent: moment('yesterday'),
  },
  {
    ...sentRow,
    recipients: 'nobody@example.org',
    subject: 'Your documents',
    stateWords: 'Could not be reached',
    tone: 'bad',
    sent: moment('2 days ago'),
  },
  {
    ...sentRow,
    recipients: `${longName}, ${longName} and 12 others`,
    subject: hostile,
    stateWords: 'Taken back',
    tone: 'off',
    protection: 'Do not forward',
    sent: moment('5 days ago'),
  },
];

export const recipients: readonly SentRecipientView[] = [
  {
    n: 0,
    name: bob.name,
    address: bob.address,
    stateWords: 'Read',
    tone: 'good',
    facts: [
      tell('sending.notified', { time: momentAt('2026-11-21T14:06:00.000Z') }),
      tell('sending.first-read', { time: momentAt('2026-11-21T15:12:00.000Z') }),
    ],
    revoked: false,
    mayTakeBack: true,
    mayResend: false,
  },
  {
    n: 1,
    name: carol.name,
    address: carol.address,
    stateWords: 'Taken back',
    tone: 'off',
    facts: [tell('sending.notified', { time: momentAt('2026-11-21T14:06:00.000Z') })],
    revoked: true,
    mayTakeBack: false,
    mayResend: false,
  },
  {
    n: 2,
    name: '',
    address: 'nobody@example.org',
    stateWords: 'Could not be reached',
    tone: 'bad',
    facts: [plainly('Our mail server did not take mail for example.org. Its answer: 550 5.1.1.')],
    revoked: false,
    mayTakeBack: true,
    mayResend: false,
  },
  {
    n: 3,
    name: 'Erin New',
    address: 'erin@partner.example',
    stateWords: 'Notified, not read yet',
    tone: 'waiting',
    facts: [tell('sending.notified', { time: momentAt('2026-11-21T16:40:00.000Z') })],
    forwardedBy: bob.name,
    revoked: false,
    mayTakeBack: true,
    mayResend: true,
  },
  {
    n: 4,
    name: 'Pat Partner',
    address: 'pat@partner.example',
    stateWords: 'Delivered',
    tone: 'good',
    facts: [
      tell('sending.direct-sent', { time: momentAt('2026-11-21T14:06:00.000Z') }),
      plainly(
        wordsIn('en').say('sending.direct-proof', {
          host: 'mx1.partner.example',
          protocol: 'TLSv1.3',
          evidence: 'dane',
        }),
      ),
      plainly(wordsIn('en').say('sending.direct-stays')),
    ],
    revoked: false,
    mayTakeBack: false,
    mayResend: false,
  },
  {
    n: 5,
    name: 'Sam Sealed',
    address: 'sam@sealed.example',
    stateWords: wordsIn('en').say('sending.smime-state'),
    tone: 'good',
    facts: encryptedFacts(wordsIn('en'), {
      road: 'smime',
      at: '2026-11-21T14:06:00.000Z',
      response: '250 2.0.0',
      certificate: {
        fingerprint: '3f2a91bc0d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8',
        issuer: 'CN=Example Mail Authority G2, O=Example Trust Services, C=DE',
        notAfter: '2027-06-30T23:59:59.000Z',
      },
      algorithms: 'AES-256-GCM, ECDH',
      isSigned: true,
    }),
    revoked: false,
    mayTakeBack: false,
    mayResend: false,
  },
];
export const requests: readonly RequestRow[] = [
  {
    who: bob.name,
    state: tell('request.state-open', { day: dayAt('2026-11-22T09:12:00.000Z') }),
    tone: 'waiting',
    url: '/sent/1/requests/2',
  },
  { who: carol.name, state: tell('request.state-refused', { day: dayAt('2026-11-21T10:00:00.000Z') }), tone: 'off' },
];
export const hostileRecipients: readonly SentRecipientView[] = [
  {
    n: 0,
    ...hostilePerson,
    stateWords: hostile,
    tone: 'bad',
    facts: [plainly(hostile)],
    forwardedBy: hostile,
    revoked: false,
    mayTakeBack: true,
    mayResend: true,
  },
  {
    n: 1,
    name: longName,
    address: crowd[0]?.address ?? '',
    stateWords: 'Read',
    tone: 'good',
    facts: [plainly(longWord)],
    revoked: true,
    mayTakeBack: false,
    mayResend: false,
  },
];
export const bound = wordsIn('en').tell('sending.end-policy', { day: dayAt('2026-12-24T12:00:00.000Z') });

export const sentMessage: SentMessagePage = {
  id: '1',
  subject: message.subject,
  from: alice,
  sent: moment(),
  destroyed: false,
  wasOver: false,
  recipients: [],
  runs: textRuns,
  attachments: files(3),
  thread: [],
  protection: encrypted,
  timeline,
  timelineCut: true,
  revokeAction: '/sent/1/revoke',
  restoreAction: '/sent/1/restore',
  resendAction: '/sent/1/resend',
  holds: [],
  reasons: ['X-Sealpost-Expires: 30d', 'protection encrypt-only by default', 'expiry 2026-12-21T18:00:00.000Z'],
  came: transitWords(wordsIn('en'), {
    hops: 3,
    withTls: 1,
    withoutTls: 1,
    unsaid: 1,
    without: [{ from: 'app7.example.com', by: 'mail.example.com' }],
  }),
  cameInClear: true,
  requests: [],
  destroyUrl: '/sent/1/destroy',
  backUrl: '/sent',
  expiryAction: '/sent/1/expiry',
  expiryDate: '2026-12-21',
  expiryMin: '2026-11-22',
  expiryMax: '2028-11-20',
  bound: undefined,
  kept: wordsIn('en').tell('sending.end-kept', { time: momentAt('2027-01-04T18:00:00.000Z') }),
  phraseAction: '/sent/1/phrase',
  hasPhrase: true,
  revokedCount: 0,
  readableCount: 3,
};

export const tryRows: TryMailboxPage['rows'] = [
  {
    url: '/try/mailbox/2',
    to: bob.address,
    from: 'Example Ltd <sealpost@example.com>',
    subject: 'Your code',
    at: moment('1 minute ago'),
  },
  {
    url: '/try/mailbox/1',
    to: bob.address,
    from: 'Alice Example <sealpost@example.com>',
    subject: 'A sealed message from Alice Example',
    at: moment('2 minutes ago'),
  },
  { url: '/try/mailbox/0', to: hostile, from: hostile, subject: hostile, at: moment('3 minutes ago') },
];

export const written: readonly WrittenRow[] = [
  {
    url: '/written/1',
    subject: 'My claim of Tuesday',
    to: 'To Claims',
    sent: moment(),
    states: [{ words: 'Delivered to Claims.', tone: 'good' }],
  },
];
export const hostileWritten: readonly WrittenRow[] = [
  {
    url: '/written/2',
    subject: `${hostile} ${longWord}`,
    to: hostile,
    sent: moment(),
    states: [{ words: hostile, tone: 'bad' }],
  },
];
export const write: WritePage = {
  action: '/write',
  to: [
    { name: 'Claims', address: 'claims@example.com', chosen: false },
    { name: '', address: 'info@example.com', chosen: false },
  ],
  subject: 'No subject',
  text: '',
  once: '5fXh2mQzT1c9Lr0sVbNw8A',
  files: { count: 50, size: '50 MB', bytes: 52_428_800 },
};
export const account: AccountPage = {
  sessions: 2,
  passkeysUrl: '/account/passkeys',
  olderUrl: '/account?before=7',
  entries: [
    {
      at: moment(),
      what: 'You took the file Lease.pdf',
      network: 'from network 192.0.2.7',
      about: 'in “The lease”',
      url: '/messages/1',
    },
    {
      at: moment(),
      what: 'You read a message',
      network: 'from network 192.0.2.7',
      about: 'in a message that can no longer be read',
    },
    { at: moment('yesterday'), what: 'You signed in', network: 'from network 2001:db8:1:2::/64' },
  ],
};
export const hostileEntries: AccountPage['entries'] = [
  {
    at: moment(),
    what: `You took the file ${longWord}${longWord}`,
    network: hostile,
    about: hostile,
    url: '/messages/1',
  },
];
