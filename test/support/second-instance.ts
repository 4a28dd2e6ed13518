// Owns a second Sealpost on the data of the first, in a process of its own, as a second machine would be. Its
// worker rests: who drains the first sees all that was asked of either.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Running } from './program.ts';

export interface SecondInstance {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startSecond(first: Running): Promise<SecondInstance> {
  const { database } = first.config;
  const args = [first.dataDir, first.url, ...(database.kind === 'postgres' ? [database.url] : [])];
  const child = fork(join(import.meta.dirname, 'second-instance-process.ts'), args, {
    execArgv: [], // the runner's flags are not its
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [url]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof url !== 'string') throw new Error('the second instance did not start');
  return {
    url,
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
