// Owns starting and ending a process that is measured, Sealpost's or a peer's: a module of its own Node, which sends
// a first message when it is ready and goes when it is told.

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './benchmark.ts';

export interface ChildOptions {
  /** All that it knows of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Its folder, which gets its log. */
  readonly dir: string;
  /** Where to leave a CPU profile of its main thread when it ends. */
  readonly profileDir?: string | undefined;
}

export interface Child {
  readonly pid: number;
  /** What it said first. */
  readonly ready: unknown;
  /** Sends it a word, for which it sends another message. */
  ask(word: string): Promise<unknown>;
  stop(): Promise<void>;
}

const START_WAIT_MS = 30_000;

/** It is stopped when the benchmark ends. @throws Error when it ends by itself or says nothing for half a minute. */
export async function startChild(bench: Bench, module: string, { env, dir, profileDir }: ChildOptions): Promise<Child> {
  const log = await open(join(dir, 'child.log'), 'a');
  const child = fork(module, {
    cwd: dir, // so that no .env of the machine it runs on counts
    env: { NODE_ENV: 'production', ...env },
    execArgv: profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`],
    stdio: ['ignore', log.fd, 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  await log.close();
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  bench.atEnd(stop);
  const ask = async (word: string): Promise<unknown> => {
    const answer = nextMessage(child);
    child.send(word);
    return answer;
  };
  return { pid: child.pid ?? 0, ready: await nextMessage(child), ask, stop };
}

/** Starts the process of bench/peers/NAME.ts, which says on which port of loopback it listens. */
export async function startPeer(
  bench: Bench,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Child & { readonly port: number }> {
  const child = await startChild(bench, join(import.meta.dirname, 'peers', `${name}.ts`), { dir: bench.dir, env });
  return { ...child, port: Number(child.ready) };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const wait = new AbortController();
  const timer = setTimeout(() => wait.abort(), START_WAIT_MS);
  try {
    const said = once(child, 'message', { signal: wait.signal }).then(([message]: unknown[]) => message);
    const ended = once(child, 'exit', { signal: wait.signal }).then(([code]: unknown[]) => {
      throw new Error(`a measured process ended with ${String(code)}`);
    });
    return await Promise.race([said, ended]);
  } finally {
    clearTimeout(timer);
    wait.abort();
  }
}
