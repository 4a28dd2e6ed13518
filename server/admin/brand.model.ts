// Owns what the page of one brand is given.

import { ANY_LANGUAGE, textLanguages, textSlots } from '../brands/brand-texts.ts';
import type { TextLanguage, TextSlot } from '../brands/brand-texts.ts';
import { DEFAULT_BRAND_ID } from '../brands/brand.store.ts';
import type { Brand } from '../brands/brand.store.ts';
import { CONTRAST_MIN, bestOn, contrast, parseColour, textOn } from '../brands/colour.ts';
import { LOGO_BYTES_MAX } from '../brands/logo.ts';
import type { VersionCard } from '../db/version-cards.ts';
import { draftAssets } from '../http/brand-assets.ts';
import type { Site } from '../http/site.ts';
import { DEFAULT_LANGUAGE, isLanguage, languages, ownNames } from '../language/languages.ts';
import type { Language } from '../language/languages.ts';
import { wordsIn } from '../language/words.ts';
import type { BrandPage, BrandTextField, BrandValues } from '../render/page-models/brands.ts';
import type { FieldError } from '../render/page-models/parts.ts';
import { slotNames } from './brand-form.ts';
import type { TypedBrand } from './brand-form.ts';
import type { ShownBrand } from './brand-editor.routes.ts';
import { versionRow } from './policy.model.ts';

export const BRAND_VERSIONS_SHOWN = 10;

export function previewLanguage(asked: unknown): Language {
  return isLanguage(asked) ? asked : DEFAULT_LANGUAGE;
}

/** `versions`: one more than is shown, if there are as many. */
export function brandPage(
  site: Site,
  { newest, draft, typed, errors = [], overtaken = false }: ShownBrand,
  versions: readonly VersionCard[],
  mayChange: boolean,
  language: Language,
): BrandPage {
  const path = `${site.base}/admin/brands/${newest.id}`;
  const brand = draft ?? newest;
  const assets = draft === undefined ? `${site.base}/brand/${brand.id}/${brand.version}` : draftAssets(site, brand.id);
  const rows = versions.slice(0, BRAND_VERSIONS_SHOWN).map((card) => versionRow(site, path, card, newest.version));
  const last = rows.at(-1);
  const version = overtaken ? newest.version : typedVersion(typed, brand.version);
  const values = typed === undefined ? valuesOf(brand) : typedValues(typed);
  const preview = (what: string): string => `${path}/preview/${what}?language=${language}`;
  return {
    id: newest.id,
    mayChange,
    action: path,
    backUrl: `${site.base}/admin/brands`,
    version,
    values,
    texts: textGroups(
      typed === undefined ? (name) => textOf(brand, name) : (name) => typed.fields.get(name) ?? '',
      errors,
    ),
    note: typed?.fields.get('note') ?? '',
    ...(brand.hasLogo ? { logoUrl: `${assets}/logo.png` } : {}),
    ...(brand.hasFavicon ? { faviconUrl: `${assets}/favicon.png` } : {}),
    pictureLimit: `PNG, JPEG or WebP, at most ${wordsIn(DEFAULT_LANGUAGE).size(LOGO_BYTES_MAX)}.`,
    errors,
    ...contrastOf(values),
    draft: draft !== undefined,
    ...(overtaken && rows[0] !== undefined ? { overtaken: rows[0] } : {}),
    previewLanguages: languages.map((tag) => ({ tag, name: ownNames[tag], chosen: tag === language })),
    previews: { notice: preview('notice'), noticeText: preview('notice-text'), portal: preview('portal') },
    rows,
    ...(versions.length > rows.length && last !== undefined
      ? { pager: { olderUrl: `${path}?before=${last.version}` } }
      : {}),
    ...(newest.id === DEFAULT_BRAND_ID || !mayChange ? {} : { removeUrl: `${path}/remove` }),
  };
}

function typedVersion(typed: TypedBrand | undefined, otherwise: number): number {
  const text = typed?.fields.get('version') ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : otherwise;
}

function valuesOf(brand: Brand): BrandValues {
  return {
    name: brand.name,
    senderName: brand.senderName,
    colour: brand.colour,
    ownTextColour: brand.textColour !== null,
    textColour: textOn(brand),
    domains: brand.domains.join('\n'),
    footer: brand.footer,
    privacyUrl: brand.privacyUrl,
    imprintUrl: brand.imprintUrl,
    reminderDays: String(brand.reminderDays),
  };
}

function typedValues({ fields }: TypedBrand): BrandValues {
  const text = (name: string): string => fields.get(name) ?? '';
  return {
    name: text('name'),
    senderName: text('senderName'),
    colour: text('colour'),
    ownTextColour: fields.get('ownTextColour') === '1',
    textColour: text('textColour'),
    domains: text('domains'),
    footer: text('footer'),
    privacyUrl: text('privacyUrl'),
    imprintUrl: text('imprintUrl'),
    reminderDays: fields.get('reminderDays') ?? '0',
  };
}

function textOf({ texts }: Brand, field: string): string {
  const [, language, slot] = field.split('.');
  const slots = Object.entries(texts).find(([tag]) => tag === language)?.[1];
  return Object.entries(slots ?? {}).find(([name]) => name === slot)?.[1] ?? '';
}

function textGroups(value: (field: string) => string, errors: readonly FieldError[]): BrandPage['texts'] {
  const group = (language: TextLanguage): BrandTextField[] =>
    slotNames.map((slot) => ({
      id: `texts.${language}.${slot}`,
      ...slotWords[slot],
      hint: `${slotWords[slot].hint} May hold ${textSlots[slot].variables.map((name) => `{${name}}`).join(', ')}.`,
      value: value(`texts.${language}.${slot}`),
      ...(textSlots[slot].lines === 1 ? {} : { rows: String(textSlots[slot].lines) }),
    }));
  return textLanguages.map((tag) => {
    const fields = group(tag);
    const name = tag === ANY_LANGUAGE ? 'Every language' : ownNames[tag];
    const isFaulty = fields.some(({ id }) => errors.some(({ field }) => field === id));
    return {
      tag,
      name,
      fields,
      isForAll: tag === ANY_LANGUAGE,
      open: isFaulty || fields.some(({ value: text }) => text !== ''),
    };
  });
}

const slotWords: Readonly<Record<TextSlot, { readonly label: string; readonly hint: string }>> = {
  subject: {
    label: 'Subject of the notice',
    hint: 'With {subject} the sealed subject stands in the open, on every mail server and lock screen.',
  },
  introduction: { label: 'Introduction of the notice', hint: 'Opens the mail.' },
  portalIntroduction: { label: 'Introduction of the page', hint: 'Opens the page behind the link.' },
  portalText: { label: 'Help for readers', hint: 'Below the code button: whom to call, where to read more.' },
};

/** As static/brand-preview.js says it while a colour is picked. */
function contrastOf({
  colour: given,
  ownTextColour,
  textColour: text,
}: BrandValues): Pick<BrandPage, 'contrastWords' | 'isContrastLow'> {
  const colour = parseColour(given);
  const own = ownTextColour ? parseColour(text) : undefined;
  if (colour === undefined || (ownTextColour && own === undefined)) return { contrastWords: '', isContrastLow: false };
  const ratio = Math.floor(contrast(colour, own ?? bestOn(colour)) * 10) / 10;
  const said = `Text stands on this colour with a contrast of ${ratio.toFixed(1)} to 1`;
  const isContrastLow = ratio < CONTRAST_MIN;
  return {
    isContrastLow,
    contrastWords: isContrastLow ? `${said}: too little to be read. ${CONTRAST_MIN} is needed.` : `${said}.`,
  };
}
