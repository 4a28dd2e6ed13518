// Owns the states of the page that shows an attachment.

import type { AttachmentPage, ShownPage } from '../../server/render/page-models/attachment.ts';
import { hostile, longWord } from './fixture-people.ts';

const PATH = '/messages/1/attachments/pdf';

function zooms(current: string): ShownPage['zooms'] {
  return ['Fit to width', '100 %', '150 %', '200 %', '300 %'].map((label) => ({
    label,
    url: PATH,
    current: label === current,
  }));
}

const noText =
  'What is shown here is a picture, which a screen reader cannot read out. The sender has not allowed text to be copied, so no text can stand beside it. If you need it as text, ask Alice Example (alice@example.com).';

const shown: ShownPage = {
  n: 2,
  pages: 5,
  image: {
    url: `${PATH}/pages/2`,
    width: 1_400,
    height: 1_981,
    fits: true,
    alt: 'Picture of page 2 of Lease Harbour Street.pdf',
  },
  previousUrl: `${PATH}?view=1&page=1`,
  nextUrl: `${PATH}?view=1&page=3`,
  zooms: zooms('Fit to width'),
  jumps: [{ n: 5, url: PATH }],
  noText,
};

const only: ShownPage = {
  n: 1,
  pages: 1,
  image: {
    url: '/messages/1/attachments/text/pages/1',
    width: 1_400,
    height: 1_980,
    fits: true,
    alt: 'Picture of Furniture.csv',
  },
  zooms: zooms('Fit to width'),
  jumps: [],
  text: 'Room,Thing,Number\nKitchen,Table,1\nKitchen,Chair,4\nHall,Piano,1\nHall,Mirror,2',
};

export const attachment: AttachmentPage = {
  filename: 'Lease Harbour Street.pdf',
  kind: 'PDF document',
  size: '248 KB',
  backUrl: '/messages/1',
  notes: ['Each page bears your address and the time.'],
  shown,
  width: 'reading',
  mayPrint: false,
  mayCopy: false,
};

const bare: AttachmentPage = {
  filename: attachment.filename,
  kind: attachment.kind,
  size: attachment.size,
  backUrl: attachment.backUrl,
  notes: [],
  width: 'reading',
  mayPrint: false,
  mayCopy: false,
};

export const attachmentStates: readonly (readonly [state: string, model: AttachmentPage])[] = [
  ['many-pages', attachment],
  [
    'zoomed',
    {
      ...attachment,
      width: 'wide',
      shown: {
        ...shown,
        image: { ...shown.image, url: `${PATH}-large/pages/2`, width: 1_190, height: 1_684, fits: false },
        zooms: zooms('150 %'),
      },
    },
  ],
  [
    'text',
    {
      ...attachment,
      filename: 'Furniture.csv',
      kind: 'Text',
      size: '310 bytes',
      notes: [],
      downloadUrl: '/messages/1/attachments/1',
      shown: only,
      mayPrint: true,
      mayCopy: true,
    },
  ],
  [
    'text-of-office',
    {
      ...attachment,
      filename: 'Furniture.pdf',
      kind: 'Spreadsheet',
      size: '31 KB',
      notes: [
        'It is labelled “PDF document”, but by its content it is “Spreadsheet”, and is treated as that.',
        'Its layout cannot be shown here. This is its text alone.',
        'Only the first 500 pages are shown.',
        'Each page bears your address and the time.',
      ],
      shown: {
        ...shown,
        n: 500,
        pages: 500,
        previousUrl: PATH,
        jumps: [1, 450, 490].map((n) => ({ n, url: PATH })),
        image: { ...only.image, alt: 'Picture of page 500 of Furniture.pdf' },
      },
    },
  ],
  [
    'not-shown',
    {
      ...bare,
      filename: 'Plans and older versions.zip',
      kind: 'Archive',
      size: '18 MB',
      problem: {
        sentences: [
          'This is an archive that holds other files. It cannot be shown here.',
          'Ask Alice Example (alice@example.com) for it in another form, for example as a PDF.',
        ],
      },
    },
  ],
  [
    'no-such-page',
    {
      ...bare,
      problem: {
        sentences: ['It has no such page: there are 5.'],
        action: { label: 'Go to its first page', url: PATH },
      },
    },
  ],
  [
    'busy',
    {
      ...bare,
      problem: {
        sentences: [
          'Many files are being looked at right now. Nothing is wrong with this one: try again in a few seconds.',
        ],
        action: { label: 'Try again', url: PATH },
      },
    },
  ],
  [
    'hostile',
    {
      ...attachment,
      filename: `${hostile}.pdf`,
      kind: hostile,
      notes: [hostile],
      shown: {
        ...shown,
        image: { ...shown.image, alt: hostile.replace('javascript:', '') },
        noText: hostile,
        text: `${hostile}\n${longWord}`,
      },
      downloadUrl: '/a/1',
    },
  ],
];
