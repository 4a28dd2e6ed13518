// Owns what every command does around its work: read the settings, open the store, close it, and turn what
// an operator can mend into one line and an exit code.

import { loadConfig, readEnvironment } from '../config.ts';
import type { Config } from '../config.ts';
import { SteadyClock } from '../core/clock.ts';
import { ensureMigrated } from '../db/migrate.ts';
import { checkKeyring } from '../keys/check-keyring.ts';
import { operatorWords } from '../operator-words.ts';
import { openStore } from '../store.ts';
import type { OpenOptions, Store } from '../store.ts';
import { setClock } from '../timekeeping.ts';

export interface Desk {
  readonly config: Config;
  readonly store: Store;
  readonly clock: SteadyClock;
  print(line: string): void;
}

/** Runs the command on a store that is up to date. Where there is none, in a wrong folder say, it makes none. */
export function withStore(
  work: (desk: Desk) => Promise<void>,
  options: OpenOptions = { mayBegin: false },
): Promise<void> {
  return withStoreAsItIs(async (desk) => {
    await ensureMigrated(desk.store.db);
    await checkKeyring(desk.store.db, desk.store.keyring);
    await setClock(desk.store.db, desk.clock);
    await work(desk);
  }, options);
}

/** The same without bringing the database up to date first. */
export async function withStoreAsItIs(work: (desk: Desk) => Promise<void>, options: OpenOptions): Promise<void> {
  await tell(async () => {
    const config = loadConfig(readEnvironment().env);
    const clock = new SteadyClock();
    const store = await openStore(config, clock, options);
    try {
      await work({ config, store, clock, print });
    } finally {
      await store.close();
    }
  });
}

/** Ends the command with one line on standard error when the fault is the operator's to mend. */
export async function tell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const words = operatorWords(error);
    if (words === undefined) throw error;
    fail(words);
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function fail(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
