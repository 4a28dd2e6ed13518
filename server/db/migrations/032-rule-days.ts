// Owns one step of the tables' history: how often each rule met a mail on each day, with what was noted of the messages that
// are there. Released: never edited.

import { sql } from 'kysely';
import type { Migration } from 'kysely';
import { create, index } from '../migration-steps.ts';

export const ruleDays: Migration = {
  up: async (db) => {
    // The day first: what is asked for is everything of the last few weeks.
    await create(db, 'rule_days', [
      'day text not null',
      'rule_id text not null',
      'effect text not null',
      'count bigint not null',
      'primary key (day, rule_id, effect)',
    ]);
    await index(db, 'rule_hits', 'rule_id', 'message_id');
    // `where true`: without it SQLite takes "on conflict" for the condition of a join.
    await sql`
      insert into rule_days (day, rule_id, effect, count)
      select substr(at, 1, 10), rule_id, effect, count(*) from rule_hits where true group by 1, 2, 3
      on conflict do nothing
    `.execute(db);
  },
};
