// Owns the rows of the process itself: how soon after it is started it answers, and what memory it keeps when nobody
// asks anything of it.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf } from '../../test/support/child-program.ts';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { sendMails } from '../load/smtp-source.ts';
import { median, seconds, shown, spread } from '../rounds.ts';
import { freePort } from '../../test/support/free-port.ts';
import { productionSettings, startSealpost } from '../sealpost.ts';

const COMMAND = join(import.meta.dirname, '../../server/cli/sealpost.mjs');
const MB = 1e6;

export const start: Benchmark = {
  name: 'start to first answer',
  unit: 's',
  bar: { below: 1 },
  run: async (bench) => {
    const rounds = bench.quick ? 1 : 7;
    const [first, again]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const dir = await mkdtemp(join(bench.dir, 'start-'));
      first.push(await startOnce(bench, dir));
      again.push(await startOnce(bench, dir));
    }
    return {
      value: median(again),
      notes: [`rounds: ${spread(again)}; the very first on an empty folder ${shown(median(first))} s`],
    };
  },
};

export const idleMemory: Benchmark = {
  name: 'resident memory, idle',
  unit: 'MB',
  bar: { below: 120 },
  needs: ['smtp-source'],
  run: async (bench): Promise<Measured> => {
    const dir = await mkdtemp(join(bench.dir, 'start-'));
    const { child } = await startCommand(bench, dir);
    await pause(bench.quick ? 500 : 10_000);
    const { now } = await memoryOf(child.pid ?? 0);
    await end(child);
    const sealpost = await startSealpost(bench);
    await sendMails({ port: sealpost.smtpPort, mails: bench.quick ? 100 : 2_000, reuse: true });
    await pause(bench.quick ? 500 : 10_000);
    const after = await memoryOf(sealpost.pid);
    return {
      value: now / MB,
      notes: [`after 2,000 mails: ${shown(after.now / MB)} MB, at most ${shown(after.peak / MB)} MB`],
    };
  },
};

async function startOnce(bench: Bench, dir: string): Promise<number> {
  const { child, tookSeconds } = await startCommand(bench, dir);
  await end(child);
  return tookSeconds;
}

/** The program as an operator starts it. Asks until it answers. */
async function startCommand(bench: Bench, dir: string): Promise<{ child: ChildProcess; tookSeconds: number }> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const tookSeconds = await seconds(async () => {
    child = spawn(process.execPath, [COMMAND, 'start'], {
      cwd: dir,
      env: { NODE_ENV: 'production', ...productionSettings(join(dir, 'data'), port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    while (!(await answers(`http://127.0.0.1:${port}/healthz`))) {
      if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
      await pause(2);
    }
  });
  if (child === undefined) throw new Error('nothing was started');
  const started = child;
  bench.atEnd(() => end(started));
  return { child, tookSeconds };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status === 200;
  } catch {
    return false; // nobody listens yet
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
