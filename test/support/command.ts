// Owns running the operator's command line as a process, as an operator does.

import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface CommandEnded {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const command = join(import.meta.dirname, '../../server/cli/sealpost.mjs');
const WAIT_MS = 60_000;

/** Runs `sealpost ARGS` with these settings and no others. */
export function sealpost(env: Record<string, string>, ...args: string[]): Promise<CommandEnded> {
  return new Promise((resolve, reject) => {
    const all = { PATH: process.env['PATH'], ...env };
    // Away from the project's folder, where a developer's .env could lie.
    execFile(process.execPath, [command, ...args], { cwd: '/', env: all, timeout: WAIT_MS }, (error, out, err) => {
      if (error === null) resolve({ code: 0, out, err });
      else if (typeof error.code === 'number') resolve({ code: error.code, out, err });
      else reject(error);
    });
  });
}
