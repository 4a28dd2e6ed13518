// Owns making and trying access phrases: argon2id under the pepper, every try charged before it is hashed. The phrase
// itself is never stored, logged or mailed.

import type { Clock } from '../core/clock.ts';
import { HOUR_MS } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { spelling } from '../core/phrase.ts';
import { equalBytes } from '../crypto/digest.ts';
import type { Hasher } from '../crypto/passwords.ts';
import { newId, randomBytes } from '../crypto/random.ts';
import { chargeAll, refund } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { PhrasesTable } from '../db/tables/signin.ts';
import { sentence } from '../language/words.ts';
import type { SigninDeps } from './ask-code.ts';
import { loadPhrase, notePhraseGiven } from './phrases.store.ts';

const SALT_BYTES = 16;

/** Of one reader, on whatever machine and in however many sessions. */
const triesPerReader: Limit = { name: 'phrase tries per reader', most: 5, windowMs: HOUR_MS };

export interface PhraseTry {
  readonly phraseId: string;
  readonly recipientId: string;
  readonly sessionHash: string;
  readonly phrase: string;
}

/** What is stored of a phrase. @throws {AppError} `server/busy` */
export async function hashPhrase(
  deps: { readonly hasher: Hasher; readonly clock: Clock },
  phrase: string,
): Promise<PhrasesTable> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await deps.hasher.hashCode(spelling(phrase), salt);
  return { id: newId(deps.clock), salt, phrase_hash: hash, version: 1 };
}

/**
 * Notes that the session gave the phrase, and what `given` writes beside it. Throws signin/phrase-refused, after
 * `wrong` was written, or request/too-many; in both cases nothing is proved.
 */
export async function tryPhrase(
  deps: SigninDeps,
  ask: PhraseTry,
  verdicts: { given(tx: Tx): Promise<void>; wrong(tx: Tx): Promise<void> },
): Promise<void> {
  // Not a try, so it costs nothing.
  if (spelling(ask.phrase) === '') throw new AppError('signin/phrase-refused', sentence('ways.phrase-empty'));
  await chargeAll(deps, [[triesPerReader, ask.recipientId]]);
  const row = await loadPhrase(deps.db, ask.phraseId);
  const fits = row !== undefined && (await isPhrase(deps.hasher, row, ask.phrase));
  if (!fits) {
    await inTransaction(deps.db, verdicts.wrong);
    throw new AppError('signin/phrase-refused', sentence('ways.phrase-wrong'));
  }
  await inTransaction(deps.db, async (tx) => {
    const noted = await notePhraseGiven(tx, { ...ask, version: row.version });
    if (!noted) throw new AppError('signin/phrase-refused', sentence('ways.phrase-changed'));
    await refund({ ...deps, db: tx }, triesPerReader, ask.recipientId);
    await verdicts.given(tx);
  });
}

async function isPhrase(hasher: Hasher, row: PhrasesTable, phrase: string): Promise<boolean> {
  return equalBytes(row.phrase_hash, await hasher.hashCode(spelling(phrase), row.salt));
}
