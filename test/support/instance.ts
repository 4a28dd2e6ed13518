// Owns one of several equal Sealposts, each in a process of its own, on a database and blobs that they share. Its
// leases are as short as a test wants them.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export interface Instance {
  readonly url: string;
  readonly smtpPort: number;
  /** SIGSTOP and SIGCONT: as a machine that stands still for a while. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
  /** Lets it end what is under way. */
  stop(): Promise<void>;
}

const reachedSchema = z.object({ url: z.string(), smtpPort: z.number() });

export async function startInstance(env: Record<string, string>, leaseMs: number): Promise<Instance> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
  const args = [dataDir, String(leaseMs), JSON.stringify(env)];
  const child = fork(join(import.meta.dirname, 'instance-process.ts'), args, {
    execArgv: [], // the runner's flags are not its
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit').then(() => rm(dataDir, { recursive: true, force: true }));
  const [reached]: unknown[] = await Promise.race([once(child, 'message'), gone.then(() => [])]);
  return {
    ...reachedSchema.parse(reached),
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
