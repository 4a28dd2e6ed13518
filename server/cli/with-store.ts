// Owns what every command does around its work: read the settings, open the store, close it, and turn a
// refusal into one line and an exit code.

import { ConfigError, loadConfig, readEnvironment } from '../config.ts';
import type { Config } from '../config.ts';
import { systemClock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { KeyringFault } from '../crypto/keyring-format.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import { migrate } from '../db/migrate.ts';
import { openStore } from '../store.ts';
import type { Store } from '../store.ts';

export interface Desk {
  readonly config: Config;
  readonly store: Store;
  print(line: string): void;
}

/** Runs the command; whatever it throws that is meant for people ends as one line on standard error. */
export async function withStore(work: (desk: Desk) => Promise<void>): Promise<void> {
  await tell(async () => {
    const config = loadConfig(readEnvironment().env);
    const store = await openStore(config, systemClock);
    try {
      await migrate(store.db);
      await work({ config, store, print });
    } finally {
      await store.close();
    }
  });
}

async function tell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const words = wordsFor(error);
    if (words === undefined) throw error;
    process.stderr.write(`${words}\n`);
    process.exitCode = 1;
  }
}

function wordsFor(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof AppError || error instanceof KeyringFault) return error.message;
  if (error instanceof SealBroken)
    return 'Something sealed does not open: it was changed, or sealed under another keyring.';
  return undefined;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
