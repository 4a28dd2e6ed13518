// Owns Debian's smtp-sink as the relay: a mail server that fails on purpose, at the step that a test names.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, listens } from './free-port.ts';

export interface Sink {
  readonly port: number;
  /** Begins with these flags in place of those it had. */
  restart(...flags: string[]): Promise<void>;
  stop(): Promise<void>;
  /** How many mails it has written down for this recipient. */
  mailsTo(address: string): Promise<number>;
  close(): Promise<void>;
}

const PROGRAM = '/usr/sbin/smtp-sink';

/** Why there is none on this machine, or undefined. */
export function missingSink(): string | undefined {
  const { error } = spawnSync(PROGRAM, { stdio: 'ignore' });
  return error === undefined ? undefined : 'SKIPPED: needs smtp-sink (apt-get install postfix)';
}

export async function makeSink(): Promise<Sink> {
  const folder = await mkdtemp(join(tmpdir(), 'sealpost-sink-'));
  await chmod(folder, 0o777); // it gives up its rights
  const dump = join(folder, 'mails');
  const port = await freePort();
  let running: ReturnType<typeof spawn> | undefined;

  async function stop(): Promise<void> {
    if (running === undefined) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    running = undefined;
    await gone;
  }

  return {
    port,
    restart: async (...flags) => {
      await stop();
      const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
      running = spawn(PROGRAM, [...account, '-4', '-D', dump, ...flags, `127.0.0.1:${port}`, '100'], {
        stdio: 'ignore',
      });
      while (!(await listens(port))) await delay(5);
    },
    stop,
    mailsTo: async (address) => {
      const text = await readFile(dump, 'latin1').catch(() => '');
      return text.split('\n').filter((line) => line.startsWith('X-Rcpt-Args:') && line.includes(`<${address}>`)).length;
    },
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
