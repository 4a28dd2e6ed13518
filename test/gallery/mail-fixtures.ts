// Owns the fixed data of every mail and of the document of a mail's own HTML.

import { readMarks } from '../../server/mail/light-marks.ts';
import { wordsIn } from '../../server/language/words.ts';
import type { MailBody } from '../../server/render/templates.ts';
import type { MailBrand, MailModels } from '../../server/render/mail-models.ts';
import { bob, help, hostile, intro, longAddress, longName, longWord } from './fixture-people.ts';

export type RenderMail = <Name extends keyof MailModels>(
  name: Name,
  model: MailModels[Name],
) => { html: string; text: string };

export interface MailFixture {
  readonly name: string;
  readonly render: (mail: RenderMail) => { html: string; text: string };
}

function fixture<Name extends keyof MailModels>(mail: Name, state: string, model: MailModels[Name]): MailFixture {
  return { name: `mail-${mail}--${state}`, render: (render) => render(mail, model) };
}

const brand: MailBrand = {
  name: 'Example Ltd',
  colour: '#0b5d4e',
  onColour: '#ffffff',
  hasLogo: false,
  footer: 'Example Ltd, 1 Sample Street, London\nRegistered in England, number 01234567',
};
const bare: MailBrand = { ...brand, footer: '', hasLogo: true };
const links = {
  host: 'messages.example.com',
  link: 'https://messages.example.com/m/5fXh2mQzT1c9Lr0sVbNw8A',
  checkAt: 'messages.example.com/genuine',
  reference: 'K4QP-7T3M',
};
const heldBy = {
  rule: 'Card numbers need a second pair of eyes',
  sent: 'Saturday 21 November 2026',
  link: 'https://messages.example.com/sent/1',
};
const unreached = {
  ...heldBy,
  approver: longAddress,
  reason: 'Our mail server did not take mail for example.com. Its answer: 550 5.1.1.',
};
const waitsFor = { rule: heldBy.rule, link: 'https://messages.example.com/approvals/1' };
const notice: MailModels['notice'] = {
  brand,
  lead: 'Alice Example sent you a sealed message',
  introduction: intro,
  senderAddress: 'alice@example.com',
  from: 'Alice Example, alice@example.com',
  ...links,
  expires: 'Monday 21 December 2026',
};
const hostileBrand: MailBrand = { ...brand, name: hostile, footer: hostile };

const marked =
  '**Section 4** is *fine*.\nThe list is at https://example.org/a\n\n- one\n- two\n\n1. first\n2. second\n\n> a word';

const certificate = {
  address: bob.address,
  endsAt: 'Saturday 20 February 2027, 15:12 UTC',
  link: 'https://messages.example.com/admin/certificates/1',
};

const passkey = {
  address: bob.address,
  at: 'Saturday 21 November 2026, 15:12 UTC',
  link: 'https://messages.example.com/account/passkeys',
};

export const mailFixtures: readonly MailFixture[] = [
  fixture('notice', 'message', notice),
  fixture('notice', 'reply-bare', {
    brand: bare,
    lead: `${longAddress} answered you in a sealed message`,
    introduction: '',
    senderAddress: longAddress,
    from: longAddress,
    ...links,
  }),
  fixture('notice', 'forward', {
    ...notice,
    lead: 'Dana Partner passed a sealed message on to you',
    forwardedBy: 'Dana Partner',
  }),
  fixture('notice', 'hostile', {
    ...notice,
    brand: hostileBrand,
    introduction: hostile,
    lead: `${hostile} sent you a sealed message`,
    from: `${hostile}, ${longAddress}`,
    senderAddress: longAddress,
    forwardedBy: `${longName} ${longWord}`,
  }),
  fixture('passcode', 'plain', { brand, code: '48201735', reference: 'KXQP', validMinutes: 10 }),
  fixture('failure', 'plain', {
    brand,
    recipientAddress: 'nobody@example.org',
    sent: 'Saturday 21 November 2026',
    reason: 'Our mail server did not take mail for example.org. Its answer: 550 5.1.1.',
    link: 'https://messages.example.com/sent/01kag3xyz',
  }),
  fixture('failure', 'hostile', {
    brand: hostileBrand,
    recipientAddress: longAddress,
    sent: hostile,
    reason: hostile,
    link: 'https://messages.example.com/sent/01kag3xyz',
  }),
  fixture('by-mail', 'plain', {
    brand,
    sender: 'Alice Example',
    link: 'https://messages.example.com/m/0123456789abcdefghijkl',
    host: 'messages.example.com',
    checkAt: 'messages.example.com/genuine',
    reference: 'K4QP-7T3M',
  }),
  fixture('by-mail', 'hostile', {
    brand: hostileBrand,
    sender: hostile,
    link: 'https://messages.example.com/m/0123456789abcdefghijkl',
    host: 'messages.example.com',
    checkAt: 'messages.example.com/genuine',
    reference: 'K4QP-7T3M',
  }),
  fixture('reply', 'by-mail', {
    brand,
    authorAddress: bob.address,
    caution:
      'This answer came by ordinary mail. Nobody has checked who wrote it, and others may have read it on its way.',
    paragraphs: ['Dear Alice,', 'section 4 is fine.', 'Bob'],
    blocks: readMarks('Dear Alice,\n\nsection 4 is fine.\n\nBob'),
  }),
  fixture('reply', 'plain', {
    brand,
    authorAddress: bob.address,
    paragraphs: ['Dear Alice,', 'section 4 is fine.\nThe list lacks the piano.', 'Bob'],
    blocks: readMarks('Dear Alice,\n\nsection 4 is fine.\nThe list lacks the piano.\n\nBob'),
  }),
  fixture('reply', 'marked', {
    brand,
    authorAddress: bob.address,
    paragraphs: marked.split('\n\n'),
    blocks: readMarks(marked),
  }),
  fixture('reply', 'hostile', {
    brand: hostileBrand,
    authorAddress: longAddress,
    paragraphs: [hostile, longWord, 'שלום יעל'],
    blocks: readMarks([hostile, `- ${longWord}`, '1. שלום יעל', `> ${hostile}`].join('\n\n')),
  }),
  fixture('written', 'plain', {
    brand,
    authorAddress: bob.address,
    paragraphs: ['My claim.'],
    blocks: readMarks('My claim.'),
  }),
  fixture('notice', 'reminder', {
    ...notice,
    lead: 'Alice Example sent you a sealed message, and you have not read it yet',
  }),
  fixture('first-read', 'plain', {
    brand,
    reader: 'Bob Reader',
    readerAddress: bob.address,
    sent: 'Saturday 21 November 2026',
    about: '',
    link: 'https://messages.example.com/sent/01kag3xyz',
  }),
  fixture('first-read', 'hostile', {
    brand: hostileBrand,
    reader: hostile,
    readerAddress: longAddress,
    sent: 'Saturday 21 November 2026',
    about: hostile,
    link: 'https://messages.example.com/sent/01kag3xyz',
  }),
  fixture('digest', 'plain', {
    brand,
    read: 3,
    replied: 1,
    failed: 0,
    subjects: [],
    link: 'https://messages.example.com/sent',
  }),
  fixture('digest', 'hostile', {
    brand: hostileBrand,
    read: 12,
    replied: 0,
    failed: 2,
    subjects: [hostile, 'The figures of March'],
    link: 'https://messages.example.com/sent',
  }),
  fixture('request', 'plain', {
    brand,
    reader: 'Bob Reader',
    readerAddress: bob.address,
    sent: 'Saturday 21 November 2026',
    link: 'https://messages.example.com/sent/01kag3xyz/requests/01kag4xyz',
  }),
  fixture('request', 'hostile', {
    brand: hostileBrand,
    reader: hostile,
    readerAddress: longAddress,
    sent: 'Saturday 21 November 2026',
    link: 'https://messages.example.com/sent/01kag3xyz/requests/01kag4xyz',
  }),
  fixture('decision', 'given', {
    brand,
    sender: 'Alice Example',
    until: 'Monday 21 December 2026',
    hasWord: false,
    ...links,
  }),
  fixture('decision', 'refused', { brand, sender: 'Alice Example', hasWord: true, ...links }),
  fixture('approval', 'plain', { brand, ...waitsFor, sender: 'Alice Example', senderAddress: 'alice@example.com' }),
  fixture('approval', 'hostile', {
    brand,
    ...waitsFor,
    rule: hostile,
    sender: hostile,
    senderAddress: 'alice@example.com',
  }),
  fixture('held', 'open', { brand, ...heldBy, isOpen: true, isReleased: false }),
  fixture('held', 'released', { brand, ...heldBy, isOpen: false, isReleased: true }),
  fixture('held', 'refused', { brand, ...heldBy, isOpen: false, isReleased: false }),
  fixture('unreached', 'others', { brand, ...unreached, anyOther: true }),
  fixture('unreached', 'nobody', { brand, ...unreached, anyOther: false }),
  fixture('unreached', 'hostile', { brand: hostileBrand, ...unreached, rule: hostile, anyOther: false }),
  fixture('decision', 'hostile', { brand, sender: hostile, hasWord: true, ...links }),
  fixture('passkey', 'made', { brand, isMade: true, ...passkey }),
  fixture('passkey', 'removed', { brand, isMade: false, ...passkey }),
  fixture('alert', 'raised', {
    brand,
    heading: '2 alerts',
    alerts: [
      {
        says: 'The relay refuses our sign-in (AUTH 535 5.7.8).',
        when: 'Since Saturday 21 November 2026, 17:00 UTC.',
        cure: 'Look at name and password in RELAY_URL.',
      },
      {
        says: `Mail to ${longWord.slice(0, 60)}.example fails (CONNECT).`,
        when: 'Since Saturday 21 November 2026, 17:00 UTC.',
        cure: 'What waits is tried again by itself.',
      },
    ],
    link: 'https://messages.example.com/admin/today',
  }),
  fixture('alert', 'hostile', {
    brand: hostileBrand,
    heading: 'An alert is over',
    alerts: [{ says: hostile, when: hostile, cure: '' }],
    link: 'https://messages.example.com/admin/today',
  }),
  fixture('certificate', 'soon', { brand, hasEnded: false, ...certificate }),
  fixture('certificate', 'ended', { brand, hasEnded: true, ...certificate }),
  fixture('certificate', 'hostile', { ...certificate, brand: hostileBrand, hasEnded: false, address: hostile }),
  fixture('passkey', 'hostile', { ...passkey, brand: hostileBrand, isMade: true, address: longAddress }),
  fixture('test', 'plain', { brand }),
];

const mailHtml = `<p>Dear Bob,</p><p>here is the lease for <b>Harbour Street</b>, with the costs as agreed:</p>
<table border="1" cellpadding="6" style="border-collapse:collapse"><tr><th>What</th><th>Each month</th></tr>
<tr><td>Rent</td><td>1,250.00</td></tr><tr><td>Heating</td><td>140.00</td></tr></table>
<p>The terms are <a href="/messages/1/leave/1">on our site</a>. ${help}</p><blockquote>Could you send the costs once more?</blockquote><p>Kind regards,<br>Alice</p>`;

const words = wordsIn('en');

export const bodyFixtures: readonly (MailBody & { readonly name: string })[] = [
  { words, name: 'mail-body--free', html: mailHtml, mayPrint: true, mayCopy: true },
  { words, name: 'mail-body--restricted', html: mailHtml, watermark: bob.address, mayPrint: false, mayCopy: false },
  { words, name: 'mail-body--long-watermark', html: mailHtml, watermark: longAddress, mayPrint: true, mayCopy: false },
];
