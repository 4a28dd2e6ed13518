// Owns what a brand lends to a mail. Pure.

import { displayLine } from '../core/address.ts';
import type { Words } from '../language/words.ts';
import type { MailBrand } from '../render/mail-models.ts';
import type { Brand } from './brand.store.ts';
import { brandText } from './brand-texts.ts';
import type { Branded } from './brand-texts.ts';
import { textOn } from './colour.ts';

/** What a sealed subject may add is not bounded by us. */
const SUBJECT_CHARACTERS_MAX = 200;

export function mailBrand(brand: Brand): MailBrand {
  return {
    name: brand.name,
    colour: brand.colour,
    onColour: textOn(brand),
    footer: brand.footer,
    hasLogo: brand.logoPng !== undefined,
  };
}

/** Who a mail is from, beside the address: what readers find in the list of their mails. */
export function senderNameOf({ senderName, name }: Pick<Brand, 'senderName' | 'name'>): string {
  return senderName === '' ? name : senderName;
}

export interface NoticeValues {
  readonly sender: string;
  readonly senderAddress: string;
  /** The sealed one: it goes into the open only where the brand says so. */
  readonly subject: string;
}

/** The notice's subject in the brand's own words; undefined where it has none. */
export function ownNoticeSubject(
  { texts, name }: Branded,
  { language }: Words,
  values: NoticeValues,
): string | undefined {
  const { sender, subject } = values;
  const said = brandText(texts, 'subject', language, { sender, subject, organisation: name });
  return said === undefined ? undefined : displayLine(said, SUBJECT_CHARACTERS_MAX);
}

/** What opens the notice: the brand's words, or ours in the reader's language. */
export function noticeIntroduction({ texts, name }: Branded, words: Words, values: NoticeValues): string {
  const { sender, senderAddress } = values;
  const said = brandText(texts, 'introduction', words.language, { sender, senderAddress, organisation: name });
  return said ?? words.say('shell.introduction', { organisation: name });
}
