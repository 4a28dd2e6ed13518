// Owns a Sealpost in a process of its own, started as an operator starts it: for tests that look at its memory or
// kill it. Its clock is the real one, its worker runs.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../server/config.ts';
import { isoNow, systemClock } from '../../server/core/clock.ts';
import { openStore } from '../../server/store.ts';
import type { Store } from '../../server/store.ts';
import type { Reached } from './mailbox.ts';
import { freePort } from './free-port.ts';

export interface ChildProgram extends Reached {
  readonly pid: number;
  readonly smtpPort: number;
  /** Its data, opened beside it. */
  readonly store: Store;
  /** What it has written so far. */
  readonly output: () => string;
  /** Waits until its worker has done all that is due. */
  drain(): Promise<void>;
  /** Resolves when it is gone. SIGKILL: as the power goes. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..', '..');
const START_WAIT_MS = 30_000;
const DRAIN_WAIT_MS = 30_000;

export async function startChild(dataDir: string, more: Record<string, string> = {}): Promise<ChildProgram> {
  const httpPort = await freePort();
  const env = {
    DATA_DIR: dataDir,
    HTTP_LISTEN: `127.0.0.1:${httpPort}`,
    PUBLIC_URL: `http://localhost:${httpPort}`,
    SMTP_LISTEN: '127.0.0.1:0',
    METRICS_LISTEN: '127.0.0.1:0',
    LOG_LEVEL: 'error',
    ...more,
  };
  const child = spawn(process.execPath, [join(ROOT, 'server/cli/sealpost.mjs'), 'start'], {
    cwd: dataDir, // so that no .env of the machine it runs on counts
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const smtpPort = await smtpPortOf(child);
  const store = await openStore(loadConfig(env), systemClock);
  return {
    pid: child.pid ?? 0,
    url: env.PUBLIC_URL,
    smtpPort,
    store,
    output: () => output,
    // It goes by itself, and cannot be pushed.
    clock: { nowMs: () => systemClock.nowMs(), forward: () => undefined },
    drain: () => drain(store),
    stop: async (signal) => {
      await store.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

/** Bytes of memory that are, and that at most were, resident: `VmRSS` and `VmHWM` of proc(5). Linux only. */
export async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  return { now: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** The greeting of try-out mode names it, and outside that the log at level info; both come when both listeners are open. */
async function smtpPortOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the output is a pipe');
  const timer = setTimeout(() => child.kill('SIGKILL'), START_WAIT_MS);
  let text = '';
  try {
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      const [, said, logged] = /^ {2}SMTP +\S+:(\d+)$|"host":"\S+:(\d+)","event":"smtp\.listening"/m.exec(text) ?? [];
      const port = said ?? logged;
      if (port !== undefined) return Number(port);
    }
  } finally {
    clearTimeout(timer);
    child.stdout.resume();
  }
  throw new Error(`the program did not start: ${text}`);
}

async function drain(store: Store): Promise<void> {
  for (let waitedMs = 0; waitedMs < DRAIN_WAIT_MS; waitedMs += 20) {
    const due = await store.db
      .selectFrom('outbox')
      .select('id')
      .where('state', 'in', ['ready', 'leased'])
      .where('next_at', '<=', isoNow(systemClock))
      .limit(1)
      .executeTakeFirst();
    if (due === undefined) return;
    await delay(20);
  }
  throw new Error('the worker did not come to an end');
}
