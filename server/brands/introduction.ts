// Owns what opens a notice and the page behind its link: the administrator's words, or where there are none, ours in the
// language of whoever reads them. Pure.

import type { Words } from '../language/words.ts';
import type { BrandLook } from './brand.store.ts';

export function introductionIn(words: Words, { introduction, name }: Pick<BrandLook, 'introduction' | 'name'>): string {
  return introduction === '' ? words.say('shell.introduction', { organisation: name }) : introduction;
}
