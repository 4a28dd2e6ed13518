// Owns trying a code. Every guess is charged, in committed statements, before it costs a hash; one hash
// serves all codes under way; of several right ones at the same moment one wins.

import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { equalBytes } from '../crypto/digest.ts';
import { chargeAll, refund } from '../db/counters.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { CodesTable } from '../db/tables/signin.ts';
import type { Key, Values } from '../language/catalogue.ts';
import { sentence } from '../language/words.ts';
import type { SigninDeps } from './ask-code.ts';
import { openAddress } from './challenge-seal.ts';
import { chargeGuess, liveCodes, loadChallenge, removeChallenge, useCode } from './codes.store.ts';
import { guessCharges, provedRefunds } from './signin-limits.ts';

export interface Guess {
  readonly purpose: string;
  readonly code: string;
  readonly browserHash: string;
  readonly network: string;
}

/** What follows from a guess that was tried; each runs in the transaction that settles it. */
export interface Verdicts<T> {
  proved(tx: Tx, address: Address): Promise<T>;
  wrong(tx: Tx, address: Address): Promise<void>;
}

const CODE = /^\d{8}$/;

/**
 * Checks the guess and returns what `proved` returns. Throws signin/code-refused (malformed, wrong, late,
 * used, of another browser) or request/too-many.
 */
export async function checkCode<T>(deps: SigninDeps, guess: Guess, verdicts: Verdicts<T>): Promise<T> {
  const code = guess.code.replace(/[\s-]/g, '');
  // Not a guess, so it costs nothing: people paste half a code.
  if (!CODE.test(code)) throw refused('sign-in.code-short');
  const now = isoNow(deps.clock);
  const challenge = await loadChallenge(deps.db, { ...guess, now });
  if (challenge === undefined) throw refused('sign-in.code-none');

  // The challenge first: guesses past its budget are not tried, so they must not lock the address.
  const left = await chargeGuess(deps.db, challenge.id, now);
  if (left === undefined) throw refused('sign-in.code-spent');
  await chargeAll(deps, guessCharges(guess.network, challenge.address_index));

  const hash = await deps.hasher.hashCode(code, challenge.salt);
  const match = findMatch(await liveCodes(deps.db, challenge.id, now), hash);
  const address = openAddress(deps.keyring, challenge);
  if (match === undefined) {
    await inTransaction(deps.db, (tx) => verdicts.wrong(tx, address));
    throw left === 0 ? refused('sign-in.code-wrong-last') : refused('sign-in.code-wrong', { left });
  }
  return inTransaction(deps.db, async (tx) => {
    if (!(await useCode(tx, match.id, isoNow(deps.clock)))) {
      throw refused('sign-in.code-used');
    }
    await removeChallenge(tx, challenge.id);
    for (const [limit, who] of provedRefunds(guess.network, challenge.address_index)) {
      await refund({ ...deps, db: tx }, limit, who);
    }
    return verdicts.proved(tx, address);
  });
}

// Looks at every code, found or not, so that the time does not tell which one was near.
function findMatch(codes: readonly CodesTable[], hash: Uint8Array): CodesTable | undefined {
  let match: CodesTable | undefined;
  for (const row of codes) if (equalBytes(row.code_hash, hash)) match ??= row;
  return match;
}

function refused(key: Key, values: Values = {}): AppError {
  return new AppError('signin/code-refused', sentence(key, values));
}
