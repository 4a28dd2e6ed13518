// Owns mails in the shapes that real programs give them: what Outlook, Gmail, Apple Mail and Thunderbird write, and what
// newsletters, banks and calendars send. All are made up here, byte by byte; what each must show stands beside it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestMail, TestPart } from '../support/mime.ts';
import { png } from '../viewing/samples.ts';

export interface Shape {
  readonly name: string;
  readonly mail: TestMail;
  /** What a reader sees, in this order. */
  readonly says: readonly string[];
  /** What is seen on a phone alone. */
  readonly saysOnPhone?: readonly string[];
  /** What its style sheets say of the element with these words. */
  readonly looks?: readonly (readonly [words: string, property: string, value: string])[];
  /** What stands beside each other at a desk, and under each other on a phone. */
  readonly columns?: readonly [string, string];
  /** What its author meant nobody to see. */
  readonly hides?: readonly string[];
  /** What is read only after unfolding. */
  readonly folds?: readonly string[];
  /** Of pictures that came along, how many are shown. */
  readonly pictures?: number;
  /** What was to be fetched from outside. */
  readonly blocked?: number;
  /** Cells of its tables of figures, row by row; every row's cells stand side by side. */
  readonly rows?: readonly (readonly string[])[];
  readonly rightToLeft?: boolean;
  /** A table of figures that no phone is wide enough for: the mail scrolls in its frame. */
  readonly wide?: boolean;
}

const html = (name: string): string => readFileSync(join(import.meta.dirname, `${name}.html`), 'utf8');

function picture(cid: string, name: string, width: number, height: number): TestPart {
  return { cid, name, type: 'image/png', content: png(width, height) };
}

const INVITATION = [
  'BEGIN:VCALENDAR',
  'PRODID:-//Example//Calendar//EN',
  'VERSION:2.0',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:4711@calendar.example',
  'DTSTAMP:20261119T160200Z',
  'DTSTART:20261201T100000Z',
  'DTEND:20261201T110000Z',
  'SUMMARY:Handing over of the flat',
  'ORGANIZER;CN=Alice Example:mailto:alice@example.com',
  'ATTENDEE;CN=Bob Recipient;RSVP=TRUE:mailto:bob@recipient.example',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

export const shapes: readonly Shape[] = [
  {
    name: 'outlook',
    mail: {
      html: html('outlook'),
      parts: [picture('image001.png@01DC5A00.5C6A1B40', 'image001.png', 143, 48)],
    },
    says: ['Dear Bob,', 'Keller & Sons', 'clay tiles', 'Offer', 'Slate', '30 years', 'the comparison', 'Alice Example'],
    folds: ['The roof', 'how much is the roof going to cost?'],
    pictures: 1,
    looks: [
      ['the two quotes for the roof', 'margin-top', '0px'],
      ['the comparison', 'color', 'rgb(70, 120, 134)'],
    ],
    rows: [
      ['Offer', 'Price', 'Guarantee'],
      ['Slate', '18.400,00', '30 years'],
    ],
  },
  {
    name: 'outlook-web',
    mail: { html: html('outlook-web') },
    says: ['Dear Bob,', 'the keys lie with the caretaker.', 'Friday, 18:00', 'Alice'],
    folds: ['Where do I find the keys?', 'The flat is yours from Monday.'],
    looks: [['Alice', 'margin-top', '0px']],
  },
  {
    name: 'gmail',
    mail: { html: html('gmail'), parts: [picture('ii_mhx3k9a10', 'plan.png', 1_124, 632)] },
    says: ['Hi Bob,', 'yes, Tuesday works.', 'ground floor first', 'Blue is what changes.', 'www.example.com'],
    folds: ['wrote:', 'Would Tuesday suit you?'],
    pictures: 1,
  },
  {
    name: 'apple-mail',
    mail: {
      html: html('apple-mail'),
      parts: [picture('7F6B6E53-66A7-4E4D-9B0B-3F6C5B9B2F11', 'IMG_1203.jpeg', 3_000, 2_000)],
    },
    says: ['Dear Bob,', 'the photograph from the site:', 'the handrail', 'the lamp above the door', 'Alice'],
    folds: ['Is the entrance finished?', 'Come and see.'],
    pictures: 1,
  },
  {
    name: 'thunderbird',
    mail: { html: html('thunderbird') },
    says: ['Hallo Bob,', 'fast fertig', 'Punkt 4   vertagt', 'schrieb Bob Recipient', 'Schriftführerin'],
    folds: ['Wann kommt das Protokoll?'],
  },
  {
    name: 'mjml',
    mail: { html: html('mjml'), parts: [picture('beans@garden.example', 'beans.png', 500, 300)] },
    says: ['Spring in the garden', 'Tulips, first', 'Beans, second', 'Take your free hour', 'Unsubscribe'],
    hides: ['one free hour of advice'],
    columns: ['Tulips, first', 'Beans, second'],
    pictures: 1,
    blocked: 6,
  },
  {
    name: 'mailchimp',
    mail: { html: html('mailchimp') },
    says: [
      'The museum in June',
      'Letter no. 112',
      'Open late',
      'On four Thursdays',
      'I had the whole gallery',
      'Reserve a ticket',
      'unsubscribe from this list',
    ],
    hides: ['Late hours on four evenings', 'Show this mail at the door.'],
    saysOnPhone: ['Show this mail at the door.'],
    looks: [
      ['The museum in June', 'color', 'rgb(255, 255, 255)'],
      ['On four Thursdays', 'text-align', 'left'],
    ],
    blocked: 4,
  },
  {
    name: 'fixed-width',
    mail: { html: html('fixed-width') },
    says: ['Ferry News', 'The boat of 7.40', 'One way 4.20', 'Stop these mails'],
    blocked: 3,
  },
  {
    name: 'statement',
    mail: { html: html('statement') },
    says: [
      'Dear Mr Recipient,',
      'Amount (EUR)',
      '02.11.2026',
      '3,118.42',
      'Bakery Miller',
      '6,371.62',
      'made by a program',
    ],
    looks: [
      ['Amount (EUR)', 'background-color', 'rgb(11, 61, 92)'],
      ['-14.80', 'color', 'rgb(160, 28, 28)'],
    ],
    rows: [
      ['Day', 'Value', 'What', 'Amount (EUR)', 'Balance (EUR)'],
      ['05.11.2026', '06.11.2026', 'Salary, Example Ltd', '3,480.00', '6,598.42'],
    ],
    wide: true,
  },
  {
    name: 'arabic',
    mail: { html: html('arabic') },
    says: ['أخبار المكتبة', 'مرحبًا يا سامي،', 'العمود الأول', 'العمود الثاني', 'إلغاء الاشتراك'],
    hides: ['عرض مخفي للمعاينة'],
    columns: ['العمود الأول', 'العمود الثاني'],
    rightToLeft: true,
  },
  {
    name: 'hebrew',
    mail: { html: html('hebrew') },
    says: ['שלום יעל,', 'הפגישה ביום שלישי', 'שכירות', 'אליס'],
    folds: ['מתי נפגשים?'],
    rows: [
      ['שם', 'סכום'],
      ['שכירות', '1,250'],
    ],
    rightToLeft: true,
  },
  {
    name: 'dark-styles',
    mail: {
      html: html('dark-styles'),
      parts: [
        picture('logo-light@app.example', 'logo-light.png', 120, 40),
        picture('logo-dark@app.example', 'logo-dark.png', 120, 40),
      ],
    },
    says: ['Your invoice of November', 'Nothing is left to do.', 'See the invoice'],
    pictures: 1,
  },
  {
    name: 'plain',
    mail: {
      text: 'Hello Bob,\n\nthe figures of this week:\n\n  Mon   12   4.80\n  Tue    9   3.60\n\nThe rest is at https://example.org/figures.\n\nAlice\n\nOn Thu, 19 Nov 2026 at 16:02, Bob Recipient wrote:\n> How many were there?\n> Bob\n',
    },
    says: ['Hello Bob,', 'Tue    9   3.60', 'https://example.org/figures', 'Alice'],
    folds: ['How many were there?'],
  },
  {
    name: 'invitation',
    mail: {
      text: 'Handing over of the flat\nTuesday 1 December 2026, 10:00',
      html: html('invitation'),
      parts: [{ name: 'invite.ics', type: 'text/calendar; charset=utf-8; method=REQUEST', content: INVITATION }],
    },
    says: ['Handing over of the flat', 'Tuesday 1 December 2026', 'organizer', 'Yes', 'No'],
  },
];
