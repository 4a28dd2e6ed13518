// Owns what a brand lends to a mail. Pure.

import type { MailBrand } from '../render/mail-models.ts';
import type { Brand } from './brand.store.ts';
import { textOn } from './colour.ts';

export function mailBrand(brand: Brand): MailBrand {
  return {
    name: brand.name,
    colour: brand.colour,
    onColour: textOn(brand.colour),
    footer: brand.footer,
    introduction: brand.introduction,
    hasLogo: brand.logoPng !== undefined,
  };
}
