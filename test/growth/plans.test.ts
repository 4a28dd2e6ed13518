// Whatever the program asks of its database is found by an index, on both engines: nothing that it does costs more
// the more messages there are.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CompiledQuery } from 'kysely';
import type { Db } from '../../server/db/engine.ts';
import type { Tables } from '../../server/db/tables.ts';
import { postgresMissing, startPostgres } from '../support/postgres.ts';
import { startProgram } from '../support/program.ts';
import { tableNames } from '../support/tables.ts';
import { growingSteps as postgresSteps } from './postgres-plan.ts';
import { growingSteps as sqliteSteps } from './sqlite-plan.ts';
import { listen } from './statements.ts';
import { tellStories } from './stories.ts';

// One row for each that an administrator makes, or that the program knows by name: as many as there are, they are few.
const SMALL: readonly (keyof Tables)[] = ['brands', 'api_keys', 'marks'];
const isGrowing = (table: string): boolean => tableNames().some((name) => name === table && !SMALL.includes(name));

const distinct = (sent: readonly CompiledQuery[]): CompiledQuery[] => [
  ...new Map(
    sent.filter(({ sql }) => /^(?:select|update|delete)\b/.test(sql)).map((query) => [query.sql, query]),
  ).values(),
];

type Steps = (db: Db, query: CompiledQuery, growing: typeof isGrowing) => Promise<string[]>;

async function checkPlans(growingSteps: Steps, env: Record<string, string>): Promise<void> {
  const running = await startProgram({ env });
  try {
    const listening = listen();
    await tellStories(running);
    listening.stop();
    const found: Record<string, string[]> = {};
    for (const query of distinct(listening.sent)) {
      const steps = await growingSteps(running.store.db, query, isGrowing);
      if (steps.length > 0) found[query.sql] = steps;
    }
    assert.deepEqual(found, {});
  } finally {
    await running.stop();
  }
}

describe('every statement of the program is found by an index', () => {
  test('on SQLite', () => checkPlans(sqliteSteps, {}));

  test('on PostgreSQL', { skip: postgresMissing() ?? false }, async () => {
    const server = await startPostgres();
    try {
      await checkPlans(postgresSteps, { DATABASE_URL: await server.newDatabase() });
    } finally {
      await server.close();
    }
  });
});
