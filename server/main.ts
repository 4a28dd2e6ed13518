// Owns the life of the server process: read the settings, start, say where it is, stop when asked.

import { compose } from './compose.ts';
import { ConfigError, loadConfig, readEnvironment } from './config.ts';
import type { Config } from './config.ts';
import { systemClock } from './core/clock.ts';
import { createLog } from './core/log.ts';
import { openStore } from './store.ts';

/** Runs until the process is told to stop. @returns the exit code, when it could not start. */
export async function start(): Promise<number | undefined> {
  let config: Config;
  try {
    config = loadConfig(readEnvironment().env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  const program = await compose(config, await openStore(config, systemClock), systemClock, log);
  const where = await program.listen();
  log.info('started', { host: where.http });
  if (config.tryOut) process.stdout.write(greeting(config, where));

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
  return undefined;
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
