// Owns on which databases a test runs: every test of what is stored runs on each of them.

import { after, before, describe } from 'node:test';
import { borrowPostgres, postgresMissing } from './postgres.ts';

/** The database of one test: settings for a new and empty one. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** DATABASE_URL of a new database; no setting at all stands for SQLite under DATA_DIR. */
  newDatabase(): Promise<{ DATABASE_URL?: string }>;
}

/** A `describe` for each engine; one that is not installed says so in one line. */
export function describeEngines(what: string, tests: (engine: Engine) => void): void {
  describe(`${what}, on SQLite`, () => tests({ name: 'SQLite', newDatabase: () => Promise.resolve({}) }));
  describe(`${what}, on PostgreSQL`, { skip: postgresMissing() ?? false }, () => {
    let postgres: Awaited<ReturnType<typeof borrowPostgres>> | undefined;
    before(async () => {
      postgres = await borrowPostgres();
    });
    tests({
      name: 'PostgreSQL',
      newDatabase: async () => {
        if (postgres === undefined) throw new Error('asked for before it runs');
        return { DATABASE_URL: await postgres.newDatabase() };
      },
    });
    // Hooks run in the order they were made in: the programs stop before their database does.
    after(() => postgres?.close());
  });
}
