// Owns the people, brands and strings of the fixtures, the kind ones and the hostile ones.

import type { MessagePage } from '../../server/render/page-models/message.ts';
import type { PersonView } from '../../server/render/page-models/parts.ts';
import type { Shell } from '../../server/render/page-models/shell.ts';

export const alice: PersonView = { name: 'Alice Example', address: 'alice@example.com' };
export const bob: PersonView = { name: 'Bob Reader', address: 'bob@example.net' };
export const carol: PersonView = { name: 'Carol Long', address: 'carol@example.net' };
export const dana: PersonView = { name: '', address: 'dana@partner.example' };
export const admin: PersonView = { name: 'Ada Minister', address: 'admin@example.com' };
export const crowd: readonly PersonView[] = Array.from({ length: 14 }, (_, n) => ({
  name: n % 4 === 3 ? '' : `Recipient Number ${n + 1}`,
  address: `recipient.${n + 1}@department-${n + 1}.example.net`,
}));

export const longWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
export const longName =
  'The Honourable Maximiliana Alexandrina Featherstonehaugh-Cholmondeley of the International Department for Rather Long Matters';
export const longAddress =
  'maximiliana.alexandrina.featherstonehaugh@international-department-for-long-matters.example.com';

/** Tries to leave an element, an attribute, a script, a style, a template and a text direction. */
export const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>' onclick='alert(3) {{shell.csrf}} {{{html}}} </style></title></textarea> javascript:alert(4)`;
export const hostilePerson: PersonView = { name: hostile, address: `"><svg/onload=alert(5)>@example.net` };

export const intro = 'We send contracts and personal papers by sealed message, so that they reach you and nobody else.';
export const help = 'Questions? Call our office, Monday to Friday from 9 to 17, at +44 20 7946 0000.';

export const brand: Shell['brand'] & { readonly logoUrl: string } = {
  name: 'Example Ltd',
  styleUrl: '/brand/green.css',
  logoUrl: '/brand/logo.svg',
  footer: 'Example Ltd, 1 Sample Street, London. Registered in England, number 01234567.',
};
export const plainBrand: Shell['brand'] = { name: brand.name, styleUrl: brand.styleUrl, footer: brand.footer };
export const paleBrand: Shell['brand'] = {
  name: 'Über Licht GmbH',
  styleUrl: '/brand/pale.css',
  footer: 'Über Licht GmbH, Sonnenallee 1, Berlin',
  privacyUrl: 'https://licht.example/datenschutz',
  imprintUrl: 'https://licht.example/impressum',
};
export const hostileBrand: Shell['brand'] = {
  name: hostile,
  styleUrl: '/brand/black.css',
  footer: hostile,
  privacyUrl: `https://example.org/${longWord}`,
};
export const longBrand: Shell['brand'] = {
  name: longName,
  styleUrl: '/brand/white.css',
  footer: `${longName}\n${longWord}`,
};

export const rtl: Pick<MessagePage, 'subject' | 'from' | 'to' | 'body'> = {
  subject: 'חוזה שכירות לחתימה עד יום חמישי',
  from: { name: 'ليلى الأحمد', address: 'layla@example.com' },
  to: [{ name: 'יעל כהן', address: 'yael@example.net' }],
  body: {
    kind: 'text',
    text: [
      {
        quoted: false,
        runs: [
          {
            text: 'שלום יעל,\n\nמצורף החוזה. נא לקרוא את סעיף 4 (Termination) לפני החתימה, ולענות כאן.\n\nالنسخة العربية على ',
          },
          { text: 'https://www.example.org/ar', url: '/messages/1/leave/1' },
          { text: '\n\nAnd one line in English between them.\n\nתודה,\nלילה' },
        ],
      },
    ],
  },
};
