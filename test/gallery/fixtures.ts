// Owns the fixed data of every page in every state worth looking at. The gallery draws it, the tests of
// render/ check it. Nothing here asks the time or draws lots.

import type { PageModels, Shell } from '../../server/render/page-models.ts';
import * as people from './fixture-people.ts';
import * as parts from './fixture-parts.ts';
import * as rows from './fixture-rows.ts';

export interface PageFixture {
  /** `page--state`, the file's name in the gallery. */
  readonly name: string;
  readonly render: (page: RenderPage, theme: Shell['theme']) => string;
}

export type RenderPage = <Name extends keyof PageModels>(name: Name, shell: Shell, model: PageModels[Name]) => string;

const { alice, admin, bob, hostile, hostilePerson, intro, longName, longWord, rtl } = people;
const { html, moment, none, reply, text } = parts;

function fixture<Name extends keyof PageModels>(
  page: Name,
  state: string,
  model: PageModels[Name],
  shell: Partial<Shell> = {},
): PageFixture {
  return {
    name: `${page}--${state}`,
    render: (render, theme) =>
      render(page, { ...parts.shell, title: parts.titles[page], here: `/${page}`, theme, ...shell }, model),
  };
}

const reader = { visitor: { address: bob.address, isSender: false, isAdmin: false, at: 'inbox' } } as const;
const sender = { visitor: { address: alice.address, isSender: true, isAdmin: false, at: 'sent' } } as const;
const owner = { visitor: { address: admin.address, isSender: true, isAdmin: true, at: 'branding' } } as const;
const longReader = { visitor: { address: people.longAddress, isSender: true, isAdmin: true, at: 'inbox' } } as const;
const pale = { brand: people.paleBrand };
const hostileShell = { brand: people.hostileBrand };
const longShell = { brand: people.longBrand };

const enter = {
  maskedAddress: 'b•••••@example.net',
  action: '/m/token/passcode',
  introduction: intro,
  portalText: people.help,
};
const verify = {
  maskedAddress: 'b•••••@example.net',
  reference: 'KXQP',
  validMinutes: 10,
  action: '/m/t/verify',
  resendAction: '/m/t/passcode',
  backUrl: '/m/t',
};

export const pageFixtures: readonly PageFixture[] = [
  fixture('home', 'stranger', { introduction: intro }),
  fixture('home', 'signed-in', { introduction: '' }, { ...reader, brand: people.brand }),
  fixture('home', 'try-out', { introduction: intro }, { tryOut: true }),
  fixture('enter', 'plain', enter),
  fixture('enter', 'pale-brand', { ...enter, portalText: '' }, pale),
  fixture('enter', 'error', {
    ...enter,
    error: 'That code was sent too long ago. Ask for a new one; it comes within a minute.',
  }),
  fixture(
    'enter',
    'long',
    { ...enter, maskedAddress: `b•••••@${longWord}.example.net`, introduction: `${intro}\n\n${intro}` },
    longShell,
  ),
  fixture(
    'enter',
    'hostile',
    { ...enter, introduction: hostile, portalText: hostile, maskedAddress: hostile },
    hostileShell,
  ),
  fixture('verify', 'plain', verify),
  fixture('verify', 'error', {
    ...verify,
    error:
      'That is not the code we sent. Compare it with the mail that shows the reference KXQP; three tries are left.',
  }),
  fixture('verify', 'sign-in', { ...verify, address: bob.address, maskedAddress: bob.address, backUrl: '/sign-in' }),
  fixture('sign-in', 'plain', { action: '/sign-in/passcode', address: '' }),
  fixture('sign-in', 'error', {
    action: '/sign-in/passcode',
    address: 'bob@example',
    error: 'That is not a whole mail address. It needs a name, an @ and a domain, like bob@example.net.',
  }),
  fixture('inbox', 'empty', { rows: [], pager: {}, written: [] }, reader),
  fixture('inbox', 'one', { rows: [rows.inboxRow({})], pager: {}, written: [] }, reader),
  fixture(
    'inbox',
    'written',
    { rows: [rows.inboxRow({})], pager: {}, written: rows.written, writeUrl: '/write' },
    reader,
  ),
  fixture(
    'inbox',
    'many',
    { rows: rows.inboxRows, pager: { newerUrl: '/messages?p=1', olderUrl: '/messages?p=3' }, written: [] },
    reader,
  ),
  fixture(
    'inbox',
    'long-and-hostile',
    {
      rows: rows.hostileInboxRows,
      pager: { olderUrl: '/messages?p=2' },
      written: rows.hostileWritten,
      writeUrl: '/write',
    },
    { ...longReader, ...longShell },
  ),
  fixture(
    'message',
    'html',
    { ...parts.message, body: html, attachments: parts.files(3) },
    { ...reader, brand: people.brand },
  ),
  fixture(
    'message',
    'text',
    { ...parts.message, body: text, reply, forward: none.forward },
    { ...reader, done: 'Your reply is on its way to Alice Example.' },
  ),
  fixture(
    'message',
    'do-not-forward',
    { ...parts.restricted, body: { ...html, url: '/frame/mail-body--restricted' } },
    reader,
  ),
  fixture('message', 'do-not-forward-text', { ...parts.restricted, body: text, reply }, reader),
  fixture(
    'message',
    'forty-attachments',
    { ...parts.message, body: text, attachments: parts.files(40), to: people.crowd, cc: people.crowd.slice(0, 2) },
    reader,
  ),
  fixture('message', 'thread', { ...parts.message, body: text, thread: parts.thread, reply }, reader),
  fixture(
    'message',
    'reply-error',
    {
      ...parts.message,
      body: text,
      reply: {
        ...reply,
        text: 'Thank you, I have read it.',
        error: 'Your reply was larger than 50 MB and was not sent. Leave out a file and choose the others again.',
      },
    },
    reader,
  ),
  fixture(
    'message',
    'forward-error',
    {
      ...parts.message,
      body: text,
      forward: {
        ...none.forward,
        to: 'carol@',
        error: 'That is not a whole mail address. Mend it and send the form again.',
      },
    },
    reader,
  ),
  fixture(
    'message',
    'forwarded',
    {
      ...parts.message,
      body: text,
      forwardNote: {
        from: people.dana,
        runs: [{ text: 'Bob, this concerns you more than me.\nCould you answer Alice?' }],
      },
    },
    reader,
  ),
  fixture(
    'message',
    'empty',
    { ...parts.message, subject: '', body: { kind: 'empty' }, attachments: parts.files(1) },
    reader,
  ),
  fixture('message', 'right-to-left', { ...parts.message, ...rtl, reply }, reader),
  fixture(
    'message',
    'long',
    {
      ...parts.message,
      subject: `${longName} ${longWord}`,
      from: { name: longName, address: people.longAddress },
      body: text,
      attachments: parts.longFiles,
    },
    { ...longReader, ...longShell },
  ),
  fixture(
    'message',
    'hostile',
    {
      ...parts.message,
      subject: hostile,
      from: hostilePerson,
      to: [hostilePerson],
      body: { kind: 'text', text: [{ quoted: true, runs: [{ text: hostile }] }] },
      attachments: parts.hostileFiles,
      watermark: hostile,
      forwardNote: { from: hostilePerson, runs: [{ text: hostile }] },
    },
    { ...reader, done: hostile },
  ),
  fixture(
    'message',
    'draft',
    {
      ...parts.message,
      body: {
        kind: 'text',
        text: [
          ...text.text,
          { quoted: true, runs: [{ text: '\nOn Tuesday Bob wrote:\n> Could you send me the lease?\n> Thank you.' }] },
        ],
      },
      passedOn: [
        { ...people.dana, words: 'Notified, not read yet', tone: 'waiting' },
        { ...people.carol, words: 'Could not be reached', tone: 'bad' },
      ],
      reply: {
        ...reply,
        text: 'Dear Alice,\n\n**section 4** is fine. The list',
        draftWords: 'This is your draft, saved 2 hours ago. It has not been sent.',
      },
    },
    reader,
  ),
  fixture('signed-out', 'plain', { text: 'Dear Alice,\n\nsection 4 is fine.' }),
  fixture('signed-out', 'hostile', { text: `${hostile}\n${longWord}` }, hostileShell),
  fixture('write', 'plain', rows.write, reader),
  fixture('write', 'error', { ...rows.write, text: 'My claim.', error: 'Choose to whom the message goes.' }, reader),
  fixture(
    'write',
    'hostile',
    {
      ...rows.write,
      to: [{ name: hostile, address: people.longAddress, chosen: true }],
      subject: longWord,
      text: hostile,
      error: hostile,
    },
    { ...reader, ...hostileShell },
  ),
  fixture('prove-address', 'plain', { action: '/write/passcode', address: '' }),
  fixture('prove-address', 'error', {
    action: '/write/passcode',
    address: 'bob@',
    error: 'Type your whole e-mail address, such as name@example.net.',
  }),
  fixture('written', 'plain', { subject: 'My claim of Tuesday', to: [alice], thread: parts.thread }, reader),
  fixture('written', 'hostile', { subject: `${hostile} ${longWord}`, to: [hostilePerson], thread: [] }, reader),
  fixture('account', 'plain', rows.account, { visitor: { ...reader.visitor, at: 'account' } }),
  fixture('account', 'nothing', { sessions: 1, entries: [] }, { visitor: { ...reader.visitor, at: 'account' } }),
  fixture('account', 'hostile', { ...rows.account, entries: rows.hostileEntries }, { ...longReader, ...longShell }),
  fixture(
    'leave',
    'plain',
    { host: 'www.example.org', url: 'https://www.example.org/terms?version=2026', backUrl: '/messages/1' },
    reader,
  ),
  fixture(
    'leave',
    'deceptive',
    {
      host: 'bank.example.attacker.example',
      url: `https://bank.example.attacker.example/${longWord}?${longWord}`,
      shownText: 'https://www.bank.example/',
      backUrl: '/messages/1',
    },
    reader,
  ),
  fixture(
    'problem',
    'not-found',
    {
      heading: 'There is no such page here',
      sentences: [
        'The link may be cut off or belong to another address. Open it again from the notice in your mailbox.',
      ],
      actions: [{ label: 'Go to your inbox', url: '/messages' }],
    },
    reader,
  ),
  fixture(
    'problem',
    'gone',
    {
      heading: 'This message can no longer be read',
      sentences: ['Alice Example has taken it back.', 'Ask alice@example.com if you still need it.'],
      actions: [{ label: 'Go to your inbox', url: '/messages' }],
    },
    reader,
  ),
  fixture('problem', 'too-many', {
    heading: 'Too many tries',
    sentences: [
      'To protect the message, codes for this address rest until 18:40 UTC.',
      'After that, ask for a new code.',
    ],
    actions: [],
  }),
  fixture(
    'problem',
    'hostile',
    { heading: hostile, sentences: [hostile, longWord], actions: [{ label: longName, url: '/messages' }] },
    hostileShell,
  ),
  fixture('sent', 'empty', { rows: [], pager: {} }, sender),
  fixture('sent', 'many', { rows: rows.sentRows, pager: { olderUrl: '/sent?p=2' } }, sender),
  fixture(
    'sent-message',
    'one',
    { ...rows.sentMessage, recipients: rows.recipients.slice(0, 1), attachments: [] },
    sender,
  ),
  fixture(
    'sent-message',
    'many',
    { ...rows.sentMessage, recipients: rows.recipients, thread: parts.thread, anyRevoked: true },
    { ...sender, done: 'Taken back from Carol Long. Nobody else is affected.' },
  ),
  fixture(
    'sent-message',
    'error',
    {
      ...rows.sentMessage,
      recipients: rows.recipients.slice(0, 2),
      error: 'The date lies before today. Choose a day between 22 November 2026 and 20 November 2028.',
    },
    sender,
  ),
  fixture(
    'sent-message',
    'destroyed',
    { ...rows.sentMessage, destroyed: true, subject: 'Destroyed message', recipients: [], anyReadable: false },
    sender,
  ),
  fixture(
    'sent-message',
    'over',
    {
      ...rows.sentMessage,
      destroyed: true,
      wasOver: true,
      subject: 'Expired message',
      recipients: [],
      anyReadable: false,
    },
    sender,
  ),
  fixture(
    'sent-message',
    'hostile',
    { ...rows.sentMessage, subject: hostile, recipients: rows.hostileRecipients },
    sender,
  ),
  fixture(
    'destroy',
    'plain',
    { subject: parts.message.subject, recipients: 3, action: '/sent/1/revoke', backUrl: '/sent/1' },
    sender,
  ),
  fixture(
    'destroy',
    'long',
    { subject: `${longName} ${longWord}`, recipients: 1, action: '/sent/1/revoke', backUrl: '/sent/1' },
    sender,
  ),
  fixture('branding', 'published', rows.branding, owner),
  fixture('branding', 'draft', { ...rows.branding, draft: true, hasLogo: true, logoUrl: people.brand.logoUrl }, owner),
  fixture(
    'branding',
    'errors',
    { ...rows.branding, errors: rows.brandErrors, values: { ...rows.branding.values, name: '' } },
    owner,
  ),
  fixture('try-mailbox', 'empty', { rows: [] }, { tryOut: true }),
  fixture('try-mailbox', 'many', { rows: rows.tryRows }, { tryOut: true }),
  fixture(
    'try-mail',
    'notice',
    {
      subject: 'A sealed message from Alice Example',
      from: 'Alice Example <sealpost@example.com>',
      to: bob.address,
      at: moment(),
      htmlUrl: '/frame/mail-notice--message',
      textRuns: parts.textRuns,
      rawUrl: '/try/mailbox/1/raw',
      attachments: ['logo.png'],
    },
    { tryOut: true },
  ),
  fixture(
    'try-mail',
    'text-only',
    {
      subject: 'Your code',
      from: 'Example Ltd <sealpost@example.com>',
      to: bob.address,
      at: moment(),
      textRuns: [{ text: 'Your code:\n\n48201735\n\nReference: KXQP' }],
      rawUrl: '/try/mailbox/2/raw',
      attachments: [],
    },
    { tryOut: true },
  ),
];
