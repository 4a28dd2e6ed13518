// Owns reading the form that shapes a brand: its fields become the document that the API takes as well, its files the
// brand's pictures, and each fault is said beside its field.

import type { Request } from 'express';
import { AppError, isRefusal } from '../core/errors.ts';
import type { Fault } from '../core/document-faults.ts';
import { BrandFaults } from '../brands/brand-document.ts';
import type { BrandDocument } from '../brands/brand-document.ts';
import { textLanguages, textSlots } from '../brands/brand-texts.ts';
import type { Brand, Pictures } from '../brands/brand.store.ts';
import { LOGO_BYTES_MAX, encodeFavicon, encodeLogo } from '../brands/logo.ts';
import { readUpload } from '../http/uploads.ts';
import { sentence } from '../language/words.ts';
import type { FieldError } from '../render/page-models/parts.ts';

const FORM_BYTES_MAX = 512 * 1024;
const FIELDS_MAX = 150;
// More than a picture may have: the fault is said beside its field, and the texts after it in the form are not lost.
const UPLOAD_BYTES_MAX = 10 * LOGO_BYTES_MAX;

export const slotNames = [
  'subject',
  'introduction',
  'portalIntroduction',
  'portalText',
] as const satisfies readonly (keyof typeof textSlots)[];

/** As it was sent. */
export interface TypedBrand {
  readonly fields: ReadonlyMap<string, string>;
  readonly logo: Buffer;
  readonly favicon: Buffer;
}

/** A picture's bytes; of one that is too large only as many as show that it is. */
export async function readBrandForm(req: Request): Promise<TypedBrand> {
  const fields = new Map<string, string>();
  const pictures = new Map<string, Buffer>();
  const most = { files: 2, bytes: UPLOAD_BYTES_MAX, fieldBytes: FORM_BYTES_MAX, fields: FIELDS_MAX };
  await readUpload(req, most, fields, async ({ field, content }) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of content) {
      if (bytes <= LOGO_BYTES_MAX) pieces.push(piece);
      bytes += piece.length;
    }
    if (pictures.has(field)) throw new AppError('request/malformed', sentence('problem.field-unreadable'));
    pictures.set(field, Buffer.concat(pieces));
  });
  const none = Buffer.alloc(0);
  return { fields, logo: pictures.get('logo') ?? none, favicon: pictures.get('favicon') ?? none };
}

/** Like the API's, not checked yet. What the form does not hold is as it was `before`. */
export function documentIn({ fields }: TypedBrand, before: BrandDocument): Record<keyof BrandDocument, unknown> {
  const days = fields.get('reminderDays');
  const text = (name: string): string => fields.get(name) ?? '';
  return {
    name: text('name'),
    senderName: text('senderName'),
    colour: text('colour'),
    textColour: fields.get('ownTextColour') === '1' ? text('textColour') : null,
    domains: text('domains')
      .split(/[\s,;]+/)
      .filter((domain) => domain !== ''),
    texts: textsIn(fields),
    footer: text('footer'),
    privacyUrl: text('privacyUrl'),
    imprintUrl: text('imprintUrl'),
    reminderDays: days === undefined ? before.reminderDays : /^\s*\d{1,3}\s*$/.test(days) ? Number(days) : NO_NUMBER,
  };
}

// Refused as what it would be.
const NO_NUMBER = -1;

function textsIn(fields: ReadonlyMap<string, string>): Record<string, Record<string, string>> {
  const texts: Record<string, Record<string, string>> = {};
  for (const language of textLanguages) {
    for (const slot of slotNames) {
      const text = fields.get(`texts.${language}.${slot}`) ?? '';
      if (text.trim() !== '') texts[language] = { ...texts[language], [slot]: text };
    }
  }
  return texts;
}

/** The brand's pictures after the form, or why one is none. */
export async function picturesIn(
  typed: TypedBrand,
  before: Brand,
): Promise<{ pictures: Pictures; errors: FieldError[] }> {
  const errors: FieldError[] = [];
  const chosen = async (
    field: 'logo' | 'favicon',
    encode: (upload: Buffer) => Promise<Buffer>,
    now: Buffer | undefined,
  ): Promise<Buffer | undefined> => {
    if (typed[field].length === 0) return typed.fields.get(`remove-${field}`) === '1' ? undefined : now;
    try {
      return await encode(typed[field]);
    } catch (error) {
      if (!isRefusal(error, 'request/malformed')) throw error;
      errors.push({ field, message: error.message });
      return now;
    }
  };
  const logoPng = await chosen('logo', encodeLogo, before.logoPng);
  const faviconPng = await chosen('favicon', encodeFavicon, before.faviconPng);
  return { pictures: { logoPng, faviconPng }, errors };
}

export function isTooLarge({ logo, favicon }: TypedBrand): boolean {
  return logo.length > LOGO_BYTES_MAX || favicon.length > LOGO_BYTES_MAX;
}

/** Each fault beside the field that it is about. */
export async function faultsOf(check: () => Promise<unknown>): Promise<FieldError[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (!(error instanceof BrandFaults)) throw error;
    return error.faults.map(fieldError);
  }
}

function fieldError({ path, says }: Fault): FieldError {
  const field = path.replace(/\[.*$/, '');
  const label = labels[field.split('.').at(-1) ?? ''] ?? 'The form';
  return { field, message: `${label} ${says}.` };
}

const labels: Readonly<Record<string, string>> = {
  name: 'The name',
  senderName: 'The sender’s name',
  colour: 'The colour',
  textColour: 'The text on the colour',
  domains: 'A domain',
  footer: 'The footer',
  privacyUrl: 'The link to the privacy notice',
  imprintUrl: 'The link to the imprint',
  reminderDays: 'The reminder',
  subject: 'The subject',
  introduction: 'The introduction of the notice',
  portalIntroduction: 'The introduction of the page',
  portalText: 'The help for readers',
};
