// Owns small facts about the store itself, each under a name: what is true of the whole and not of one row.

import type { Db, Tx } from './engine.ts';

export async function loadMark(db: Db | Tx, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('marks').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

export async function setMark(db: Db | Tx, name: string, value: string): Promise<void> {
  await db
    .insertInto('marks')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** Sets the mark unless a greater value stands there: by its bytes, as times in ISO 8601 compare. */
export async function raiseMark(db: Db | Tx, name: string, value: string): Promise<void> {
  await db
    .insertInto('marks')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }).where('marks.value', '<', value))
    .execute();
}

/** Sets the mark if nobody has yet. @returns the value that stands, whoever set it. */
export async function setFirstMark(tx: Tx, name: string, value: string): Promise<string> {
  await tx
    .insertInto('marks')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await loadMark(tx, name)) ?? value;
}

/** Removes the mark unless somebody has set it anew meanwhile. */
export async function removeMarkOf(db: Db | Tx, name: string, value: string): Promise<void> {
  await db.deleteFrom('marks').where('name', '=', name).where('value', '=', value).execute();
}

export async function removeMark(db: Db | Tx, name: string): Promise<void> {
  await db.deleteFrom('marks').where('name', '=', name).execute();
}
