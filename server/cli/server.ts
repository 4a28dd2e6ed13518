// Owns the commands about the server itself: start, migrate, config.

import type { Command } from 'commander';
import { readEnvironment } from '../config.ts';
import { configRows } from '../config-show.ts';
import { migrate } from '../db/migrate.ts';
import { print, tell, withStoreAsItIs } from './with-store.ts';

export function registerServer(program: Command): void {
  program
    .command('start')
    .description('Run portal, SMTP ingestion and worker')
    // Loaded only here: every other command would pay for the whole program.
    .action(async () => (await import('../main.ts')).start());

  program
    .command('migrate')
    .description('Bring the database up to date')
    .action(() =>
      withStoreAsItIs(
        async ({ store }) => {
          const ran = await migrate(store.db);
          print(ran.length === 0 ? 'The database is up to date.' : `Ran ${ran.join(', ')}.`);
        },
        { mayBegin: true },
      ),
    );

  program
    .command('config')
    .description('Show every setting, where it comes from, secrets masked')
    .action(() =>
      tell(async () => {
        const { env, dotEnv } = readEnvironment();
        const rows = configRows(env, dotEnv);
        const width = Math.max(...rows.map((row) => row.name.length));
        for (const row of rows) print(`${row.name.padEnd(width)}  ${row.value}  (${row.source})`);
      }),
    );
}
