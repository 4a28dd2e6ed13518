// Owns the rows of replays: each with its report as far as it has come. They are few: of more than there is use for, the
// oldest goes when a new one begins.

import { isoNow, MINUTE_MS } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { ReplaysTable } from '../db/tables/administration.ts';
import type { ReplayReport } from '../policy/replay-report.ts';

export interface ReplayDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export type ReplayState = 'running' | 'done' | 'failed' | 'broken-off';

export interface StoredReplay {
  readonly id: string;
  readonly state: ReplayState;
  readonly report: ReplayReport;
}

export const REPLAYS_KEPT = 20;
/** Whoever has not been heard of for so long is gone. */
const SILENT_MAX_MS = 3 * MINUTE_MS;

/** Begins one unless another is under way, on any machine. @returns whether it did. */
export async function insertReplay(deps: ReplayDeps, tx: Tx, id: string, report: ReplayReport): Promise<boolean> {
  await holdLock(tx, 'replays');
  const rows = await tx
    .selectFrom('replays')
    .select(['id', 'state', 'seen_at'])
    .orderBy('id', 'desc')
    .limit(REPLAYS_KEPT)
    .execute();
  if (rows.some((row) => stateOf(deps.clock, row) === 'running')) return false;
  const last = rows[REPLAYS_KEPT - 1];
  if (last !== undefined) await tx.deleteFrom('replays').where('id', '<=', last.id).execute();
  await tx
    .insertInto('replays')
    .values({ id, state: 'running', seen_at: isoNow(deps.clock), sealed: seal(deps.keyring, id, report) })
    .execute();
  return true;
}

export async function updateReplay(
  { keyring, clock }: ReplayDeps,
  db: Db | Tx,
  { id, state, report }: StoredReplay,
): Promise<void> {
  await db
    .updateTable('replays')
    .set({ state, seen_at: isoNow(clock), sealed: seal(keyring, id, report) })
    .where('id', '=', id)
    .execute();
}

export async function loadReplay(deps: ReplayDeps, db: Db, id: string): Promise<StoredReplay | undefined> {
  const row = await db.selectFrom('replays').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : openRow(deps, row);
}

/** The newest first; all there are. */
export async function listReplays(deps: ReplayDeps, db: Db): Promise<StoredReplay[]> {
  const rows = await db.selectFrom('replays').selectAll().orderBy('id', 'desc').limit(REPLAYS_KEPT).execute();
  return rows.map((row) => openRow(deps, row));
}

export const replayRecords: SealedColumn = {
  table: 'replays',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => context(String(id)),
};

function openRow({ keyring, clock }: ReplayDeps, row: ReplaysTable): StoredReplay {
  const { id, sealed } = row;
  // The seal is the check: only this file wrote these bytes, from a report.
  const report = JSON.parse(keyring.openRecord(context(id), sealed).toString('utf8')) as ReplayReport;
  return { id, state: stateOf(clock, row), report };
}

// A process that was killed ends nothing: its row goes on saying that it runs.
function stateOf(clock: Clock, { state, seen_at: seenAt }: Pick<ReplaysTable, 'state' | 'seen_at'>): ReplayState {
  return state === 'running' && seenAt < isoNow(clock, -SILENT_MAX_MS) ? 'broken-off' : state;
}

function seal(keyring: Keyring, id: string, report: ReplayReport): Buffer {
  return keyring.sealRecord(context(id), JSON.stringify(report));
}

function context(id: string): string {
  return `replay ${id}`;
}
