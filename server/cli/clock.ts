// Owns the command about the clock: the one way back for a store that a clock set wrong has taken into the future.

import type { Command } from 'commander';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { forgetLatestTime } from '../timekeeping.ts';
import { withStore } from './with-store.ts';

export function registerClock(program: Command): void {
  const clock = program.command('clock').description('The time that the store goes by');

  clock
    .command('forget')
    .description('Forget the latest time seen, when a clock set wrong has left it; stop all servers first')
    .action(() =>
      withStore(async ({ store, print }) => {
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
