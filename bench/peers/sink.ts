// Owns a relay that takes every mail and forgets it: Debian's smtp-sink.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../benchmark.ts';
import { freePort, listens } from '../../test/support/free-port.ts';

const BACKLOG = '100';
const TRIES_MAX = 200;

/** @returns the port of loopback where it listens. */
export async function startSink(bench: Bench): Promise<number> {
  const port = await freePort();
  // As root it insists on becoming somebody else.
  const asWhom = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('smtp-sink', [...asWhom, `127.0.0.1:${port}`, BACKLOG], { stdio: 'ignore' });
  bench.atEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  });
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (tries > TRIES_MAX) throw new Error('smtp-sink did not start');
    await pause(20);
  }
  return port;
}
