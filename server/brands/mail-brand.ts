// Owns what a brand lends to a mail. Pure.

import type { Words } from '../language/words.ts';
import type { MailBrand } from '../render/mail-models.ts';
import type { Brand } from './brand.store.ts';
import { textOn } from './colour.ts';
import { introductionIn } from './introduction.ts';

export function mailBrand(brand: Brand, words: Words): MailBrand {
  return {
    name: brand.name,
    colour: brand.colour,
    onColour: textOn(brand.colour),
    footer: brand.footer,
    introduction: introductionIn(words, brand),
    hasLogo: brand.logoPng !== undefined,
  };
}
