// Owns setting a text as a PDF in fonts that come along: Latin, Greek, Cyrillic, Arabic, Hebrew, Chinese and Japanese; what else
// the machine's own fonts have. It says how many characters no font has.

import type { PdfText } from '../text-pdf.ts';
import { HAN, isInFonts, needTextFont } from './canvas.ts';
import { eastAsianFonts } from './east-asian-fonts.ts';
import { withLanguage } from './pdf-language.ts';
import { BODY, HEADING, LABEL, Sheet } from './sheet.ts';
import { ShownText } from './shown-text.ts';

export function setText({ title, language, facts, notes, text, end }: PdfText): { pdf: Buffer; missing: number } {
  needTextFont();
  const familiesOf = eastAsianFonts(language, `${title}\n${text}`);
  const isDrawn = isInFonts({ bold: false, familiesOf });
  // Looking at thousands of signs takes long; the fonts that come along have what they say.
  const shown = new ShownText(
    (character) => (character.search(HAN) === 0 && familiesOf(character) !== '') || isDrawn(character),
  );
  const isRightToLeft = RIGHT_TO_LEFT_LANGUAGES.has(language);
  const sheet = new Sheet({ title: shown.of(title), isRightToLeft, familiesOf });
  sheet.write(shown.of(title), HEADING);
  sheet.skip(8);
  const labelWidth = Math.min(LABEL_MAX, Math.max(0, ...facts.map(([label]) => sheet.widthOf(label, LABEL) + 14)));
  for (const [label, value] of facts) sheet.writeFact(shown.of(label), shown.of(value), labelWidth);
  for (const note of notes) sheet.writeApart(note);
  sheet.skip(14);
  for (const paragraph of shown.of(text).split('\n')) sheet.write(paragraph, BODY);
  if (end !== undefined) sheet.writeApart(end);
  return { pdf: withLanguage(sheet.end(), language), missing: shown.missing };
}

const LABEL_MAX = 150;
const RIGHT_TO_LEFT_LANGUAGES = new Set(['ar', 'he']);
