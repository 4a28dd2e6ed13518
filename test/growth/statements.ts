// Owns listening to the statements that the real program sends to its database, whichever engine that is.

import { DefaultQueryExecutor } from 'kysely';
import type { CompiledQuery } from 'kysely';
import { OwnAdapter } from '../../server/db/sqlite.ts';

export interface Listening {
  /** In the order they were sent. */
  readonly sent: CompiledQuery[];
  /** From here on nothing more is noted. */
  stop(): void;
}

/** How many were sent by whoever asked, beside what a running server looks at every second by itself. */
export function askedFor({ sent }: Listening): number {
  return sent.filter(({ sql }) => !/"marks"|"policies"|"reminder_days" from "brand_names"|"webhook/.test(sql)).length;
}

interface Executor {
  executeQuery(query: CompiledQuery): Promise<unknown>;
}

/** Notes every statement of this process from now on. */
export function listen(): Listening {
  // Every executor, a transaction's as well, inherits from this one.
  const base = Object.getPrototypeOf(DefaultQueryExecutor.prototype) as Executor;
  const { executeQuery } = base;
  const sent: CompiledQuery[] = [];
  base.executeQuery = function (query) {
    sent.push(query);
    return executeQuery.call(this, query);
  };
  // What only reads goes past it.
  const straight = OwnAdapter.prototype;
  const { readNow } = straight;
  straight.readNow = function <Row>(query: CompiledQuery): Row[] | undefined {
    const rows = readNow.call(this, query) as Row[] | undefined; // as it was asked
    if (rows !== undefined) sent.push(query);
    return rows;
  };
  return {
    sent,
    stop: () => {
      base.executeQuery = executeQuery;
      straight.readNow = readNow;
    },
  };
}
