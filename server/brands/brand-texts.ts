// Owns the texts that a brand may say in its own words, and the variables that may stand in each: `{sender}`. A text with any
// other is refused with its place, so that no reader ever meets a brace. Pure.

import { isolated } from '../language/isolate.ts';
import { directionOf, languages } from '../language/languages.ts';
import type { Language } from '../language/languages.ts';
import type { Words } from '../language/words.ts';

/** The text for every language that has none of its own. */
export const ANY_LANGUAGE = 'any';

export const textLanguages = [ANY_LANGUAGE, ...languages] as const;

export type TextLanguage = (typeof textLanguages)[number];

export const textSlots = {
  /** Of the notice. Only here may the sealed subject be named: whoever writes it there wants it in the open. */
  subject: { variables: ['sender', 'organisation', 'subject'], charactersMax: 150, lines: 1 },
  /** Opens the notice. */
  introduction: { variables: ['sender', 'senderAddress', 'organisation'], charactersMax: 1_000, lines: 3 },
  /** Opens the page behind its link, which anybody who has the link may see: it names nobody. */
  portalIntroduction: { variables: ['organisation'], charactersMax: 1_000, lines: 3 },
  /** Below the code button. */
  portalText: { variables: ['organisation'], charactersMax: 1_000, lines: 3 },
} as const;

export type TextSlot = keyof typeof textSlots;

export type BrandTexts = Readonly<Partial<Record<TextSlot, string | undefined>>>;

/** What the brand says there in this language, else for all; undefined: nothing of its own. */
export function brandText(
  texts: Readonly<Partial<Record<TextLanguage, BrandTexts | undefined>>>,
  slot: TextSlot,
  language: Language,
  values: Readonly<Record<string, string>>,
): string | undefined {
  const text = texts[language]?.[slot] ?? texts[ANY_LANGUAGE]?.[slot];
  if (text === undefined || text === '') return undefined;
  return text.replace(VARIABLE, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? whole : isolated(value, directionOf(language));
  });
}

/** What opens the page behind a link: the brand's words, or ours in the reader's language. */
export function portalIntroduction(words: Words, { texts, name }: Branded): string {
  const organisation = name;
  return (
    brandText(texts, 'portalIntroduction', words.language, { organisation }) ??
    words.say('shell.introduction', { organisation })
  );
}

/** What stands below its button; '' for nothing. */
export function portalText({ language }: Words, { texts, name }: Branded): string {
  return brandText(texts, 'portalText', language, { organisation: name }) ?? '';
}

export interface Branded {
  readonly name: string;
  readonly texts: Readonly<Partial<Record<TextLanguage, BrandTexts | undefined>>>;
}

/** What keeps the text from being filled in, to be read after its name; undefined when nothing does. */
export function variableFault(slot: TextSlot, text: string): string | undefined {
  const known: readonly string[] = textSlots[slot].variables;
  for (const { 0: found, 1: name, index } of text.matchAll(BRACES)) {
    if (name !== undefined && known.includes(name)) continue;
    const before = text.slice(0, index).split('\n');
    const place = `line ${before.length}, character ${(before.at(-1) ?? '').length + 1}`;
    const may = known.map((one) => `{${one}}`).join(', ');
    return `holds ${found.slice(0, FOUND_CHARACTERS_MAX)} at ${place}, which stands for nothing here; it may hold ${may}`;
  }
  return undefined;
}

const VARIABLE = /\{([A-Za-z]+)\}/g;
const BRACES = /\{([^{}\n]*)\}|[{}]/g;
const FOUND_CHARACTERS_MAX = 40;
