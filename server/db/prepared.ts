// Owns queries that run so often that building them anew each time would cost more than running them: built and
// compiled once for each engine, then only filled in. Made for the few on the road of every mail and every page.

import type { Compilable, CompiledQuery, DialectAdapter } from 'kysely';
import type { Db, Tx } from './engine.ts';
import { OwnAdapter } from './sqlite.ts';

/** Stands in a compiled query where a value will. */
class Blank {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query of fixed shape. `build` gets a blank for each value, to be put wherever a value may stand and nowhere else:
 * what depends on a value (a list's length, a condition) needs a query of its own.
 */
export function prepared<Values extends object, Row>(
  build: (db: Db | Tx, blanks: Values) => Compilable<Row>,
): (db: Db | Tx, values: Values) => Promise<Row[]> {
  // Kysely takes whatever stands for a value as it is; the blanks have no type of their own to be told by.
  const blanks = new Proxy({}, { get: (_, name) => new Blank(String(name)) }) as Values;
  const compiled = new WeakMap<DialectAdapter, CompiledQuery<Row>>();
  const fill = (db: Db | Tx, adapter: DialectAdapter, values: Values): CompiledQuery<Row> => {
    let query = compiled.get(adapter);
    if (query === undefined) {
      query = build(db, blanks).compile();
      compiled.set(adapter, query);
    }
    const given = values as Readonly<Record<string, unknown>>;
    const parameters = query.parameters.map((value) => (value instanceof Blank ? given[value.name] : value));
    return { ...query, parameters };
  };
  return async (db, values) => {
    const { adapter } = db.getExecutor();
    const query = fill(db, adapter, values);
    // What only reads, outside of a transaction, goes straight to SQLite: the way through Kysely costs more than it.
    const rows = !db.isTransaction && adapter instanceof OwnAdapter ? adapter.readNow<Row>(query) : undefined;
    return rows ?? (await db.executeQuery<Row>(query)).rows;
  };
}

/** A whole row of blanks, for an insert: `columns` names each column of the table. */
export function blankRow<Row extends object>(blanks: Row, columns: Readonly<Record<keyof Row, true>>): Row {
  const names = Object.keys(columns) as (keyof Row)[]; // the keys that its type demands
  return Object.fromEntries(names.map((name) => [name, blanks[name]])) as Row;
}

/** The same for a query of which one row is wanted. */
export function preparedFirst<Values extends object, Row>(
  build: (db: Db | Tx, blanks: Values) => Compilable<Row>,
): (db: Db | Tx, values: Values) => Promise<Row | undefined> {
  const run = prepared(build);
  return (db, values) => run(db, values).then(firstOf);
}

function firstOf<Row>(rows: readonly Row[]): Row | undefined {
  return rows[0];
}
