// Owns reading the branding form: each field checked, each fault said beside its field.

import { isRefusal } from '../core/errors.ts';
import type { Brand } from '../brands/brand.store.ts';
import { parseColour } from '../brands/colour.ts';
import { encodeLogo } from '../brands/logo.ts';
import type { FieldError } from '../render/page-models/parts.ts';

const NAME_CHARACTERS_MAX = 80;
const TEXT_CHARACTERS_MAX = 1_000;
const REMINDER_DAYS_MAX = 60;
// One of them in the name would keep every mail from being written: no header may hold it.
const CONTROLS = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** The brand the form describes, on top of `before`; with errors, its texts as they were typed and the logo there was. */
export async function readBrandForm(
  fields: ReadonlyMap<string, string>,
  logo: Buffer,
  before: Brand,
): Promise<{ brand: Brand; errors: FieldError[] }> {
  const errors: FieldError[] = [];
  const text = (field: string, label: string, most: number): string => {
    const value = (fields.get(field) ?? '').replace(/\r\n?/g, '\n').replace(CONTROLS, '').trim();
    if (value.length > most) errors.push({ field, message: `${label} may have at most ${most} characters.` });
    return value.slice(0, most);
  };
  const name = text('name', 'The name', NAME_CHARACTERS_MAX).replace(/\s+/g, ' ');
  if (name === '') errors.push({ field: 'name', message: 'Type the name of your organisation.' });
  const colour = parseColour(fields.get('colour') ?? '');
  if (colour === undefined) errors.push({ field: 'colour', message: 'Choose a colour, or type it as #1d4f7c.' });
  const texts = {
    introduction: text('introduction', 'The introduction', TEXT_CHARACTERS_MAX),
    portalText: text('portalText', 'The help for readers', TEXT_CHARACTERS_MAX),
    footer: text('footer', 'The footer', TEXT_CHARACTERS_MAX),
  };
  const reminderDays = readReminderDays(fields.get('reminderDays'), before, errors);
  const logoPng = await chosenLogo(fields, logo, before, errors);
  const brand = { ...before, ...texts, name, reminderDays, colour: colour ?? before.colour };
  return { errors, brand: errors.length > 0 ? brand : { ...brand, logoPng } };
}

function readReminderDays(text: string | undefined, before: Brand, errors: FieldError[]): number {
  if (text === undefined) return before.reminderDays;
  const days = /^\d{1,3}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (days <= REMINDER_DAYS_MAX) return days;
  const message = `Type a whole number of days from 0 to ${REMINDER_DAYS_MAX}; 0 sends no reminder.`;
  errors.push({ field: 'reminderDays', message });
  return before.reminderDays;
}

async function chosenLogo(
  fields: ReadonlyMap<string, string>,
  logo: Buffer,
  before: Brand,
  errors: FieldError[],
): Promise<Buffer | undefined> {
  if (logo.length === 0) return fields.get('removeLogo') === '1' ? undefined : before.logoPng;
  try {
    return await encodeLogo(logo);
  } catch (error) {
    if (!isRefusal(error, 'request/malformed')) throw error;
    errors.push({ field: 'logo', message: error.message });
    return before.logoPng;
  }
}
