// Owns the command about the witness: that an operator has heard of its loss, so that doctor is content again.

import type { Command } from 'commander';
import { appendAudit } from '../audit/audit.store.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import { WITNESS_LOCK } from '../shredding/witness.ts';
import { withStore } from './with-store.ts';

export function registerWitness(program: Command): void {
  program
    .command('witness')
    .description('What remembers what was shredded')
    .command('accept')
    .description('Accept that an earlier witness is lost, and that this one remembers since its own beginning only')
    .action(() =>
      withStore(async ({ store, print }) => {
        const isAccepted = await inTransaction(store.db, async (tx) => {
          await holdLock(tx, WITNESS_LOCK);
          if (!(await store.witness.acceptLoss())) return false;
          await appendAudit(store.vault, tx, { event: 'witness-loss-accepted', details: { actor: 'command line' } });
          return true;
        });
        print(isAccepted ? 'Accepted.' : 'There is no loss to accept.');
      }),
    );
}
