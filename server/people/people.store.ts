// Owns what is kept of a person beyond their messages: the language in which they read here last. The row knows
// nobody's address, only its blind index.

import type { Db, Tx } from '../db/engine.ts';
import { DEFAULT_LANGUAGE, isLanguage, languageOfDomain } from '../language/languages.ts';
import type { Language } from '../language/languages.ts';

/** Remembers that this person reads in this language. */
export async function saveLanguage(tx: Db | Tx, addressIndex: string, language: Language, now: string): Promise<void> {
  const values = { language, updated_at: now };
  await tx
    .insertInto('people')
    .values({ address_index: addressIndex, ...values })
    .onConflict((conflict) => conflict.column('address_index').doUpdateSet(values))
    .execute();
}

/** In which language a mail to this person is written: the one they read in last, or else their country's. */
export async function languageFor(db: Db | Tx, addressIndex: string, domain: string): Promise<Language> {
  const row = await db
    .selectFrom('people')
    .select('language')
    .where('address_index', '=', addressIndex)
    .executeTakeFirst();
  // A language that is spoken no more counts as none.
  if (isLanguage(row?.language)) return row.language;
  return languageOfDomain(domain) ?? DEFAULT_LANGUAGE;
}
