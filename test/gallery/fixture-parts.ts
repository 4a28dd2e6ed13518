// Owns the pieces of which the page fixtures are made: messages, rows, files, threads.

import type {
  AttachmentView, BodyView, BrandingPage, FieldError, InboxRow, MessagePage, Moment, PageModels, ProtectionView,
  SentMessagePage, SentRecipientView, SentRow, Shell, ThreadEntry, TryMailboxPage,
} from '../../server/render/page-models.ts';
import { alice, bob, carol, crowd, dana, hostile, hostilePerson, longName, longWord, plainBrand } from './fixture-people.ts';

export const shell: Shell = { title: '', base: '', brand: plainBrand, theme: 'auto', csrf: 'csrf-token', here: '/', tryOut: false };

export const titles: Record<keyof PageModels, string> = {
  home: 'Sealed messages', enter: 'A sealed message', verify: 'Enter the code', 'sign-in': 'Sign in', inbox: 'Inbox', message: 'Message',
  leave: 'Another site', problem: 'This did not work', sent: 'Sent', 'sent-message': 'Sent message', destroy: 'Destroy a message',
  branding: 'Branding', 'try-mailbox': 'Try-out mailbox', 'try-mail': 'Mail',
};

export function moment(relative = '2 hours ago'): Moment {
  return { iso: '2026-11-21T14:05:00.000Z', words: 'Saturday 21 November 2026, 14:05 UTC', relative };
}
const expires: Moment = { iso: '2026-12-21T18:00:00.000Z', words: 'Monday 21 December 2026, 18:00 UTC', relative: 'in 30 days' };

const encrypted: ProtectionView = {
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

export const text: Extract<BodyView, { kind: 'text' }> = {
  kind: 'text',
  runs: [
    { text: 'Dear Bob,\n\nhere is the lease for the flat in Harbour Street, as we agreed on Tuesday. Two things I would ask you to look at:\n\n  1. the notice period in section 4, which is now three months;\n  2. the list of furniture in the appendix.\n\nThe terms are at ' },
    { text: 'https://www.example.org/terms', url: '/messages/1/leave/1' },
    { text: ' and have not changed. If all is well, answer here and I will send the copy for signing.\n\nKind regards,\nAlice' },
  ],
};
export const html: Extract<BodyView, { kind: 'html' }> = { kind: 'html', url: '/frame/mail-body--free', heightPx: 520, blockedRemote: 3 };

const fileKinds = [
  { filename: 'Lease Harbour Street.pdf', kind: 'PDF document', mark: 'PDF', size: '248 KB' },
  { filename: 'Furniture.xlsx', kind: 'Spreadsheet', mark: 'XLS', size: '31 KB' },
  { filename: 'Kitchen.jpeg', kind: 'Picture', mark: 'IMG', size: '2.4 MB' },
  { filename: 'Plans and older versions.zip', kind: 'Archive', mark: 'ZIP', size: '18 MB' },
] as const;
export function files(count: number): AttachmentView[] {
  return Array.from({ length: count }, (_, n) => ({ ...(fileKinds[n % 4] ?? fileKinds[0]), downloadUrl: `/messages/1/attachments/${n}` }));
}
export const longFiles: AttachmentView[] = [
  { filename: `${longWord}${longWord}${longWord}.docx`.slice(-255), kind: 'Text document', mark: 'DOC', size: '1.2 MB', downloadUrl: '/a/1' },
  { filename: `${longName}, second and final version as agreed.pdf`, kind: 'PDF document', mark: 'PDF', size: '8 KB', downloadUrl: '/a/2' },
];
export const hostileFiles: AttachmentView[] = [
  { filename: `${hostile}.pdf`, kind: hostile, mark: 'FILE', size: '1 KB', downloadUrl: '/a/1' },
  { filename: 'invoice fdp.exe', kind: 'Program', mark: 'FILE', size: '1 KB', downloadUrl: '/a/2' },
];

export const none = { forward: { action: '/messages/1/forward', to: '', text: '' } };
export const reply: NonNullable<MessagePage['reply']> = {
  action: '/messages/1/reply', toName: alice.name, others: [carol, dana], maxSize: '50 MB', once: '5fXh2mQzT1c9Lr0sVbNw8A', text: '',
};
export const message: MessagePage = {
  subject: 'The lease for Harbour Street, to read before Thursday',
  from: alice, to: [bob], cc: [], sent: moment(), protection: encrypted, body: { kind: 'empty' },
  attachments: [], thread: [], mayPrint: true, mayCopy: true,
};
export const restricted: MessagePage = {
  ...message, to: [bob, carol], protection: doNotForward, watermark: bob.address, mayPrint: false, mayCopy: false,
  attachments: files(3).map(({ downloadUrl: _, ...file }) => file),
  attachmentsWithheld: 'The sender withholds the files themselves. Ask alice@example.com if you need one of them.',
};

export const thread: readonly ThreadEntry[] = [
  { id: 'r1', author: bob, mine: true, sent: moment('1 hour ago'), runs: [{ text: 'Dear Alice,\n\nsection 4 is fine. The list lacks the piano; see the photograph.' }], attachments: files(3).slice(2), stateWords: 'Delivered to Alice Example' },
  { id: 'r2', url: '/messages/2', author: alice, mine: false, sent: moment('20 minutes ago'), runs: [{ text: 'You are right, I have added it.' }], attachments: [] },
];

export function inboxRow(patch: Partial<InboxRow>): InboxRow {
  return {
    url: '/messages/1', fromName: alice.name, fromAddress: alice.address, subject: message.subject, sent: moment(),
    state: 'unread', stateWords: 'New', attachments: 3, protection: 'Encrypted', ...patch,
  };
}
export const inboxRows: readonly InboxRow[] = [
  inboxRow({}),
  inboxRow({ fromName: '', subject: 'Board papers, November', protection: 'Do not forward', attachments: 12, sent: moment('yesterday') }),
  inboxRow({ state: 'replied', stateWords: 'You replied', subject: 'Re: your application', attachments: 0, sent: moment('3 days ago') }),
  inboxRow({ state: 'read', stateWords: 'Read', subject: 'Payslip October', attachments: 1, sent: moment('3 weeks ago') }),
  inboxRow({ state: 'expired', stateWords: 'Expired on 1 November 2026', subject: 'Offer 2026-117', attachments: 0, sent: moment('2 months ago') }),
  inboxRow({ state: 'revoked', stateWords: 'Taken back by the sender', subject: 'Draft, not for you', attachments: 2, sent: moment('2 months ago') }),
];
export const hostileInboxRows: readonly InboxRow[] = [
  inboxRow({ fromName: hostile, subject: hostile, stateWords: hostile, protection: hostile }),
  inboxRow({ fromName: longName, subject: `${longName} ${longWord}`, state: 'read', stateWords: 'Read' }),
  inboxRow({ fromName: longWord, subject: '', state: 'read', stateWords: 'Read', attachments: 1 }),
  inboxRow({ fromName: 'ليلى الأحمد', subject: 'חוזה שכירות לחתימה עד יום חמישי', state: 'replied', stateWords: 'You replied' }),
];

const sentRow: SentRow = {
  url: '/sent/1', subject: message.subject, recipients: 'Bob Reader, Carol Long', sent: moment(), stateWords: 'Read by 1 of 2', tone: 'good', protection: 'Encrypted',
};
export const sentRows: readonly SentRow[] = [
  sentRow,
  { ...sentRow, recipients: 'Dana Partner', subject: 'Invoice 4711', stateWords: 'Notified, not read yet', tone: 'waiting', sent: moment('yesterday') },
  { ...sentRow, recipients: 'nobody@example.org', subject: 'Your documents', stateWords: 'Could not be reached', tone: 'bad', sent: moment('2 days ago') },
  { ...sentRow, recipients: `${longName}, ${longName} and 12 others`, subject: hostile, stateWords: 'Taken back', tone: 'off', protection: 'Do not forward', sent: moment('5 days ago') },
];

export const recipients: readonly SentRecipientView[] = [
  { n: 0, name: bob.name, address: bob.address, stateWords: 'Read', tone: 'good', facts: ['Notified on Saturday 21 November 2026, 14:06 UTC', 'First read on Saturday 21 November 2026, 15:12 UTC'], revoked: false },
  { n: 1, name: carol.name, address: carol.address, stateWords: 'Taken back', tone: 'off', facts: ['Notified on Saturday 21 November 2026, 14:06 UTC'], revoked: true },
  { n: 2, name: '', address: 'nobody@example.org', stateWords: 'Could not be reached', tone: 'bad', facts: ['The mail server of example.org refused the address (550 5.1.1)'], revoked: false },
  { n: 3, name: 'Erin New', address: 'erin@partner.example', stateWords: 'Notified, not read yet', tone: 'waiting', facts: ['Notified on Saturday 21 November 2026, 16:40 UTC'], forwardedBy: bob.name, revoked: false },
];
export const hostileRecipients: readonly SentRecipientView[] = [
  { n: 0, ...hostilePerson, stateWords: hostile, tone: 'bad', facts: [hostile], forwardedBy: hostile, revoked: false },
  { n: 1, name: longName, address: crowd[0]?.address ?? '', stateWords: 'Read', tone: 'good', facts: [longWord], revoked: true },
];
export const sentMessage: SentMessagePage = {
  id: '1', subject: message.subject, from: alice, sent: moment(), destroyed: false, recipients: [], runs: text.runs, attachments: files(3), thread: [],
  protection: encrypted,
  revokeAction: '/sent/1/revoke', restoreAction: '/sent/1/restore', destroyUrl: '/sent/1/destroy', expiryAction: '/sent/1/expiry',
  expiryDate: '2026-12-21', expiryMin: '2026-11-22', expiryMax: '2028-11-20', anyRevoked: false, anyReadable: true,
};

export const branding: BrandingPage = {
  action: '/admin/branding',
  values: { name: plainBrand.name, colour: '#0b5d4e', introduction: 'We send contracts by sealed message.', portalText: 'Questions? Call +44 20 7946 0000.', footer: plainBrand.footer },
  hasLogo: false, errors: [], contrastWords: 'White text stands on this colour, at 7.5 to 1.', draft: false, logoLimit: 'PNG, JPEG or WebP, up to 2 MB.',
  noticePreviewUrl: '/frame/mail-notice--message', noticeTextPreviewUrl: '/frame/text', portalPreviewUrl: '/frame/enter--plain',
};
export const brandErrors: readonly FieldError[] = [
  { field: 'name', message: 'Enter the name your recipients know you by.' },
  { field: 'logo', message: 'The picture is larger than 2 MB. Choose a smaller one.' },
  { field: 'footer', message: 'The footer is longer than 500 letters. Shorten it.' },
];
export const tryRows: TryMailboxPage['rows'] = [
  { url: '/try/mailbox/2', to: bob.address, from: 'Example Ltd <sealpost@example.com>', subject: 'Your code', at: moment('1 minute ago') },
  { url: '/try/mailbox/1', to: bob.address, from: 'Alice Example <sealpost@example.com>', subject: 'A sealed message from Alice Example', at: moment('2 minutes ago') },
  { url: '/try/mailbox/0', to: hostile, from: hostile, subject: hostile, at: moment('3 minutes ago') },
];
