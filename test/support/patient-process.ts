// Owns running a program to its end, however it ends: one that never does is asked where it stands, and killed.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const REPORT_MS = 5_000;
const LAST_WORDS_MS = 2_000;

/** What of a diagnostic report of Node tells where it stands; there is nothing of its environment in it. */
const reportSchema = z.object({
  javascriptStack: z.object({ stack: z.array(z.string()).optional() }).loose(),
  nativeStack: z.array(z.object({ symbol: z.string() })).optional(),
  libuv: z.array(z.object({ type: z.string(), is_active: z.boolean().optional() }).loose()).optional(),
});

export interface ProcessEnd {
  /** Null: it was killed. */
  readonly code: number | null;
  /** What it said on both of its ways, as it came. */
  readonly output: string;
}

/** Runs a program of Node. `msMax`: how long it may take. */
export async function runProcess(
  node: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; msMax: number },
): Promise<ProcessEnd> {
  const reports = mkdtempSync(join(tmpdir(), 'sealpost-report-'));
  const asking = [
    '--report-on-signal',
    `--report-directory=${reports}`,
    '--report-exclude-network',
    '--report-exclude-env',
  ];
  const child = spawn(node, [...asking, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (text: string): void => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const limit = new AbortController();
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      child.on('close', () => resolve(code));
      setTimeout(() => resolve(code), LAST_WORDS_MS); // something that it left running holds the pipe
    });
  });
  const late = pause(options.msMax, 'late' as const, { signal: limit.signal }).catch(() => null);
  try {
    const first = await Promise.race([ended, late]);
    if (first !== 'late') return { code: first, output };
    child.kill('SIGUSR2');
    await pause(REPORT_MS);
    output += `\nNever ended; ${options.msMax / 1_000} s are over. It stands here:\n${standing(reports)}\n`;
    child.kill('SIGKILL');
    return { code: await ended, output };
  } finally {
    limit.abort();
    rmSync(reports, { recursive: true, force: true });
  }
}

function standing(reports: string): string {
  const [name] = readdirSync(reports);
  if (name === undefined) return 'it did not say';
  const report = reportSchema.safeParse(JSON.parse(readFileSync(join(reports, name), 'utf8')));
  if (!report.success) return 'what it said cannot be read';
  const { javascriptStack, nativeStack = [], libuv = [] } = report.data;
  return [
    ...(javascriptStack.stack ?? []),
    ...nativeStack.map(({ symbol }) => symbol),
    `active handles: ${libuv.flatMap(({ type, is_active: active }) => (active === true ? [type] : [])).join(' ')}`,
  ].join('\n');
}
