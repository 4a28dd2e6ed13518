// Owns reading PostgreSQL's plans: https://www.postgresql.org/docs/current/using-explain.html

import { CompiledQuery, sql } from 'kysely';
import type { Db } from '../../server/db/engine.ts';

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

// The longest batch that the program asks for is 500 rows.
const ROWS_LOOKED_AT_MAX = 1_000;

/**
 * What in the statement's plan costs more the more there is: a table read from end to end, or sorted before its first
 * rows are known, or an index that leads past the rows of others.
 */
export async function growingSteps(
  db: Db,
  query: CompiledQuery,
  isGrowing: (table: string) => boolean,
): Promise<string[]> {
  // Small tables are read and sorted because that is cheap. Where both are forbidden, what is still done by them can
  // be done by no index.
  const forced = await explain(db, query, '', ['seqscan', 'sort', 'bitmapscan', 'hashjoin', 'mergejoin']);
  // Nor does an index help that leads past everybody's rows: this one runs.
  const actual = await explain(db, query, 'analyze, ', ['seqscan', 'hashjoin', 'mergejoin']);
  return [...all(forced).flatMap(wholeTable), ...all(actual).flatMap(rowsOfOthers)];

  function wholeTable({ node, limited }: Step): string[] {
    const { 'Node Type': type, 'Relation Name': table = '' } = node;
    if (type === 'Seq Scan' && isGrowing(table)) return [`Seq Scan on ${table}`];
    // Short lists may be sorted: those that nobody cuts, and those that were cut before.
    return type === 'Sort' && limited && !isCut(node) ? ['Sort under Limit'] : [];
  }

  function rowsOfOthers({ node }: Step): string[] {
    const { 'Relation Name': table = '', 'Actual Rows': rows = 0, 'Actual Loops': loops = 1 } = node;
    const lookedAt = (rows + (node['Rows Removed by Filter'] ?? 0)) * loops;
    return isGrowing(table) && lookedAt > ROWS_LOOKED_AT_MAX ? [`${lookedAt} rows of ${table} looked at`] : [];
  }
}

/** The statement's plan without these ways; under `analyze` it runs, and is undone. */
async function explain(db: Db, query: CompiledQuery, how: string, without: readonly string[]): Promise<Node> {
  const tx = await db.startTransaction().execute();
  try {
    for (const way of without) await sql.raw(`set local enable_${way} = off`).execute(tx);
    const explained = CompiledQuery.raw(`explain (${how}format json) ${query.sql}`, [...query.parameters]);
    const { rows } = await tx.executeQuery<{ 'QUERY PLAN': readonly [{ Plan: Node }] }>(explained);
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan === undefined) throw new Error('PostgreSQL has no plan');
    return plan;
  } finally {
    await tx.rollback().execute();
  }
}

interface Step {
  readonly node: Node;
  /** What comes of it is cut. */
  readonly limited: boolean;
}

function all(node: Node, limited = false): Step[] {
  const below = (node.Plans ?? []).flatMap((one) => all(one, limited || node['Node Type'] === 'Limit'));
  return [{ node, limited }, ...below];
}

function isCut(node: Node): boolean {
  return all(node).some((step) => step.node['Node Type'] === 'Limit');
}
