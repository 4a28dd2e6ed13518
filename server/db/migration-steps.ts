// Owns the steps that migrations are made of, alike on both engines and harmless when they are taken again. Names of tables and
// columns come from the migrations alone, so raw text is safe here. What the engines name differently: BYTES, and text that
// compares by its bytes, as ids and times must.

import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { isPostgres } from './engine.ts';

/** `columns`: a name, its type and the rest each, or a constraint of the table. */
export async function create(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await sql.raw(`create table if not exists ${table} (${inEngine(db, columns.join(', '))})`).execute(db);
}

/**
 * `definition`: the column's name, then its type and the rest. SQLite has no `if not exists` for a column, and keeps what a
 * migration that broke off had done.
 */
export async function addColumn(db: Kysely<unknown>, table: string, definition: string): Promise<void> {
  const [column = ''] = definition.split(' ', 1);
  const found = (await db.introspection.getTables()).find(({ name }) => name === table);
  if (found?.columns.some(({ name }) => name === column) === true) return;
  await sql.raw(`alter table ${table} add column ${inEngine(db, definition)}`).execute(db);
}

export async function index(db: Kysely<unknown>, table: string, ...columns: readonly string[]): Promise<void> {
  const name = `${table}_by_${columns.join('_')}`;
  await sql.raw(`create index if not exists ${name} on ${table} (${columns.join(', ')})`).execute(db);
}

/**
 * Of the rows that `where` holds for. A query uses it only if it says the same, in literals. PostgreSQL keeps 63 bytes of the
 * name, so what tells one from the others stands at the head of `where`.
 */
export async function partialIndex(
  db: Kysely<unknown>,
  table: string,
  columns: readonly string[],
  where: string,
  kind: 'unique' | '' = '',
): Promise<void> {
  const name = partialIndexName(table, columns, where);
  await sql
    .raw(`create ${kind} index if not exists ${name} on ${table} (${columns.join(', ')}) where ${where}`)
    .execute(db);
}

/** Of one that another has taken the place of. */
export async function dropPartialIndex(
  db: Kysely<unknown>,
  table: string,
  columns: readonly string[],
  where: string,
): Promise<void> {
  await sql.raw(`drop index if exists ${partialIndexName(table, columns, where)}`).execute(db);
}

function partialIndexName(table: string, columns: readonly string[], where: string): string {
  return [table, 'where', ...(where.match(/\w+/g) ?? []), 'by', ...columns].join('_');
}

function inEngine(db: Kysely<unknown>, definition: string): string {
  return isPostgres(db)
    ? definition.replaceAll('BYTES', 'bytea').replace(/\btext\b/g, 'text collate "C"')
    : definition.replaceAll('BYTES', 'blob');
}
