// Owns the life of the server process: read the settings, start, say where it is, stop when asked.

import { compose } from './compose.ts';
import { loadConfig, readEnvironment } from './config.ts';
import type { Config } from './config.ts';
import { systemClock } from './core/clock.ts';
import { createLog } from './core/log.ts';
import { operatorWords } from './operator-words.ts';
import { openStore } from './store.ts';

/** Starts the server, which then runs until the process is told to stop. Ends the process when it cannot start. */
export async function start(): Promise<void> {
  try {
    await run(loadConfig(readEnvironment().env));
  } catch (error) {
    const words = operatorWords(error);
    if (words === undefined) throw error;
    process.stderr.write(`${words}\n`);
    // Whatever was opened before the fault would keep the process alive.
    process.exit(1);
  }
}

async function run(config: Config): Promise<void> {
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  const program = await compose(config, await openStore(config, systemClock), systemClock, log);

  const stop = (): void => {
    log.info('stopping');
    void program.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('stop.failed', { err: error });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);

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
