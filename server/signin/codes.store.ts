// Owns the rows of challenges and codes. A challenge is one browser proving one address for one purpose;
// it may have several codes under way, all under one budget of guesses.

import type { Db, Tx } from '../db/engine.ts';
import { sweepRows } from '../db/sweep-rows.ts';
import type { ChallengesTable, CodesTable } from '../db/tables/signin.ts';
import { GUESSES_PER_CHALLENGE, LIVE_CODES } from './signin-limits.ts';

/** The newest challenge of this browser for this purpose that has not run out, or undefined. */
export function loadChallenge(
  db: Db | Tx,
  asked: { browserHash: string; purpose: string; now: string },
): Promise<ChallengesTable | undefined> {
  return db
    .selectFrom('challenges')
    .selectAll()
    .where('browser_hash', '=', asked.browserHash)
    .where('purpose', '=', asked.purpose)
    .where('expires_at', '>', asked.now)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function insertChallenge(tx: Tx, row: ChallengesTable): Promise<void> {
  await tx.insertInto('challenges').values(row).execute();
}

/** Adds a code and moves the challenge's end with it. */
export async function insertCode(tx: Tx, row: CodesTable): Promise<void> {
  await tx.insertInto('codes').values(row).execute();
  await tx.updateTable('challenges').set({ expires_at: row.expires_at }).where('id', '=', row.challenge_id).execute();
}

/**
 * Takes one guess from the challenge's budget, in its own committed statement and before any hashing.
 * @returns the guesses left after this one, or undefined when none was left.
 */
export async function chargeGuess(db: Db, challengeId: string, now: string): Promise<number | undefined> {
  const charged = await db
    .updateTable('challenges')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('id', '=', challengeId)
    .where('attempts', '<', GUESSES_PER_CHALLENGE)
    .where('expires_at', '>', now)
    .returning('attempts')
    .executeTakeFirst();
  return charged === undefined ? undefined : GUESSES_PER_CHALLENGE - charged.attempts;
}

/** The codes of the challenge that may still be used, newest first. */
export function liveCodes(db: Db, challengeId: string, now: string): Promise<CodesTable[]> {
  return db
    .selectFrom('codes')
    .selectAll()
    .where('challenge_id', '=', challengeId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('id', 'desc')
    .limit(LIVE_CODES)
    .execute();
}

/** Writes down what became of the code's mail; of a code that is gone nobody asks. */
export async function noteCodeMail(tx: Tx, codeId: string, sealedMail: Uint8Array): Promise<void> {
  await tx.updateTable('codes').set({ sealed_mail: sealedMail }).where('id', '=', codeId).execute();
}

/** Marks the code used, if nobody did before. @returns whether this call was the one. */
export async function useCode(tx: Tx, codeId: string, now: string): Promise<boolean> {
  const used = await tx
    .updateTable('codes')
    .set({ used_at: now })
    .where('id', '=', codeId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

/** Ends a challenge and every code of it: one of them was used. */
export async function removeChallenge(tx: Tx, challengeId: string): Promise<void> {
  await tx.deleteFrom('challenges').where('id', '=', challengeId).execute();
}

/** The newest code of the challenge, for the waiting page. */
export function loadNewestCode(db: Db, challengeId: string): Promise<CodesTable | undefined> {
  return db
    .selectFrom('codes')
    .selectAll()
    .where('challenge_id', '=', challengeId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Removes challenges past their end and their codes, up to `most`. @returns how many. */
export function sweepChallenges(db: Db, now: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'challenges', key: 'id', end: 'expires_at' }, now, most);
}
