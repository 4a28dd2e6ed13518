// Owns the command about the clock: the one way back for a store that a clock set wrong has taken into the future.

import type { Command } from 'commander';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { forgetLatestTime, keptAgoMs } from '../timekeeping.ts';
import { fail, withStore } from './with-store.ts';

// A server that runs keeps the time each minute.
const RUNS_MS = 2 * MINUTE_MS;

export function registerClock(program: Command): void {
  const clock = program.command('clock').description('The time that the store goes by');

  clock
    .command('forget')
    .description('Forget the latest time seen, when a clock set wrong has left it; stop all servers first')
    .option('--force', 'though a server kept it just now: it was killed, and none runs any more')
    .action((options: { force?: true }) =>
      withStore(async ({ store, print }) => {
        const agoMs = await keptAgoMs(store.db);
        if (options.force !== true && agoMs !== undefined && agoMs < RUNS_MS) {
          const seconds = Math.round(agoMs / SECOND_MS);
          return fail(
            `A server kept the time ${seconds} s ago, and would bring it back: stop all servers first. ` +
              'If none runs any more: npx sealpost clock forget --force',
          );
        }
        const latest = await inTransaction(store.db, async (tx) => {
          const forgotten = await forgetLatestTime(tx);
          if (forgotten !== undefined) {
            const details = { actor: 'command line', latest: forgotten };
            await appendAudit(store.vault, tx, { event: 'latest-time-forgotten', details });
          }
          return forgotten;
        });
        print(
          latest === undefined ? 'There was none.' : `Forgot ${latest}. What expired by it and was removed stays so.`,
        );
      }),
    );
}
