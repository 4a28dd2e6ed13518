// Owns the keyring that a command prints: a secret store's own client, say. No shell comes between, the command gets
// a bare environment, and what it says on standard error is not repeated, for it may hold what nobody should read.

import { execFile } from 'node:child_process';
import { SECOND_MS } from '../core/clock.ts';
import { parseKeyring } from '../crypto/keyring.ts';
import { KeyringFault } from '../crypto/keyring-format.ts';
import type { KeyringSource } from './source.ts';

export interface KeyringCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** All that it gets of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10 * SECOND_MS;
const OUTPUT_BYTES_MAX = 1024 * 1024;

export function commandSource(wanted: KeyringCommand): KeyringSource {
  return { load: async () => parseKeyring(await outputOf(wanted)) };
}

function outputOf({ command, args, env, timeoutMs = TIMEOUT_MS }: KeyringCommand): Promise<string> {
  const options = { env, timeout: timeoutMs, maxBuffer: OUTPUT_BYTES_MAX, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, output) => {
      if (error === null) resolve(output);
      else reject(new KeyringFault(`the command of KEYRING=exec: ${faultOf(error, timeoutMs)}`));
    });
    child.stdin?.end(); // one that asks for a passphrase learns at once that nobody is there
  });
}

function faultOf(error: Error & { readonly code?: unknown; readonly killed?: boolean }, timeoutMs: number): string {
  if (typeof error.code === 'number') return `ended with code ${error.code}`;
  if (error.code === 'ENOENT') return 'was not found';
  if (error.code === 'EACCES') return 'may not be run by this user';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${OUTPUT_BYTES_MAX} bytes`;
  if (error.killed === true) return `did not end within ${timeoutMs / SECOND_MS} seconds`;
  return 'was ended from outside';
}
