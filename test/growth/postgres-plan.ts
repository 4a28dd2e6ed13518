// Owns reading PostgreSQL's plans: https://www.postgresql.org/docs/current/using-explain.html

import { CompiledQuery, sql } from 'kysely';
import type { Db } from '../../server/db/engine.ts';

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Node[];
}

/**
 * What in the statement's plan costs more the more there is: a table read from end to end, or sorted before its first
 * rows are known. Small tables are read and sorted because that is cheap; so both are forbidden here, and what is
 * then still done by them can be done by no index.
 */
export async function growingSteps(
  db: Db,
  query: CompiledQuery,
  isGrowing: (table: string) => boolean,
): Promise<string[]> {
  const plan = await db.transaction().execute(async (tx) => {
    for (const way of ['seqscan', 'sort', 'bitmapscan', 'hashjoin', 'mergejoin']) {
      await sql.raw(`set local enable_${way} = off`).execute(tx);
    }
    const explain = CompiledQuery.raw(`explain (format json) ${query.sql}`, [...query.parameters]);
    const { rows } = await tx.executeQuery<{ 'QUERY PLAN': readonly [{ Plan: Node }] }>(explain);
    return rows[0]?.['QUERY PLAN'][0].Plan;
  });
  if (plan === undefined) throw new Error('PostgreSQL has no plan');
  return steps(plan, false);

  function steps(node: Node, limited: boolean): string[] {
    const { 'Node Type': type, 'Relation Name': table = '', Plans: below = [] } = node;
    const isWholeScan = type === 'Seq Scan' && isGrowing(table);
    // Short lists may be sorted: those that nobody cuts, and those that were cut before.
    const isSortOfTable = type === 'Sort' && limited && !below.some(isCut);
    return [
      ...(isWholeScan ? [`Seq Scan on ${table}`] : []),
      ...(isSortOfTable ? ['Sort under Limit'] : []),
      ...below.flatMap((one) => steps(one, limited || type === 'Limit')),
    ];
  }
}

function isCut({ 'Node Type': type, Plans: below = [] }: Node): boolean {
  return type === 'Limit' || below.some(isCut);
}
