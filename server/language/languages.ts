// Owns which languages the program speaks, what each calls itself, and which way it is written. Pure.

/** Tags of BCP 47. `zh` is Chinese in simplified characters. */
export const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'tr', 'ar', 'he', 'ja', 'zh'] as const;

export type Language = (typeof languages)[number];

/** Spoken where nothing tells of another. */
export const DEFAULT_LANGUAGE: Language = 'en';

/** As its speakers write it: a list of languages is for those who cannot read the page it stands on. */
export const ownNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  it: 'Italiano',
  pt: 'Português',
  nl: 'Nederlands',
  pl: 'Polski',
  tr: 'Türkçe',
  ar: 'العربية',
  he: 'עברית',
  ja: '日本語',
  zh: '简体中文',
};

export type Direction = 'ltr' | 'rtl';

export function directionOf(language: Language): Direction {
  return language === 'ar' || language === 'he' ? 'rtl' : 'ltr';
}

/**
 * The locale its dates and numbers are written in. Of the several ways a language has: the day before the month, and
 * the digits that addresses, codes and sizes on the same page have.
 */
export function localeOf(language: Language): string {
  return locales[language] ?? language;
}

const locales: Partial<Record<Language, string>> = { en: 'en-GB', ar: 'ar-u-nu-latn', pt: 'pt-PT', zh: 'zh-Hans' };

export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value);
}

/**
 * What people under a country's domain most likely read, for whoever has never been here. Countries of several
 * languages are left out: no guess is better than one that favours some of their people.
 */
export function languageOfDomain(domain: string): Language | undefined {
  return byCountry.get(domain.slice(domain.lastIndexOf('.') + 1).toLowerCase());
}

const countries: Readonly<Partial<Record<Language, readonly string[]>>> = {
  de: ['de', 'at', 'li'],
  fr: ['fr', 'mc'],
  es: ['es', 'mx', 'ar', 'cl', 'pe', 'uy', 'ec', 've', 'cr', 'gt', 'do'],
  it: ['it', 'sm', 'va'],
  pt: ['pt', 'br', 'ao', 'mz'],
  nl: ['nl', 'sr'],
  pl: ['pl'],
  tr: ['tr'],
  ar: ['sa', 'eg', 'jo', 'kw', 'qa', 'om', 'bh', 'sy', 'ye'],
  he: ['il'],
  ja: ['jp'],
  zh: ['cn'],
};

const byCountry = new Map(
  languages.flatMap((language) => (countries[language] ?? []).map((country) => [country, language] as const)),
);
