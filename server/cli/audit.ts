// Owns the commands about the audit log.

import type { Command } from 'commander';
import { readAudit, verifyAudit } from '../audit/audit.store.ts';
import { SEAL_BROKEN } from '../operator-words.ts';
import { fail, withStore } from './with-store.ts';

export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('The audit log');

  audit
    .command('verify')
    .description('Walk the chain of entries and name the first that does not follow')
    .action(() =>
      withStore(async ({ store, print }) => {
        const verdict = await verifyAudit(store.keyring, store.db);
        if (verdict.holds) {
          print(`The chain holds: ${verdict.entries} entries.`);
          return;
        }
        print(`The chain is broken at entry ${verdict.brokenAt}.`);
        process.exitCode = 1;
      }),
    );

  audit
    .command('export')
    .description('Write every entry as a line of JSON')
    .action(() =>
      withStore(async ({ store, print }) => {
        const closed: number[] = [];
        for await (const entry of readAudit(store.keyring, store.db)) {
          if (entry.details === undefined) closed.push(entry.seq);
          print(JSON.stringify(entry));
        }
        if (closed.length > 0) fail(`${SEAL_BROKEN} Entries without their details: ${closed.join(', ')}.`);
      }),
    );
}
