// Owns watching the system calls of a process that runs: which began, which had ended before another began. Linux
// only, and only for those who may trace.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

export interface SystemCall {
  readonly name: string;
  /** As strace writes them: open files as `31</path>`, texts in quotes and cut short. */
  readonly args: string;
  /** Places in the order of all beginnings and ends. */
  readonly began: number;
  readonly ended: number;
}

/** Why nothing can be watched here, or undefined: for the one loud line of a skipped test. */
export function straceMissing(): string | undefined {
  const tried = spawnSync('strace', ['-e', 'trace=none', 'true']);
  return tried.status === 0 ? undefined : 'SKIPPED: strace is not installed, or may not trace (apt-get install strace)';
}

/** Runs `work` and tells the calls of these names that the process made meanwhile, in all of its threads. */
export async function traceCalls(
  pid: number,
  names: readonly string[],
  file: string,
  work: () => Promise<unknown>,
): Promise<SystemCall[]> {
  // With a question mark: not every machine has every call.
  const wanted = names.map((name) => `?${name}`).join(',');
  const args = ['-f', '-yy', '-s', '32', '-e', `trace=${wanted}`, '-o', file, '-p', String(pid)];
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(tracer, 'exit');
  for await (const said of tracer.stderr.iterator({ destroyOnReturn: false })) {
    if (/attached/.test(String(said))) break;
  }
  tracer.stderr.resume();
  try {
    await work();
  } finally {
    tracer.kill('SIGINT');
    await gone;
  }
  return callsIn(await readFile(file, 'utf8'));
}

// A call during which another thread's was written stands in two lines: `123 fsync(4</f> <unfinished ...>` and, later,
// `123 <... fsync resumed>) = 0`.
function callsIn(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const begun = new Map<string, Omit<SystemCall, 'ended'>>();
  for (const [at, line] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, name, args = ''] = /^(\w+)\((.*?)(?:\) += .*| <(?:unfinished|detached) \.\.\.>)$/.exec(rest) ?? [];
    if (name !== undefined && /<(?:unfinished|detached) \.\.\.>$/.test(rest))
      begun.set(thread, { name, args, began: at });
    else if (name !== undefined) calls.push({ name, args, began: at, ended: at });
    const call = begun.get(thread);
    if (call === undefined || !/^<\.\.\. \w+ resumed>/.test(rest)) continue;
    begun.delete(thread);
    calls.push({ ...call, ended: at });
  }
  // Whom it was written to may have had it before the call came back, and have ended the trace.
  for (const call of begun.values()) calls.push({ ...call, ended: Number.POSITIVE_INFINITY });
  return calls;
}
