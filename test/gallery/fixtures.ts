// Owns the fixed data of every page in every state worth looking at. The gallery draws it, the tests of
// render/ check it. Nothing here asks the time or draws lots.

import { dayAt, momentAt, plainly, said, timeAt } from '../../server/language/told.ts';
import { TRY_OUT_NOTE } from '../../server/http/console.ts';
import { wordsIn } from '../../server/language/words.ts';
import type { PageModels } from '../../server/render/page-models.ts';
import type { Shell } from '../../server/render/page-models/shell.ts';
import * as apiDocs from './fixture-api-docs.ts';
import * as approvals from './fixture-approvals.ts';
import * as brandRows from './fixture-brands.ts';
import * as compose from './fixture-compose.ts';
import * as people from './fixture-people.ts';
import * as parts from './fixture-parts.ts';
import { attachment, attachmentStates } from './fixture-attachment.ts';
import * as rows from './fixture-rows.ts';
import * as keyRows from './fixture-keys.ts';
import * as todayRows from './fixture-today.ts';
import * as sent from './fixture-sent.ts';
import * as auditRows from './fixture-audit.ts';
import * as setupRows from './fixture-setup.ts';
import * as connectorRows from './fixture-connectors.ts';
import * as inbound from './fixture-inbound.ts';
import * as tlsReports from './fixture-tls-reports.ts';
import * as mtaSts from './fixture-mta-sts.ts';
import * as policyRows from './fixture-policy.ts';
import * as reportRows from './fixture-reports.ts';
import * as ruleForms from './fixture-rule.ts';
import * as staff from './fixture-staff.ts';
import * as certificateRows from './fixture-certificates.ts';
import * as hooks from './fixture-webhooks.ts';
import * as simulatorRows from './fixture-simulator.ts';

export interface PageFixture {
  /** `page--state`, the file's name in the gallery. */
  readonly name: string;
  readonly render: (page: RenderPage, theme: Shell['theme']) => string;
}

export type RenderPage = <Name extends keyof PageModels>(name: Name, shell: Shell, model: PageModels[Name]) => string;

const { alice, admin, bob, hostile, hostilePerson, intro, longName, longWord, rtl } = people;
const { html, moment, none, reply, text } = parts;
const english = wordsIn('en');
const { tell } = english;
const until = tell('sign-in.status-until', { time: timeAt('2026-11-22T18:12:00.000Z') });

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

const reader = {
  visitor: { address: bob.address, isSender: false, console: [], inConsole: false, at: 'inbox' },
} as const;
const sender = {
  visitor: { address: alice.address, isSender: true, console: [], inConsole: false, at: 'sent' },
} as const;
const consoleOf = (current: string) =>
  [
    'Today',
    'Set-up',
    'Domain',
    'Branding',
    'Policy',
    'Simulator',
    'Connectors',
    'MTA-STS',
    'TLS reports',
    'People',
    'Webhooks',
    'Queue',
    'Audit',
    'Certificates',
    'Help desk',
  ].map((label) => ({
    label,
    url: `/admin/${label.toLowerCase()}`,
    current: label === current,
  }));
const owning = { address: admin.address, isSender: true, inConsole: true } as const;
const owner = { visitor: { ...owning, console: consoleOf('Branding'), at: 'branding' } } as const;
const todayOwner = { visitor: { ...owning, console: consoleOf('Today'), at: 'today' } } as const;
const setupOwner = { visitor: { ...owning, console: consoleOf('Set-up'), at: 'setup' } } as const;
const domainOwner = { visitor: { ...owning, console: consoleOf('Domain'), at: 'domain' } } as const;
const auditOwner = { visitor: { ...owning, console: consoleOf('Audit'), at: 'audit' } } as const;
const stsOwner = { visitor: { ...owning, console: consoleOf('MTA-STS'), at: 'mta-sts' } } as const;
const reportsOwner = { visitor: { ...owning, console: consoleOf('TLS reports'), at: 'tls-reports' } } as const;
const connectorOwner = { visitor: { ...owning, console: consoleOf('Connectors'), at: 'connectors' } } as const;
const policyOwner = { visitor: { ...owning, console: consoleOf('Policy'), at: 'policy' } } as const;
const peopleOwner = { visitor: { ...owning, console: consoleOf('People'), at: 'people' } } as const;
const webhookOwner = { visitor: { ...owning, console: consoleOf('Webhooks'), at: 'webhooks' } } as const;
const helpOwner = {
  visitor: { ...owning, console: consoleOf('Help desk'), consoleNote: TRY_OUT_NOTE, at: 'help-desk' },
} as const;
const longReader = {
  visitor: { address: people.longAddress, isSender: true, console: consoleOf(''), inConsole: false, at: 'inbox' },
} as const;
const certificateOwner = { visitor: { ...owning, console: consoleOf('Certificates'), at: 'certificates' } } as const;
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
  status: {
    lines: [
      tell('sign-in.status-queued', { time: timeAt('2026-11-22T18:02:00.000Z') }),
      until,
      plainly('You can ask for another code now; those you have work on.'),
    ],
    url: '/m/t/verify/status',
  },
  refreshUrl: '/m/t/verify',
};

const genuine = {
  fromAddress: 'sealpost@example.com',
  host: 'messages.example.com',
  origin: 'https://messages.example.com/',
  action: '/genuine',
  reference: '',
};
const ended = {
  sentences: [
    plainly('This message has reached its last day.'),
    tell('ended.expired-since', { day: dayAt('2026-11-21T12:00:00.000Z') }),
    plainly('It came from Alice Example (alice@example.com).'),
  ],
  moreTime: {
    action: '/messages/1/more-time',
    means: 'Alice Example gets one mail with your request and decides. We write to you either way.',
  },
  write: { url: 'mailto:alice@example.com', label: 'Write to Alice Example' },
  inboxUrl: '/messages',
};
const asked = {
  reader: bob.name,
  readerAddress: bob.address,
  subject: parts.message.subject,
  asked: said(english, dayAt('2026-11-22T09:12:00.000Z')),
  openUntil: said(english, momentAt('2026-11-21T23:59:59.999Z')),
  action: '/sent/1/requests/2',
  backUrl: '/sent/1',
};
const request = {
  ...asked,
  choices: {
    days: [7, 14, 30].map((value) => ({ value, label: `${value} days`, chosen: value === 14 })),
    many: true,
  },
};
const decided = {
  ...asked,
  decided: tell('request.is-given', {
    day: dayAt('2026-11-22T09:12:00.000Z'),
    until: dayAt('2026-12-06T12:00:00.000Z'),
  }),
};

const ways = {
  accounts: [
    { label: 'Google', action: '/m/t/oidc/google' },
    { label: 'Microsoft', action: '/m/t/oidc/microsoft' },
  ],
  passkey: { action: '/m/t/passkey', optionsUrl: '/sign-in/passkey/options' },
};
const away = { issuer: 'Google', host: 'accounts.google.com', url: 'https://accounts.google.com/', backUrl: '/m/t' };
const step = { lead: 'The sender has set a phrase for this message.', sender: alice.address };
const passkeys = {
  passkeys: [],
  possible: true,
  makeAction: '/account/passkeys',
  optionsUrl: '/account/passkeys/options',
  renameAction: '/account/passkeys/rename',
  removeAction: '/account/passkeys/remove',
};
const made = tell('passkey.made', { when: dayAt('2026-11-21T12:00:00.000Z') });
const passkey = (name: string) => ({ id: 'x', name, made, used: plainly('Not used yet') });

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
    error: plainly(
      'That is not the code we sent. Compare it with the mail that shows the reference KXQP; three tries are left.',
    ),
  }),
  fixture('verify', 'refused', {
    ...verify,
    status: {
      ...verify.status,
      lines: [
        plainly(
          'The mail with the code does not arrive. Our mail server did not take mail for example.net. Its answer: 550 5.1.1. Ask the person who wrote to you whether they have another address of yours.',
        ),
        until,
        tell('sign-in.verify-again-after', { time: timeAt('2026-11-22T18:17:00.000Z') }),
      ],
    },
  }),
  fixture('verify', 'sign-in', {
    ...verify,
    backUrl: '/sign-in',
    noticesAction: '/sign-in/notices',
    status: {
      ...verify.status,
      lines: [plainly('If this address has messages here, the code is on its way.'), ...verify.status.lines.slice(1)],
    },
  }),
  fixture(
    'other-mailbox',
    'plain',
    {
      maskedAddress: 'c•••••@partner.example',
      signedInAs: bob.address,
      action: '/m/t/switch',
      inboxUrl: '/messages',
    },
    reader,
  ),
  fixture(
    'other-mailbox',
    'long',
    {
      maskedAddress: `c•••••@${longWord}.example`,
      signedInAs: people.longAddress,
      action: '/m/t/switch',
      inboxUrl: '/messages',
    },
    { ...longReader, ...longShell },
  ),
  fixture('lost-link', 'plain', { action: '/sign-in/notices', way: { label: 'Sign in', url: '/sign-in' } }),
  fixture('notices', 'plain', { action: '/sign-in/notices', address: '', signInUrl: '/sign-in' }),
  fixture(
    'notices',
    'done',
    { action: '/sign-in/notices', address: '', signInUrl: '/sign-in' },
    { done: 'If unread messages wait for this address, their notices are on the way. Look in the spam folder too.' },
  ),
  fixture('notices', 'error', {
    action: '/sign-in/notices',
    address: 'bob@example',
    signInUrl: '/sign-in',
    error: 'Type your whole e-mail address, such as name@example.net.',
  }),
  fixture('genuine', 'plain', genuine),
  fixture('genuine', 'ours', {
    ...genuine,
    reference: 'K4QP-7T3M',
    verdict: {
      isOurs: true,
      sentences: [
        tell('genuine.ours-to', {
          day: dayAt('2026-11-21T14:06:00.000Z'),
          organisation: 'Example Ltd',
          letter: 'b',
        }),
        plainly('Its link still has to lead to messages.example.com: a reference can be copied.'),
      ],
    },
  }),
  fixture('genuine', 'not-ours', {
    ...genuine,
    reference: 'AAAA-AAAA',
    verdict: {
      isOurs: false,
      sentences: [plainly('No notice of ours carries this reference. Do not follow its link.')],
    },
  }),
  fixture(
    'genuine',
    'hostile',
    { ...genuine, reference: '"><script>alert(1)</script>', error: 'A reference has eight letters and digits.' },
    hostileShell,
  ),
  fixture('ended', 'expired', ended, reader),
  fixture(
    'ended',
    'asked',
    {
      sentences: [
        ...ended.sentences,
        tell('ended.asked', {
          day: dayAt('2026-11-22T09:12:00.000Z'),
          time: timeAt('2026-11-22T09:12:00.000Z'),
          sender: alice.name,
        }),
      ],
      write: ended.write,
      inboxUrl: ended.inboxUrl,
    },
    { ...reader, done: 'Your request is on its way.' },
  ),
  fixture(
    'ended',
    'refused',
    {
      ...ended,
      word: { from: 'A word from Alice Example', text: 'The lease is signed by now.\nYou get a copy by post.' },
    },
    reader,
  ),
  fixture(
    'ended',
    'hostile',
    {
      sentences: [plainly(hostile), plainly(longWord)],
      word: { from: hostile, text: hostile },
      moreTime: { action: '/messages/1/more-time', means: hostile },
      write: { url: 'mailto:x@y.example', label: longName },
      inboxUrl: '/messages',
    },
    { ...reader, ...hostileShell },
  ),
  fixture('request', 'one', { ...request, choices: { ...request.choices, many: false } }, sender),
  fixture('request', 'many', request, sender),
  fixture(
    'request',
    'bound',
    { ...request, choices: { ...request.choices, days: request.choices.days.slice(0, 1) }, bound: rows.bound },
    sender,
  ),
  fixture('request', 'over', { ...request, choices: { ...request.choices, days: [] }, bound: rows.bound }, sender),
  fixture('request', 'decided', decided, { ...sender }),
  fixture(
    'request',
    'hostile',
    { ...request, reader: hostile, subject: `${hostile} ${longWord}`, readerAddress: people.longAddress },
    sender,
  ),
  fixture('sign-in', 'plain', { action: '/sign-in/passcode', address: '' }),
  fixture('sign-in', 'error', {
    action: '/sign-in/passcode',
    address: 'bob@example',
    error: 'That is not a whole mail address. It needs a name, an @ and a domain, like bob@example.net.',
  }),
  fixture('enter', 'other-ways', { ...enter, ways }),
  fixture('verify', 'other-ways', { ...verify, ways }),
  fixture('sign-in', 'other-ways', { action: '/sign-in/passcode', address: '', ways }),
  fixture('away', 'google', away),
  fixture('away', 'long', { ...away, issuer: longName, host: `${longWord}.example.net` }, longShell),
  fixture('step-up', 'phrase', { ...step, phraseAction: '/p' }, reader),
  fixture('step-up', 'phrase-wrong', { ...step, phraseAction: '/p', error: 'That is not the phrase.' }, reader),
  fixture('step-up', 'another', { ...step, codeAction: '/c', ways, passkeysUrl: '/account/passkeys' }, reader),
  fixture('step-up', 'hostile', { ...step, lead: hostile, sender: hostile, phraseAction: '/p' }, reader),
  fixture('passkeys', 'none', passkeys, reader),
  fixture(
    'passkeys',
    'some',
    { ...passkeys, passkeys: ['My phone', longWord.slice(0, 60), hostile.slice(0, 60)].map(passkey) },
    reader,
  ),
  fixture('passkeys', 'impossible', { ...passkeys, possible: false }, reader),
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
  fixture(
    'message',
    'signed',
    {
      ...parts.message,
      body: text,
      reply,
      signature: { words: 'Signed by Alice Example. Nothing was changed on the way.', isBroken: false },
    },
    reader,
  ),
  fixture(
    'message',
    'signature-broken',
    {
      ...parts.message,
      body: text,
      reply,
      signature: {
        words:
          'The signature of this message does not hold. It was changed on the way, or signed in a way that is not relied on.',
        isBroken: true,
      },
    },
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
    { ...parts.message, subject: 'No subject', body: { kind: 'empty' }, attachments: parts.files(1) },
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
  ...attachmentStates.map(([state, model]) => fixture('attachment', state, model, reader)),
  fixture(
    'attachment',
    'long',
    { ...attachment, filename: `${longName} ${longWord}.pdf` },
    { ...longReader, ...longShell },
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
  fixture('signed-out', 'plain', { text: 'Dear Alice,\n\nsection 4 is fine.', signInUrl: '/sign-in' }),
  fixture('signed-out', 'hostile', { text: `${hostile}\n${longWord}`, signInUrl: '/sign-in' }, hostileShell),
  fixture('compose', 'plain', compose.empty, sender),
  fixture('compose', 'filled', compose.filled, sender),
  fixture(
    'compose',
    'shared',
    {
      ...compose.filled,
      senders: [
        { key: '', address: 'alice@example.com', chosen: false },
        { key: 'y', address: 'claims@example.com', chosen: true },
      ],
    },
    sender,
  ),
  fixture('compose', 'kept', { ...compose.filled, phrase: '', note: english.say('writing.set-aside') }, sender),
  fixture(
    'compose',
    'refused',
    {
      ...compose.filled,
      error: english.say('compose.rule-refuses', {
        rule: 'Card numbers leave protected',
        why: 'Card numbers go through the payment desk, extension 4711.',
      }),
    },
    sender,
  ),
  fixture(
    'compose',
    'address',
    {
      ...compose.filled,
      to: 'bob@recipient',
      error: english.say('compose.not-address', { address: 'bob@recipient' }),
      at: 'to',
    },
    sender,
  ),
  fixture(
    'compose',
    'phrase',
    { ...compose.filled, phrase: '', error: english.say('compose.phrase-needed'), at: 'phrase' },
    sender,
  ),
  fixture(
    'compose',
    'hostile',
    {
      ...compose.hostilePage,
      senders: [{ key: hostile, address: `${longWord}@example.com`, chosen: true }],
      error: hostile,
      at: 'bcc',
    },
    { ...longReader, ...hostileShell },
  ),
  fixture('write', 'plain', rows.write, reader),
  fixture(
    'write',
    'kept',
    {
      ...rows.write,
      subject: 'My claim',
      text: 'My claim.',
      note: english.say('writing.set-aside'),
    },
    reader,
  ),
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
        plainly('The link may be cut off or belong to another address. Open it again from the notice in your mailbox.'),
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
      sentences: [plainly('Alice Example has taken it back.'), plainly('Ask alice@example.com if you still need it.')],
      actions: [{ label: 'Go to your inbox', url: '/messages' }],
    },
    reader,
  ),
  fixture('problem', 'too-many', {
    heading: 'Too many tries',
    sentences: [
      plainly('There have been too many tries.'),
      tell('problem.wait-until', { time: timeAt('2026-11-22T18:40:00.000Z') }),
    ],
    actions: [],
  }),
  fixture(
    'problem',
    'hostile',
    {
      heading: hostile,
      sentences: [plainly(hostile), plainly(longWord)],
      actions: [{ label: longName, url: '/messages' }],
    },
    hostileShell,
  ),
  fixture(
    'sent',
    'empty',
    { rows: [], pager: {}, composeUrl: '/compose', mailboxes: [], find: sent.findNothing },
    sender,
  ),
  fixture(
    'sent',
    'many',
    {
      rows: rows.sentRows,
      pager: { olderUrl: '/sent?p=2' },
      composeUrl: '/compose',
      mailboxes: [],
      find: sent.findNothing,
    },
    sender,
  ),
  fixture(
    'sent',
    'found',
    {
      rows: rows.sentRows.slice(0, 2),
      pager: {},
      composeUrl: '/compose',
      mailboxes: [],
      find: sent.findBob,
      looked: sent.looked,
      goOnUrl: '/sent?before=1',
    },
    sender,
  ),
  fixture(
    'sent',
    'found-none',
    { rows: [], pager: {}, composeUrl: '/compose', mailboxes: [], find: sent.findBob },
    sender,
  ),
  fixture(
    'sent',
    'hostile',
    { rows: [], pager: {}, composeUrl: '/compose', mailboxes: [], find: sent.findHostile, error: hostile },
    sender,
  ),
  fixture(
    'sent',
    'shared',
    {
      rows: rows.sentRows,
      pager: {},
      find: sent.findNothing,
      composeUrl: '/compose?mailbox=y',
      mailboxes: [
        { label: 'My own', url: '/sent', current: false },
        { label: 'claims@example.com', url: '/sent?mailbox=a', current: true },
        { label: people.longAddress, url: '/sent?mailbox=b', current: false },
      ],
    },
    sender,
  ),
  fixture(
    'sent-message',
    'one',
    { ...rows.sentMessage, recipients: rows.recipients.slice(0, 1), attachments: [] },
    sender,
  ),
  fixture(
    'sent-message',
    'bound',
    {
      ...rows.sentMessage,
      recipients: rows.recipients.slice(0, 1),
      expiryMax: '2026-12-24',
      bound: rows.bound,
      error: wordsIn('en').say('sending.end-policy', { day: dayAt('2026-12-24T12:00:00.000Z') }),
    },
    sender,
  ),
  fixture(
    'sent-message',
    'many',
    {
      ...rows.sentMessage,
      recipients: rows.recipients,
      requests: rows.requests,
      thread: parts.thread,
      revokedCount: 1,
    },
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
    { ...rows.sentMessage, destroyed: true, subject: 'Destroyed message', recipients: [], readableCount: 0 },
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
      readableCount: 0,
    },
    sender,
  ),
  fixture(
    'sent-message',
    'hostile',
    {
      ...rows.sentMessage,
      subject: hostile,
      recipients: rows.hostileRecipients,
      timeline: sent.timelineHostile,
      came: [`${'a'.repeat(100)} → ${longWord}`, hostile],
    },
    sender,
  ),
  fixture(
    'sent-message',
    'undo',
    { ...rows.sentMessage, recipients: rows.recipients.slice(0, 1) },
    {
      ...sender,
      done: 'Taken back. From now on nobody it was taken from can open it.',
      undo: { action: '/sent/1/restore', fields: [{ name: 'recipient', value: '0' }] },
    },
  ),
  fixture(
    'sent-notices',
    'plain',
    { action: '/sent/notices', backUrl: '/sent', firstRead: true, digest: false, subjects: false },
    sender,
  ),
  fixture('sent-message', 'held', { ...rows.sentMessage, ...approvals.held }, sender),
  fixture('approvals', 'empty', { rows: [] }, sender),
  fixture('approvals', 'many', { rows: approvals.waiting }, sender),
  fixture('approval', 'open', approvals.open, sender),
  fixture('approval', 'answered', approvals.answered, sender),
  fixture('approval', 'conflict', { ...approvals.answered, error: 'Somebody has answered this already.' }, sender),
  fixture('approval', 'hostile', approvals.hostileOpen, sender),
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
  fixture('brands', 'one', { ...brandRows.brands, rows: brandRows.brands.rows.slice(0, 1) }, owner),
  fixture('brands', 'full', brandRows.brands, owner),
  fixture('brands', 'refused', { ...brandRows.brands, id: 'North Clinic', errors: brandRows.newBrandErrors }, owner),
  fixture('brands', 'hostile', brandRows.brandsHostile, owner),
  fixture('brand', 'new', brandRows.brandNew, owner),
  fixture('brand', 'full', brandRows.brand, owner),
  fixture('brand', 'draft', { ...brandRows.brand, draft: true }, owner),
  fixture('brand', 'errors', brandRows.brandFaulty, owner),
  fixture('brand', 'overtaken', { ...brandRows.brand, overtaken: policyRows.policyVersion(4, true) }, owner),
  fixture('brand', 'hostile', brandRows.brandHostile, owner),
  fixture('brand-version', 'plain', brandRows.brandVersion, owner),
  fixture('brand-version', 'hostile', brandRows.brandVersionHostile, owner),
  fixture('brand-remove', 'plain', brandRows.brandRemove, owner),
  fixture('brand-remove', 'used', { ...brandRows.brandRemove, policy: ['templates.legal', 'rules.cards'] }, owner),
  fixture('brand-remove', 'hostile', brandRows.brandRemoveHostile, owner),
  fixture('today', 'empty', todayRows.todayEmpty, todayOwner),
  fixture('today', 'full', todayRows.today, todayOwner),
  fixture('today', 'ill', todayRows.todayIll, todayOwner),
  fixture('today', 'unfinished', todayRows.todayUnfinished, todayOwner),
  fixture('setup', 'empty', setupRows.setupEmpty, setupOwner),
  fixture('setup', 'full', setupRows.setup, setupOwner),
  fixture('setup-organisation', 'plain', setupRows.organisation, setupOwner),
  fixture('setup-organisation', 'lines', setupRows.organisationLines, setupOwner),
  fixture('setup-organisation', 'hostile', setupRows.organisationHostile, setupOwner),
  fixture('setup-relay', 'plain', setupRows.relay, setupOwner),
  fixture('setup-relay', 'taken', setupRows.relayTaken, setupOwner),
  fixture('setup-relay', 'refused', setupRows.relayRefused, setupOwner),
  fixture('setup-relay', 'hostile', setupRows.relayHostile, setupOwner),
  fixture('setup-mail-server', 'plain', setupRows.mailServer, setupOwner),
  fixture('setup-mail-server', 'bare', setupRows.mailServerBare, setupOwner),
  fixture('setup-test', 'empty', setupRows.testEmpty, setupOwner),
  fixture('setup-test', 'sent', setupRows.testSent, setupOwner),
  fixture('setup-test', 'hostile', setupRows.testHostile, setupOwner),
  fixture('domain', 'full', setupRows.domain, domainOwner),
  fixture('domain', 'hostile', setupRows.domainHostile, domainOwner),
  fixture('api-keys', 'empty', { ...keyRows.apiKeys, rows: [] }, todayOwner),
  fixture('api-keys', 'full', keyRows.apiKeys, todayOwner),
  fixture('api-keys', 'made', keyRows.apiKeysMade, todayOwner),
  fixture('api-keys', 'sent-twice', keyRows.apiKeysKnown, todayOwner),
  fixture('api-keys', 'error', { ...keyRows.apiKeys, error: 'A key needs at least one scope.' }, todayOwner),
  fixture('api-docs', 'full', apiDocs.beginning),
  fixture('api-docs', 'hostile', apiDocs.hostilePage, hostileShell),
  fixture('settings', 'full', keyRows.settings, todayOwner),
  fixture('queue', 'empty', todayRows.queueEmpty, todayOwner),
  fixture('queue', 'full', todayRows.queue, todayOwner),
  fixture('audit', 'empty', auditRows.auditEmpty, auditOwner),
  fixture('audit', 'full', auditRows.audit, auditOwner),
  fixture('audit', 'found', auditRows.auditFound, auditOwner),
  fixture('audit', 'hostile', auditRows.auditHostile, auditOwner),
  fixture('connectors', 'empty', connectorRows.connectorsEmpty, connectorOwner),
  fixture('connectors', 'full', connectorRows.connectors, connectorOwner),
  fixture('connectors', 'tested', connectorRows.connectorsTested, connectorOwner),
  fixture('connectors', 'refused', connectorRows.connectorsRefused, connectorOwner),
  fixture('connectors', 'hostile', connectorRows.connectorsHostile, connectorOwner),
  fixture('inbound', 'empty', inbound.inboundEmpty, connectorOwner),
  fixture('inbound', 'full', inbound.inboundFull, connectorOwner),
  fixture('inbound', 'read', inbound.inboundRead, connectorOwner),
  fixture('inbound', 'hostile', inbound.inboundHostile, connectorOwner),
  fixture('tls-reports', 'empty', tlsReports.tlsReportsEmpty, reportsOwner),
  fixture('tls-reports', 'full', tlsReports.tlsReportsFull, reportsOwner),
  fixture('tls-reports', 'hostile', tlsReports.tlsReportsHostile, reportsOwner),
  fixture('mta-sts', 'empty', mtaSts.mtaStsEmpty, stsOwner),
  fixture('mta-sts', 'full', mtaSts.mtaStsFull, stsOwner),
  fixture('mta-sts', 'read', mtaSts.mtaStsRead, stsOwner),
  fixture('mta-sts', 'hostile', mtaSts.mtaStsHostile, stsOwner),
  fixture('policy', 'empty', policyRows.policyEmpty, policyOwner),
  fixture('policy', 'full', policyRows.policy, policyOwner),
  fixture(
    'policy',
    'faults',
    { ...policyRows.policy, faults: policyRows.policyFaults, note: 'Cards leave protected' },
    policyOwner,
  ),
  fixture('policy', 'overtaken', { ...policyRows.policy, overtaken: policyRows.policyVersion(4, true) }, policyOwner),
  fixture('policy', 'hostile', policyRows.policyHostile, policyOwner),
  fixture('rule-hits', 'full', policyRows.ruleHits, policyOwner),
  fixture('rule-hits', 'gone', policyRows.ruleHitsGone, policyOwner),
  fixture('reports', 'full', reportRows.reports, policyOwner),
  fixture('report', 'review', reportRows.review, policyOwner),
  fixture('report', 'compliance', reportRows.compliancePage, policyOwner),
  fixture('report', 'hostile', reportRows.reviewHostile, policyOwner),
  fixture('policy-part', 'new', ruleForms.templateNew, policyOwner),
  fixture('policy-part', 'hostile', ruleForms.listHostile, policyOwner),
  fixture('policy-part', 'label-kept', ruleForms.labelKept, policyOwner),
  fixture('rule', 'new', ruleForms.ruleNew, policyOwner),
  fixture('rule', 'full', ruleForms.rule, policyOwner),
  fixture('rule', 'read', ruleForms.ruleRead, policyOwner),
  fixture('rule', 'faults', ruleForms.ruleFaulty, policyOwner),
  fixture('rule', 'hostile', ruleForms.ruleHostile, policyOwner),
  fixture('policy-version', 'plain', policyRows.policyVersionPage, policyOwner),
  fixture('policy-version', 'hostile', policyRows.policyVersionHostile, policyOwner),
  fixture('policy-restore', 'plain', policyRows.policyRestore, policyOwner),
  fixture(
    'policy-restore',
    'faults',
    { ...policyRows.policyRestore, faults: policyRows.policyFaults, overtaken: true, lines: [] },
    policyOwner,
  ),
  fixture('policy-simulator', 'empty', simulatorRows.simulator, policyOwner),
  fixture('policy-simulator', 'granted', simulatorRows.granted, policyOwner),
  fixture('policy-simulator', 'refused', simulatorRows.refused, policyOwner),
  fixture('policy-simulator', 'faults', { ...simulatorRows.granted, faults: policyRows.policyFaults }, policyOwner),
  fixture('policy-simulator', 'problem', simulatorRows.problem, policyOwner),
  fixture('policy-simulator', 'hostile', simulatorRows.simulatorHostile, policyOwner),
  fixture('policy-replay', 'done', simulatorRows.replay, policyOwner),
  fixture('policy-replay', 'running', simulatorRows.replayRunning, policyOwner),
  fixture('policy-replay', 'nothing', simulatorRows.replayNothing, policyOwner),
  fixture('policy-replay', 'failed', simulatorRows.replayFailed, policyOwner),
  fixture('policy-replay', 'hostile', simulatorRows.replayHostile, policyOwner),
  fixture('second-step', 'ask', staff.askNumber, sender),
  fixture('second-step', 'wrong', { ...staff.askNumber, error: english.say('factor.wrong') }, sender),
  fixture('second-step', 'set-up', staff.setUpApp, sender),
  fixture('second-step', 'elsewhere', staff.elsewhere, sender),
  fixture('second-step', 'codes', staff.recoveryCodes, sender),
  fixture('second-step', 'set', staff.allSet, sender),
  fixture('people', 'empty', staff.peopleEmpty, peopleOwner),
  fixture('people', 'many', staff.people, peopleOwner),
  fixture('people', 'read-only', { ...staff.people, mayChange: false }, peopleOwner),
  fixture('people', 'overtaken', staff.peopleOvertaken, peopleOwner),
  fixture('people', 'hostile', staff.peopleHostile, { ...peopleOwner, ...hostileShell }),
  fixture('removal', 'mailbox', staff.removal, peopleOwner),
  fixture('webhooks', 'empty', hooks.webhooksEmpty, webhookOwner),
  fixture('webhooks', 'many', hooks.webhooks, webhookOwner),
  fixture('webhooks', 'refused', hooks.webhooksRefused, { ...webhookOwner, ...hostileShell }),
  fixture('webhook', 'fresh', hooks.webhookFresh, webhookOwner),
  fixture('webhook', 'full', hooks.webhook, webhookOwner),
  fixture('webhook', 'read-only', { ...hooks.webhook, mayChange: false }, webhookOwner),
  fixture('webhook-secret', 'made', hooks.secret, webhookOwner),
  fixture('webhook-secret', 'rotated', { ...hooks.secret, rotated: true }, webhookOwner),
  fixture('help-desk', 'form', staff.helpDesk, helpOwner),
  fixture(
    'help-desk',
    'refused',
    { ...staff.helpDesk, address: staff.hostileField, problem: 'That is not a mail address.' },
    helpOwner,
  ),
  fixture('certificates', 'empty', certificateRows.certificatesEmpty, certificateOwner),
  fixture('certificates', 'full', certificateRows.certificates, certificateOwner),
  fixture('certificates', 'hostile', certificateRows.certificatesHostile, certificateOwner),
  fixture('certificate', 'offered', certificateRows.certificate, certificateOwner),
  fixture('certificate', 'faulty', certificateRows.certificateFaulty, certificateOwner),
  fixture('certificate', 'refused', certificateRows.certificateRefused, certificateOwner),
  fixture('certificate', 'hostile', certificateRows.certificateHostile, certificateOwner),
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
