// Owns removing blobs that belong to no message: what a killed process left between blob and row, or between
// destroying a message and removing its blobs. It never removes one that a message being taken in is about to name, nor
// one that is older than the database: that is left of another, which may be lost and come back.

import { DAY_MS, isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { idTimeMs } from '../core/ids.ts';
import { loadAuditPoint } from '../audit/audit-head.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { loadMark, setFirstMark, setMark } from '../db/marks.ts';
import { unnamedBlobs } from '../messages/parts.store.ts';

export interface BlobSweepDeps {
  readonly db: Db;
  readonly vault: { readonly blobs: Blobs; readonly clock: Clock };
  readonly log: Log;
}

/** Runs beside the worker's other work: a slow store holds up no mail. */
export interface BlobSweep {
  /** Begins a bounded round unless one is under way. */
  begin(): void;
  /** Resolves when none is under way. */
  over(): Promise<void>;
}

// No mail takes a day to come in, and no two clocks that a certificate or a code would hold by are a day apart.
const UNTOUCHED_MS = DAY_MS;
/** A store of a million blobs is gone through in about two days; a small one each time. */
const PAGES_A_ROUND = 10;
/** How far the rounds of all processes have come: the store's own word for it. */
const MARK = 'blob-sweep';
/** Since when this database is there. */
const BEGUN = 'begun';

export function createBlobSweep(deps: BlobSweepDeps): BlobSweep {
  const { db, log } = deps;
  const { blobs, clock } = deps.vault;
  // Found without a message once. Removed when they are still without one at the next round: should this machine's
  // clock have leapt ahead, whatever was being taken in at that moment has been settled by then.
  let suspects: string[] = [];
  let underWay: Promise<void> | undefined;
  let isOlderSaid = false;

  async function round(): Promise<void> {
    const beforeMs = clock.nowMs() - UNTOUCHED_MS;
    const unfinished = await blobs.sweepStaging(beforeMs);
    const orphans = await unnamedBlobs(db, suspects);
    suspects = [];
    for (const id of orphans) await blobs.remove(id);
    const count = unfinished + orphans.length;
    if (count > 0) log.info('blobs.swept', { count });
    suspects = await lookFurther(beforeMs);
  }

  async function lookFurther(beforeMs: number): Promise<string[]> {
    const found: string[] = [];
    const begunMs = await begunAtMs(db, clock);
    let older = 0;
    let after = (await loadMark(db, MARK)) ?? '';
    for (let page = 0; page < PAGES_A_ROUND; page += 1) {
      const { ids, next } = await blobs.list(after === '' ? undefined : after);
      const old = ids.filter((id) => idTimeMs(id) < beforeMs);
      for (const id of await unnamedBlobs(db, old)) {
        if (idTimeMs(id) < begunMs) older += 1;
        else if (await isUntouched(id, beforeMs)) found.push(id);
      }
      after = next ?? '';
      if (next === undefined) break;
    }
    await setMark(db, MARK, after);
    if (older > 0 && !isOlderSaid) log.warn('blobs.older-than-database', { count: older });
    isOlderSaid ||= older > 0;
    return found;
  }

  // The id tells when it was made, by the clock of whoever made it; the store when it was put there, by its own.
  async function isUntouched(id: string, beforeMs: number): Promise<boolean> {
    const facts = await blobs.look(id);
    return facts !== undefined && facts.changedAtMs < beforeMs;
  }

  return {
    begin: () => {
      underWay ??= round()
        .catch((error: unknown) => log.error('sweep.failed', { job: 'blobs', err: error }))
        .finally(() => {
          underWay = undefined;
        });
    },
    over: async () => underWay,
  };
}

// The first sweep comes with the first start. A database from before this was marked began with its first audit entry.
async function begunAtMs(db: Db, clock: Clock): Promise<number> {
  const begun = await loadMark(db, BEGUN);
  if (begun !== undefined) return Date.parse(begun);
  const at = (await loadAuditPoint(db, 1))?.at ?? isoNow(clock);
  return Date.parse(await inTransaction(db, (tx) => setFirstMark(tx, BEGUN, at)));
}
