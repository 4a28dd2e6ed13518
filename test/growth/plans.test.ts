// Whatever the program asks of its database is found by an index, on both engines: nothing that it does costs more
// the more messages there are.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import type { Db } from '../../server/db/engine.ts';
import type { Tables } from '../../server/db/tables.ts';
import { postgresMissing, startPostgres } from '../support/postgres.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { tableNames } from '../support/tables.ts';
import { fill } from './fill.ts';
import { growingSteps as postgresSteps } from './postgres-plan.ts';
import { growingSteps as sqliteSteps } from './sqlite-plan.ts';
import { listen } from './statements.ts';
import { tellStories } from './stories.ts';

// One row for each that an administrator makes, or that the program knows by name: as many as there are, they are few.
const SMALL: readonly (keyof Tables)[] = ['brands', 'api_keys', 'marks'];
const isGrowing = (table: string): boolean => tableNames().some((name) => name === table && !SMALL.includes(name));

const distinct = (sent: readonly CompiledQuery[]): CompiledQuery[] => [
  ...new Map(
    sent.filter(({ sql }) => /^\s*(?:select|update|delete)\b/.test(sql)).map((query) => [query.sql, query]),
  ).values(),
];

type Steps = (db: Db, query: CompiledQuery, growing: typeof isGrowing) => Promise<string[]>;

async function checkPlans(growingSteps: Steps, running: Running): Promise<void> {
  const listening = listen();
  await tellStories(running);
  listening.stop();
  const found: Record<string, string[]> = {};
  for (const query of distinct(listening.sent)) {
    const steps = await growingSteps(running.store.db, query, isGrowing);
    if (steps.length > 0) found[query.sql] = steps;
  }
  assert.deepEqual(found, {});
}

describe('every statement of the program is found by an index', () => {
  test('on SQLite', async () => {
    const running = await startProgram();
    try {
      await checkPlans(sqliteSteps, running);
    } finally {
      await running.stop();
    }
  });

  test('on PostgreSQL', { skip: postgresMissing() ?? false }, async () => {
    const server = await startPostgres();
    const running = await startProgram({ env: { DATABASE_URL: await server.newDatabase() } });
    try {
      // Of nobody in the stories: who looks for his own has to find the way past them.
      await fill(running.store, { count: 1_200, from: () => 'zoe@example.com', to: () => 'zac@third.example' });
      await sql`analyze`.execute(running.store.db);
      await checkPlans(postgresSteps, running);
    } finally {
      await running.stop();
      await server.close();
    }
  });
});
