// Owns what each start does with the witness's memory, before anything is served: what was shredded once is shredded
// again if this database can still open it, and a database that went back in time is told apart from one that did not.

import { isoNow } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { loadAuditHead, loadAuditPoint } from '../audit/audit-head.store.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Db } from '../db/engine.ts';
import { checkpoint, holdLock, inTransaction } from '../db/engine.ts';
import { loadMark, setMark } from '../db/marks.ts';
import { pages } from '../db/pages.ts';
import { listTombstones } from '../messages/shred.store.ts';
import type { SignedTombstone } from '../messages/shred.store.ts';
import { readTombstone } from '../messages/tombstone.ts';
import type { Tombstone } from '../messages/tombstone.ts';
import { markHead } from './mark-head.ts';
import { shredAgain } from './shred.ts';
import type { ShredDeps } from './shred.ts';
import { tidyWitness } from './tidy-witness.ts';
import { WITNESS_LOCK } from './witness.ts';
import type { Memory } from './witness.ts';

/** The audit log is not the one, or not all of the one, that the witness remembers. */
export interface BackInTime {
  /** The newest entry there is; undefined when there is none. */
  readonly since: string | undefined;
  /** The newest entry that is remembered. */
  readonly until: string;
}

const BATCH_ROWS = 500;
/** In `marks`: that there was a witness once. */
export const WITNESS_MARK = 'witness';

/** @returns when the witness was marked last before, '' for never. @throws {WitnessFault} */
export async function recollect(deps: ShredDeps, log: Log): Promise<string> {
  const found = await deps.witness.recall();
  const memory = found?.beginning === undefined ? await beginWitness(deps, log, found?.loose ?? []) : found;
  const past = await backInTime(deps.db, memory);
  let again = await shredAgain(deps, memory.loose);
  // What is settled was shredded in the very database that the mark is of; if this is that one, it still is.
  if (past !== undefined) for await (const some of memory.settled()) again += await shredAgain(deps, some);
  if (past !== undefined) await tell(deps, log, past, again);
  if (past !== undefined || deps.witness.isLong()) await tidyWitness(deps);
  await markHead(deps);
  // A process that was killed may have left old keys in the write-ahead log.
  await checkpoint(deps.db);
  return memory.mark?.at ?? '';
}

/** Whether this database is older than the witness, or another one. */
export async function backInTime(db: Db, { mark }: Memory): Promise<BackInTime | undefined> {
  if (mark === undefined) return undefined;
  const point = await loadAuditPoint(db, mark.seq);
  if (point?.hash === mark.hash) return undefined;
  return { since: (await loadAuditHead(db))?.at, until: mark.at };
}

export function pastWords({ since, until }: BackInTime): string {
  return `it is as it was ${since === undefined ? 'at its beginning' : `at ${since}`}, and had come to ${until}`;
}

// The one that was there is lost, or this is the very first start; what the database itself remembers is a beginning.
// What a command shredded meanwhile stands in it without a beginning.
async function beginWitness(deps: ShredDeps, log: Log, loose: readonly Tombstone[]): Promise<Memory> {
  const afterLoss = (await loadMark(deps.db, WITNESS_MARK)) !== undefined;
  if (afterLoss) log.warn('witness.missing', { reason: LOST });
  const settled: Tombstone[] = [];
  const load = (after: string): Promise<SignedTombstone[]> => listTombstones(deps.db, after, BATCH_ROWS);
  for await (const page of pages(load, '', ({ messageId }) => messageId)) {
    for (const { signed } of page) settled.push(await readTombstone(deps.signer, signed));
  }
  const mark = await loadAuditHead(deps.db);
  const beginning = { begun: isoNow(deps.vault.clock), afterLoss };
  await inTransaction(deps.db, async (tx) => {
    await holdLock(tx, WITNESS_LOCK);
    await deps.witness.rewrite({ beginning, settled, loose, mark, forgetBefore: '' });
    await setMark(tx, WITNESS_MARK, beginning.begun);
  });
  // All that is settled is from this database.
  return { beginning, settled: nothing, loose, mark };
}

const LOST =
  'It is missing or empty, and begun anew: what was shredded and this database does not know of may open again. ' +
  'Bring it back from its copy, or: npx sealpost witness accept';

async function* nothing(): AsyncGenerator<never> {}

/** What nothing but people can do again, after a database went back in time. */
export const OPEN_AGAIN =
  'What was taken back since then, and not destroyed, is open again: see /sent, and the audit log of the newer database';

async function tell(deps: ShredDeps, log: Log, past: BackInTime, again: number): Promise<void> {
  log.warn('database.back-in-time', { since: past.since, until: past.until, count: again, reason: OPEN_AGAIN });
  await inTransaction(deps.db, (tx) =>
    appendAudit(deps.vault, tx, {
      event: 'database-back-in-time',
      details: { words: pastWords(past), shreddedAgain: again },
    }),
  );
}
