// Owns one step of the tables' history: how long each message is kept after its last day, and when its readers are reminded.
// Released: never edited.

import type { Migration } from 'kysely';
import { addColumn, dropPartialIndex, partialIndex } from '../migration-steps.ts';

export const keptAndReminded: Migration = {
  up: async (db) => {
    // What was taken in before is kept as long as it always was.
    await addColumn(db, 'messages', 'retention_days integer not null default 14');
    await addColumn(db, 'messages', 'reminder_days integer');
    await partialIndex(db, 'messages', ['retention_days', 'expires_at'], 'destroyed_at is null');
    await dropPartialIndex(db, 'messages', ['expires_at'], 'destroyed_at is null');
    const waiting = 'destroyed_at is null and reminded_at is null';
    await partialIndex(db, 'messages', ['brand', 'expires_at'], `reminder_days is null and ${waiting}`);
    await partialIndex(db, 'messages', ['reminder_days', 'expires_at'], `reminder_days > 0 and ${waiting}`);
    await dropPartialIndex(db, 'messages', ['brand', 'expires_at'], waiting);
  },
};
