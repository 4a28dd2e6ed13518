// Owns the pieces of which the pages about brands are made.

import type {
  BrandPage,
  BrandRemovePage,
  BrandRow,
  BrandVersionPage,
  BrandsPage,
} from '../../server/render/page-models/brands.ts';
import type { FieldError } from '../../server/render/page-models/parts.ts';
import { languages, ownNames } from '../../server/language/languages.ts';
import { brand as house, hostile, longName, longWord } from './fixture-people.ts';
import { policyVersion, policyVersionHostile, policyVersionPage } from './fixture-policy.ts';

// As what fields are filled with: the rest is looked for in links.
const inField = hostile.replace(/ javascript:.*/, '');

const row: BrandRow = {
  id: 'default',
  name: house.name,
  url: '/admin/brands/default',
  colour: '#0b5d4e',
  domains: [],
  used: 'Every message without another',
  version: 0,
};
const north: BrandRow = {
  id: 'north-clinic',
  name: 'North Clinic',
  url: '/admin/brands/north-clinic',
  colour: '#7a1f3d',
  logoUrl: house.logoUrl,
  domains: ['north.example.com', 'clinic.example.com'],
  used: '12 messages',
  version: 4,
};

export const brands: BrandsPage = {
  action: '/admin/brands',
  mayChange: true,
  rows: [row, north],
  nameHint: 'By which it is asked for, in a header and in the policy: north-clinic. Readers never see it.',
  id: '',
  from: 'default',
  errors: [],
};

export const newBrandErrors: readonly FieldError[] = [
  {
    field: 'id',
    message: 'Make the name of lower-case letters and digits, joined by hyphens: north-clinic.',
  },
];

export const brandsHostile: BrandsPage = {
  ...brands,
  rows: [row, { ...north, id: longWord, name: hostile, domains: [longWord] }, { ...north, name: longName }],
  id: inField,
  errors: [{ field: 'id', message: 'There is a brand of this name.' }],
};

const slots = [
  ['subject', 'Subject of the notice', 'May hold {sender}, {organisation}, {subject}.'],
  ['introduction', 'Introduction of the notice', 'Opens the mail. May hold {sender}, {senderAddress}, {organisation}.'],
  ['portalIntroduction', 'Introduction of the page', 'Opens the page behind the link. May hold {organisation}.'],
  ['portalText', 'Help for readers', 'Below the code button: whom to call. May hold {organisation}.'],
] as const;

function texts(values: Readonly<Record<string, string>>): BrandPage['texts'] {
  return (['any', ...languages] as const).map((tag) => {
    const fields = slots.map(([slot, label, hint]) => ({
      id: `texts.${tag}.${slot}`,
      label,
      hint,
      value: values[`${tag}.${slot}`] ?? '',
      ...(slot === 'subject' ? {} : { rows: '3' }),
    }));
    const isForAll = tag === 'any';
    const name = isForAll ? 'Every language' : ownNames[tag];
    return { tag, name, isForAll, open: fields.some(({ value }) => value !== ''), fields };
  });
}

export const brandNew: BrandPage = {
  id: 'default',
  mayChange: true,
  action: '/admin/brands/default',
  backUrl: '/admin/brands',
  version: 0,
  values: {
    name: house.name,
    senderName: '',
    colour: '#1d4f7c',
    ownTextColour: false,
    textColour: '#ffffff',
    domains: '',
    footer: '',
    privacyUrl: '',
    imprintUrl: '',
    reminderDays: '0',
  },
  texts: texts({}),
  note: '',
  pictureLimit: 'PNG, JPEG or WebP, at most 2 MB.',
  errors: [],
  contrastWords: 'Text stands on this colour with a contrast of 8.4 to 1.',
  isContrastLow: false,
  draft: false,
  previewLanguages: languages.map((tag) => ({ tag, name: ownNames[tag], chosen: tag === 'en' })),
  previews: { notice: '/frame/mail-notice--message', noticeText: '/frame/text', portal: '/frame/enter--plain' },
  rows: [],
};

export const brand: BrandPage = {
  ...brandNew,
  id: 'north-clinic',
  action: '/admin/brands/north-clinic',
  version: 3,
  values: {
    ...brandNew.values,
    name: 'North Clinic',
    senderName: 'North Clinic, patient office',
    colour: '#0b5d4e',
    domains: 'north.example.com\nclinic.example.com',
    footer: house.footer,
    privacyUrl: 'https://north.example.com/privacy',
    imprintUrl: 'https://north.example.com/imprint',
    reminderDays: '3',
  },
  texts: texts({
    'any.subject': '{organisation}: a letter from {sender}',
    'any.introduction': '{sender} of {organisation} writes to you confidentially.',
    'de.subject': '{organisation}: ein Brief von {sender}',
    'ar.introduction': 'تكتب لك {organisation} بسرية.',
  }),
  logoUrl: house.logoUrl,
  faviconUrl: house.logoUrl,
  rows: [policyVersion(3, true), policyVersion(2), policyVersion(1)],
  pager: { olderUrl: '/admin/brands/north-clinic?before=1' },
  removeUrl: '/admin/brands/north-clinic/remove',
};

export const brandFaulty: BrandPage = {
  ...brand,
  values: {
    ...brand.values,
    name: '',
    ownTextColour: true,
    textColour: '#2b7a6b',
    privacyUrl: 'http://north.example.com',
  },
  isContrastLow: true,
  contrastWords: 'Text stands on this colour with a contrast of 1.5 to 1: too little to be read. 4.5 is needed.',
  errors: [
    { field: 'name', message: 'The name is empty.' },
    { field: 'textColour', message: 'The text on the colour cannot be read on the colour: its contrast is 1.5 to 1.' },
    { field: 'logo', message: 'The logo has to be a PNG, JPEG or WebP picture of at most 2 MB.' },
    {
      field: 'texts.de.subject',
      message:
        'The subject holds {absender} at line 1, character 30, which stands for nothing here; it may hold {sender}.',
    },
    { field: 'privacyUrl', message: 'The link to the privacy notice is not an address that begins with https://.' },
  ],
};

export const brandHostile: BrandPage = {
  ...brand,
  id: longWord,
  values: {
    ...brand.values,
    name: inField,
    senderName: longName,
    domains: longWord,
    footer: hostile,
    privacyUrl: inField,
    imprintUrl: longWord,
  },
  texts: texts({ 'any.subject': inField, 'any.introduction': `${longWord}\n${longWord}`, 'he.portalText': hostile }),
  note: inField,
  overtaken: { ...policyVersion(4, true), actor: hostile, note: hostile },
  rows: [{ ...policyVersion(4, true), actor: hostile, note: `${longWord} ${longWord}`, changed: [longWord] }],
  errors: [{ field: 'footer', message: hostile }],
};

export const brandVersion: BrandVersionPage = {
  ...policyVersionPage,
  id: 'north-clinic',
  lines: [
    { kind: 'removed', mark: '-', text: "colour: '#1d4f7c'" },
    { kind: 'added', mark: '+', text: "colour: '#0b5d4e'" },
    { kind: 'same', mark: ' ', text: 'textColour: null' },
  ],
  changed: ['colour', 'texts.de.subject', 'logo'],
  text: "name: North Clinic\ncolour: '#0b5d4e'\n",
  backUrl: '/admin/brands/north-clinic',
  restoreAction: '/admin/brands/north-clinic/versions/2/restore',
  newest: 3,
  overtaken: false,
};
export const brandVersionHostile: BrandVersionPage = {
  ...brandVersion,
  ...policyVersionHostile,
  overtaken: true,
};

export const brandRemove: BrandRemovePage = {
  id: 'north-clinic',
  name: 'North Clinic',
  version: 3,
  action: '/admin/brands/north-clinic/remove',
  backUrl: '/admin/brands/north-clinic',
  policy: [],
  policyUrl: '/admin/policy',
  domains: ['north.example.com'],
  defaultName: house.name,
  messages: '12 messages',
};
export const brandRemoveHostile: BrandRemovePage = {
  ...brandRemove,
  id: longWord,
  name: hostile,
  domains: [longWord],
  defaultName: longName,
};
