// Owns reading SQLite's plans: https://sqlite.org/eqp.html

import { CompiledQuery } from 'kysely';
import type { Db } from '../../server/db/engine.ts';

interface Step {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

/**
 * What in the statement's plan costs more the more there is: a table read from end to end, or sorted before the
 * first row is known. A walk along an index in its order is none: it ends at the limit.
 */
export async function growingSteps(db: Db, query: CompiledQuery, isGrowing: (table: string) => boolean) {
  const explain = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]);
  const { rows: steps } = await db.executeQuery<Step>(explain);
  return steps.filter((step) => isWholeScan(step) || isSortOfTable(step)).map((step) => step.detail);

  function isWholeScan({ detail }: Step): boolean {
    const [, table = '', , index] = /^SCAN (\w+)( USING (?:COVERING )?INDEX (\w+))?/.exec(detail) ?? [];
    return isGrowing(table) && (index === undefined || !/\blimit\b/.test(query.sql));
  }

  // What is sorted stands beside it. A subquery with a limit of its own is as short as that.
  function isSortOfTable({ detail, parent }: Step): boolean {
    if (!/^USE TEMP B-TREE FOR (?:LAST TERM OF )?(?:ORDER|GROUP|DISTINCT)/.test(detail)) return false;
    return steps.some(
      (step) => step.parent === parent && isGrowing(/^(?:SCAN|SEARCH) (\w+)/.exec(step.detail)?.[1] ?? ''),
    );
  }
}
