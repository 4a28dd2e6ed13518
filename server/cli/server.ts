// Owns the commands about the server itself: start, migrate, doctor, config.

import type { Command } from 'commander';
import { readEnvironment } from '../config.ts';
import { configRows } from '../config-show.ts';
import { checkDatabase } from '../db/engine.ts';
import { migrate, pendingMigrations } from '../db/migrate.ts';
import { queueAgeMs } from '../outbox/outbox.store.ts';
import { print, withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

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
      withStore(async ({ store, print: say }) => {
        const ran = await migrate(store.db);
        say(ran.length === 0 ? 'The database is up to date.' : `Ran ${ran.join(', ')}.`);
      }),
    );

  program
    .command('doctor')
    .description('Check settings, keyring, database, blobs and queue')
    .action(() => withStore(examine));

  program
    .command('config')
    .description('Show every setting, where it comes from, secrets masked')
    .action(() => {
      const { env, dotEnv } = readEnvironment();
      const rows = configRows(env, dotEnv);
      const width = Math.max(...rows.map((row) => row.name.length));
      for (const row of rows) print(`${row.name.padEnd(width)}  ${row.value}  (${row.source})`);
    });
}

async function examine({ config, store, print: say }: Desk): Promise<void> {
  const checks: readonly [name: string, check: () => Promise<string>][] = [
    [
      'settings',
      async () => (config.tryOut ? 'try-out mode: mail stays in the local mailbox' : 'ready for production'),
    ],
    ['keyring', async () => `${store.keyring.keyIds().length} keys; ${store.keyring.currentKeyId} seals new messages`],
    [
      'database',
      async () => {
        await checkDatabase(store.db);
        const pending = await pendingMigrations(store.db);
        return pending.length === 0 ? 'up to date' : `run sealpost migrate (${pending.join(', ')})`;
      },
    ],
    [
      'blobs',
      async () => {
        await store.vault.blobs.check();
        return 'can be written';
      },
    ],
    [
      'queue',
      async () => `oldest due job waits ${Math.round((await queueAgeMs(store.db, store.vault.clock)) / 1000)} s`,
    ],
  ];
  for (const [name, check] of checks) {
    try {
      say(`ok      ${name.padEnd(9)} ${await check()}`);
    } catch (error) {
      process.exitCode = 1;
      say(
        `failed  ${name.padEnd(9)} ${error instanceof Error && 'code' in error ? String(error.code) : 'see the log'}`,
      );
    }
  }
}
