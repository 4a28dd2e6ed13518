// Owns the life of the server process: read the settings, start, say where it is, stop when asked.

import { compose } from './compose.ts';
import { loadConfig, readEnvironment } from './config.ts';
import type { Config } from './config.ts';
import { configRows } from './config-show.ts';
import type { ConfigRow } from './config-show.ts';
import { SteadyClock } from './core/clock.ts';
import { createLog } from './core/log.ts';
import { ensureMigrated } from './db/migrate.ts';
import { giveBackMemory } from './give-back.ts';
import { operatorWords } from './operator-words.ts';
import { openStore } from './store.ts';
import { startTimekeeping } from './timekeeping.ts';

/** Starts the server, which then runs until the process is told to stop. Ends the process when it cannot start. */
export async function start(): Promise<void> {
  try {
    const { env, dotEnv } = readEnvironment();
    await run(loadConfig(env), configRows(env, dotEnv));
  } catch (error) {
    const words = operatorWords(error);
    if (words === undefined) throw error;
    process.stderr.write(`${words}\n`);
    // Whatever was opened before the fault would keep the process alive.
    process.exit(1);
  }
}

async function run(config: Config, shownSettings: readonly ConfigRow[]): Promise<void> {
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  const clock = new SteadyClock();
  const store = await openStore(config, clock);
  // Before anything is written: what is dated must not be dated by a clock that was set back.
  await ensureMigrated(store.db);
  const timekeeping = await startTimekeeping(store.db, clock, log);
  const program = await compose(config, store, clock, log, { shownSettings });

  const stop = async (): Promise<void> => {
    log.info('stopping');
    try {
      await timekeeping.stop();
    } catch (error) {
      log.warn('clock.keep-failed', { err: error });
    }
    try {
      await program.close();
      process.exit(0);
    } catch (error) {
      log.error('stop.failed', { err: error });
      process.exit(1);
    }
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());

  giveBackMemory();
  const where = await program.listen();
  log.info('smtp.listening', { host: where.smtp });
  log.info('started', { host: where.http });
  if (config.tryOut) process.stdout.write(greeting(config, where));
}

function greeting(config: Config, where: { smtp: string }): string {
  const { baseUrl } = config.portal;
  return [
    '',
    `  Portal    ${baseUrl}`,
    `  SMTP      ${where.smtp}`,
    `  Mailbox   ${baseUrl}/try/mailbox  (all mail that would have left)`,
    '',
    '  Send a first message:  npm run try',
    '',
    '',
  ].join('\n');
}
