// Owns what a brand may hold, but for its pictures: one shape for the form, the API and its description. It is refused whole,
// with the path of each fault. Pure.

import { z } from 'zod';
import { isDomain } from '../core/address.ts';
import { DocumentFaults, fault, schemaFaults } from '../core/document-faults.ts';
import type { Fault } from '../core/document-faults.ts';
import { textLanguages, textSlots, variableFault } from './brand-texts.ts';
import type { TextSlot } from './brand-texts.ts';
import { CONTRAST_MIN, DEFAULT_COLOUR, contrast, parseColour } from './colour.ts';

const NAME_CHARACTERS_MAX = 80;
const FOOTER_CHARACTERS_MAX = 1_000;
const URL_CHARACTERS_MAX = 300;
const DOMAINS_MAX = 100;
const REMINDER_DAYS_MAX = 60;

const colour = z.string().trim().toLowerCase().refine(isColour, 'is not a colour such as #1d4f7c');

const link = z
  .string()
  .trim()
  .max(URL_CHARACTERS_MAX)
  .refine((text) => text === '' || isHttps(text), 'is not an address that begins with https://');

export const brandTexts = z.strictObject({
  subject: slot('subject'),
  introduction: slot('introduction'),
  portalIntroduction: slot('portalIntroduction'),
  portalText: slot('portalText'),
});

export const brandDocument = z.strictObject({
  /** What readers are shown: the organisation, or the part of it that writes to them. */
  name: z.string().overwrite(oneLine).min(1).max(NAME_CHARACTERS_MAX),
  /** In the author's field of mails; '': its name. */
  senderName: z.string().overwrite(oneLine).max(NAME_CHARACTERS_MAX).default(''),
  colour: colour.default(DEFAULT_COLOUR),
  /** Of text on that colour; null: black or white, whichever is read better. */
  textColour: colour.nullable().default(null),
  /** Senders' domains whose messages get this brand when nothing else is asked for. */
  domains: z.array(z.string().trim().toLowerCase().refine(isDomain, 'is not a domain')).max(DOMAINS_MAX).default([]),
  /** By language; `any` for those that have none. */
  texts: z.partialRecord(z.enum(textLanguages), brandTexts).default({}),
  footer: z.string().overwrite(cleaned).max(FOOTER_CHARACTERS_MAX).default(''),
  privacyUrl: link.default(''),
  imprintUrl: link.default(''),
  /** Before the last one, when whoever has not read is told once more; 0: never. */
  reminderDays: z
    .number()
    .refine(isReminderDays, `is not a whole number of days from 0 to ${REMINDER_DAYS_MAX}`)
    .default(0),
});

export type BrandDocument = z.output<typeof brandDocument>;

/** A brand is refused whole, and what readers see stays. */
export class BrandFaults extends DocumentFaults {
  constructor(faults: readonly Fault[]) {
    super('The brand', faults);
    this.name = 'BrandFaults';
  }
}

/** In its one spelling, without texts that are empty. Throws BrandFaults. */
export function parseBrandDocument(value: unknown): BrandDocument {
  const read = brandDocument.safeParse(value, { reportInput: true });
  if (!read.success) throw new BrandFaults(schemaFaults(read.error));
  const { textColour, colour: background, domains } = read.data;
  const found = textColour === null ? undefined : contrast(background, textColour);
  if (found !== undefined && found < CONTRAST_MIN) {
    throw new BrandFaults([fault(['textColour'], `cannot be read on the colour: ${tooLittle(found)}`)]);
  }
  return { ...read.data, domains: [...new Set(domains)].toSorted(), texts: withoutEmpty(read.data.texts) };
}

/** What a row holds, by whichever version of the program it was written. */
export function readBrandDocument(text: string): BrandDocument {
  return brandDocument.parse(JSON.parse(text));
}

/** What of it is a document, and nothing that says which brand it is of. */
export function documentOf(brand: BrandDocument): BrandDocument {
  const { name, senderName, colour, textColour, domains, texts, footer, privacyUrl, imprintUrl, reminderDays } = brand;
  return { name, senderName, colour, textColour, domains, texts, footer, privacyUrl, imprintUrl, reminderDays };
}

/** How a brand is called where it is asked for: words of lower-case letters and digits, joined by hyphens. */
export function isBrandId(text: unknown): text is string {
  return typeof text === 'string' && text.length <= ID_CHARACTERS_MAX && BRAND_ID.test(text);
}

// With its version it has to fit into the name of a record.
const ID_CHARACTERS_MAX = 50;
const BRAND_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

function tooLittle(found: number): string {
  // Rounded down: 4.49 is not told as 4.5, which would be enough.
  return `its contrast is ${(Math.floor(found * 10) / 10).toFixed(1)} to 1, and has to be ${CONTRAST_MIN} or more`;
}

function slot(name: TextSlot) {
  const { charactersMax, lines } = textSlots[name];
  return z
    .string()
    .overwrite(lines === 1 ? oneLine : cleaned)
    .max(charactersMax)
    .superRefine((text, context) => {
      const message = variableFault(name, text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional();
}

// One of them in a name would keep every mail from being written: no header may hold it.
const CONTROLS = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}]/gu;

function cleaned(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROLS, '').toWellFormed().trim();
}

function oneLine(text: string): string {
  return cleaned(text).replace(/\s+/g, ' ');
}

function isColour(text: string): boolean {
  return parseColour(text) !== undefined;
}

function isHttps(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

function isReminderDays(days: number): boolean {
  return Number.isInteger(days) && days >= 0 && days <= REMINDER_DAYS_MAX;
}

function withoutEmpty(given: BrandDocument['texts']): BrandDocument['texts'] {
  const kept = Object.entries(given).flatMap(([language, slots]) => {
    const filled = Object.entries(slots ?? {}).filter(([, text]) => text !== '');
    return filled.length === 0 ? [] : [[language, Object.fromEntries(filled)] as const];
  });
  return Object.fromEntries(kept);
}
