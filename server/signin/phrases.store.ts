// Owns the rows of access phrases, and which sessions gave which. A phrase belongs to a conversation: its answers are
// read by who gave the one of the message.

import { sql } from 'kysely';
import type { Db, Tx } from '../db/engine.ts';
import type { PhrasesTable } from '../db/tables/signin.ts';

export async function insertPhrase(tx: Tx, row: PhrasesTable): Promise<void> {
  await tx.insertInto('phrases').values(row).execute();
}

export function loadPhrase(db: Db | Tx, id: string): Promise<PhrasesTable | undefined> {
  return db.selectFrom('phrases').selectAll().where('id', '=', id).executeTakeFirst();
}

/** What was given before proves nothing from here on. @returns false when there is no such phrase. */
export async function changePhrase(tx: Tx, { id, salt, phrase_hash }: Omit<PhrasesTable, 'version'>): Promise<boolean> {
  const changed = await tx
    .updateTable('phrases')
    .set((eb) => ({ salt, phrase_hash, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** Notes that this session gave the phrase, as it was at `version`. @returns false when it has changed since. */
export async function notePhraseGiven(
  tx: Tx,
  { sessionHash, phraseId, version }: { sessionHash: string; phraseId: string; version: number },
): Promise<boolean> {
  const noted = await tx
    .insertInto('phrase_proofs')
    .columns(['session_hash', 'phrase_id', 'version'])
    .expression((eb) =>
      eb
        .selectFrom('phrases')
        .select([sql<string>`${sessionHash}`.as('session_hash'), 'id', 'version'])
        .where('id', '=', phraseId)
        .where('version', '=', version),
    )
    .onConflict((conflict) => conflict.columns(['session_hash', 'phrase_id']).doUpdateSet({ version }))
    .returning('phrase_id')
    .executeTakeFirst();
  return noted !== undefined;
}

/** Whether this session gave the phrase as it is now. */
export async function isPhraseGiven(db: Db | Tx, sessionHash: string, phraseId: string): Promise<boolean> {
  const given = await db
    .selectFrom('phrase_proofs')
    .innerJoin('phrases', (join) =>
      join.onRef('phrases.id', '=', 'phrase_proofs.phrase_id').onRef('phrases.version', '=', 'phrase_proofs.version'),
    )
    .select('phrases.id')
    .where('phrase_proofs.session_hash', '=', sessionHash)
    .where('phrase_proofs.phrase_id', '=', phraseId)
    .executeTakeFirst();
  return given !== undefined;
}

/** A session that goes on under another token has given what it gave. */
export async function carryPhrases(tx: Tx, fromHash: string, toHash: string): Promise<void> {
  await tx.updateTable('phrase_proofs').set({ session_hash: toHash }).where('session_hash', '=', fromHash).execute();
}
