// Owns the shapes of the calls about brands: the document that the form makes as well (brands/brand-document.ts), and beside it
// the pictures.

import { brandDocument, brandTexts } from '../brands/brand-document.ts';
import { textLanguages } from '../brands/brand-texts.ts';
import { LOGO_BYTES_MAX } from '../brands/logo.ts';
import { z } from './described-zod.ts';

const picture = z
  .base64()
  .max(Math.ceil(LOGO_BYTES_MAX / 3) * 4)
  .nullable()
  .default(null)
  .openapi({ description: 'PNG, JPEG or WebP in base64; it is painted anew, as PNG. null or absent: none' });

// Named, so that its shape is described once and not for each language.
const texts = z
  .partialRecord(z.enum(textLanguages), z.strictObject(brandTexts.shape).openapi('BrandTexts'))
  .default({})
  .openapi({ description: 'By language; `any` for those that have none. They may hold variables such as {sender}' });

const document = { ...brandDocument.shape, texts };

const pictures = { logo: picture, favicon: picture };

/** What a brand is put as. Its document is checked where the form's is, with the path of each fault. */
export const putPictures = z.looseObject(pictures);

export const brandView = z.strictObject({ ...document, ...pictures }).openapi('Brand');

const id = z.string().openapi({ description: 'By which it is asked for: lower-case words joined by hyphens' });

export const brandListView = z
  .strictObject({ brands: z.array(z.strictObject({ id, ...document, ...pictures })) })
  .openapi('Brands');

export const putBrandList = z.strictObject({
  brands: z.array(z.looseObject({ id: z.string(), ...pictures })).max(200),
});

export const removedBrandView = z
  .object({ messages: z.number().int().openapi({ description: 'Messages that look as the default brand does now' }) })
  .openapi('RemovedBrand');

export type BrandView = z.output<typeof brandView>;
