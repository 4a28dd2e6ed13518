// Whatever the program asks of its database is found by an index, on both engines: nothing that it does costs more
// the more messages there are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { CompiledQuery } from 'kysely';
import type { Tables } from '../../server/db/tables.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { tableNames } from '../support/tables.ts';
import { fill } from './fill.ts';
import { growingSteps as postgresSteps } from './postgres-plan.ts';
import { growingSteps as sqliteSteps } from './sqlite-plan.ts';
import { listen } from './statements.ts';
import { tellStories } from './stories.ts';

// One row for each that an administrator makes, or that the program knows by name: as many as there are, they are few.
const SMALL: readonly (keyof Tables)[] = [
  'brand_names',
  'brand_versions',
  'brand_drafts',
  'api_keys',
  'marks',
  'replays',
  'webhooks',
  'connector_tests',
  'own_sts',
];
const isGrowing = (table: string): boolean => tableNames().some((name) => name === table && !SMALL.includes(name));

describeEngines('every statement of the program', (engine) => {
  const growingSteps = engine.name === 'SQLite' ? sqliteSteps : postgresSteps;

  test('is found by an index, among many that belong to others', async () => {
    const running = await startProgram({ env: { ...(await engine.newDatabase()), WRITE_TO: 'alice@example.com' } });
    try {
      // PostgreSQL plans by what there is, and the rows it looks at are counted. SQLite, which is asked for no statistics,
      // plans alike for one row and a million.
      if (engine.name === 'PostgreSQL') await fillWithOthers(running);
      const found: Record<string, string[]> = {};
      for (const query of await statementsOf(running)) {
        const steps = await growingSteps(running.store.db, query, isGrowing);
        if (steps.length > 0) found[query.sql] = steps;
      }
      assert.deepEqual(found, {});
    } finally {
      await running.stop();
    }
  });
});

async function fillWithOthers({ store }: Running): Promise<void> {
  await fill(store, { count: 1_200, from: () => 'zoe@example.com', to: () => 'zac@third.example' });
  await sql`analyze`.execute(store.db);
}

/** Each that finds rows, once. */
async function statementsOf(running: Running): Promise<CompiledQuery[]> {
  const listening = listen();
  await tellStories(running);
  listening.stop();
  const finding = listening.sent.filter(({ sql: text }) => /^\s*(?:select|update|delete)\b/.test(text));
  return [...new Map(finding.map((query) => [query.sql, query])).values()];
}
