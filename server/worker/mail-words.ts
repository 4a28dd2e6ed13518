// Owns in whose language a mail is written.

import { domainOf } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { wordsIn } from '../language/words.ts';
import type { Words } from '../language/words.ts';
import { languageFor } from '../people/people.store.ts';
import type { MailDeps } from './mail-deps.ts';

/** The words for a mail to this person. */
export async function wordsFor({ db, vault }: MailDeps, to: Address): Promise<Words> {
  return wordsIn(await languageFor(db, addressIndex(vault.keyring, to), domainOf(to)));
}
