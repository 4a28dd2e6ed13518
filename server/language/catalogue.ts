// Owns the texts: one catalogue a language under views/words, each a folder of JSON files by area, ICU messages by key.
// The English one is the measure of what keys there are; the compiler knows them. It never knows who is spoken to.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import type account from '../../views/words/en/account.json';
import type approvals from '../../views/words/en/approvals.json';
import type composing from '../../views/words/en/composing.json';
import type mail from '../../views/words/en/mail.json';
import type problems from '../../views/words/en/problems.json';
import type reading from '../../views/words/en/reading.json';
import type requests from '../../views/words/en/requests.json';
import type sending from '../../views/words/en/sending.json';
import type shell from '../../views/words/en/shell.json';
import type signin from '../../views/words/en/sign-in.json';
import type tracing from '../../views/words/en/tracing.json';
import type viewing from '../../views/words/en/viewing.json';
import type secondStep from '../../views/words/en/second-step.json';
import type waysIn from '../../views/words/en/ways-in.json';
import type writing from '../../views/words/en/writing.json';
import { localeOf } from './languages.ts';
import type { Language } from './languages.ts';

/** The name of a text. */
export type Key =
  | keyof typeof account
  | keyof typeof approvals
  | keyof typeof composing
  | keyof typeof mail
  | keyof typeof problems
  | keyof typeof reading
  | keyof typeof requests
  | keyof typeof sending
  | keyof typeof shell
  | keyof typeof signin
  | keyof typeof tracing
  | keyof typeof viewing
  | keyof typeof secondStep
  | keyof typeof waysIn
  | keyof typeof writing;

/** What stands in a text's places. */
export type Values = Readonly<Record<string, string | number>>;

/** How a text's tags are written where it goes: `<b>…</b>` in a catalogue is `b` here. */
export type Markup = Readonly<Record<string, (inner: string) => string>>;

export interface Catalogue {
  /** @throws Error when the text wants a value that is not given. */
  readonly say: (key: Key, values?: Values, markup?: Markup) => string;
}

const WORDS = join(import.meta.dirname, '../../views/words');

const loaded = new Map<Language, Catalogue>();

/** Read at the first call for a language; each text is compiled when it is first said. */
export function catalogueOf(language: Language): Catalogue {
  const known = loaded.get(language);
  if (known !== undefined) return known;
  const catalogue = makeCatalogue(language, readTexts(language));
  loaded.set(language, catalogue);
  return catalogue;
}

/** Every text of a language by its key. */
export function readTexts(language: Language): ReadonlyMap<string, string> {
  const folder = join(WORDS, language);
  const texts = new Map<string, string>();
  for (const file of readdirSync(folder).toSorted()) {
    const area: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    if (typeof area !== 'object' || area === null) throw new Error(`${language}/${file} is no object`);
    for (const [key, text] of Object.entries(area)) {
      if (typeof text !== 'string' || texts.has(key))
        throw new Error(`${language}/${file}: ${key} is no text or twice`);
      texts.set(key, text);
    }
  }
  return texts;
}

function makeCatalogue(language: Language, texts: ReadonlyMap<string, string>): Catalogue {
  const locale = localeOf(language);
  const compiled = new Map<string, string | IntlMessageFormat>();
  const compile = (key: string): string | IntlMessageFormat => {
    const text = texts.get(key);
    if (text === undefined) throw new Error(`no text is called ${key} in ${language}`);
    // Most texts say the same every time.
    const message = /[{}<']/.test(text) ? new IntlMessageFormat(text, locale) : text;
    compiled.set(key, message);
    return message;
  };
  return {
    say: (key, values = {}, markup = {}) => {
      const message = compiled.get(key) ?? compile(key);
      if (typeof message === 'string') return message;
      return String(message.format({ ...values, ...tags(markup) }));
    },
  };
}

// What stands between two tags comes in pieces.
function tags(markup: Markup): Record<string, (pieces: readonly string[]) => string> {
  return Object.fromEntries(Object.entries(markup).map(([tag, write]) => [tag, (pieces) => write(pieces.join(''))]));
}
