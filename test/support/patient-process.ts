// Owns running a program of Node to its end, however it ends: one that never does is asked where it stands, and killed.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const ASKED_MS = 5_000;
const LAST_WORDS_MS = 3_000;
const TAIL_LENGTH = 100;

export interface ProcessEnd {
  /** It was killed for never ending. */
  readonly hung: boolean;
  /** What it said on both of its ways, as it came. */
  readonly output: string;
}

/**
 * `lastWords`: who has said this has nothing left to do, and is asked to end when something that it left open keeps it.
 * `msMax`: how long it may take.
 */
export async function runProcess(
  node: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; lastWords: RegExp; msMax: number },
): Promise<ProcessEnd> {
  const child = spawn(node, ['--inspect-port=0', ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let isLast = false;
  const take = (text: string): void => {
    output += text;
    if (isLast || !options.lastWords.test(output.slice(-TAIL_LENGTH - text.length))) return;
    isLast = true;
    setTimeout(() => child.kill('SIGTERM'), LAST_WORDS_MS).unref();
    setTimeout(() => child.kill('SIGKILL'), 2 * LAST_WORDS_MS).unref();
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => {
      child.on('close', () => resolve());
      setTimeout(() => resolve(), LAST_WORDS_MS); // something that it left running holds the pipe
    });
  });
  const limit = new AbortController();
  const late = pause(options.msMax, 'late' as const, { signal: limit.signal }).catch(() => null);
  const first = await Promise.race([ended, late]);
  limit.abort();
  if (first !== 'late') return { hung: false, output };
  const threads = threadsOf(child.pid);
  child.kill('SIGUSR1'); // opens its debugger, also while it never comes back to its event loop
  await pause(ASKED_MS);
  const debuggerUrl = /Debugger listening on (ws:\S+)/.exec(output)?.[1];
  const stack = debuggerUrl === undefined ? 'it opens no debugger' : await stackOf(debuggerUrl);
  child.kill('SIGKILL');
  await ended;
  const standing = `\nNever ended; ${options.msMax / 1_000} s are over.\n${threads}\n${stack}\n`;
  return { hung: true, output: output + standing };
}

/** Each thread with its state and the system call it waits in, where the system tells. */
function threadsOf(pid: number | undefined): string {
  try {
    const tasks = `/proc/${pid}/task`;
    const read = (task: string, what: string): string => readFileSync(`${tasks}/${task}/${what}`, 'utf8').trim();
    return readdirSync(tasks)
      .map((task) => `${read(task, 'comm')} ${/\) (\S)/.exec(read(task, 'stat'))?.[1] ?? ''} ${read(task, 'wchan')}`)
      .join('\n');
  } catch {
    return 'its threads are not told';
  }
}

const pausedSchema = z.object({
  method: z.literal('Debugger.paused'),
  params: z.object({
    callFrames: z.array(
      z.object({ functionName: z.string(), url: z.string(), location: z.object({ lineNumber: z.number() }) }),
    ),
  }),
});

/** The calls it is in, by the Chrome DevTools Protocol. */
function stackOf(url: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    setTimeout(() => resolve('it runs no JavaScript'), ASKED_MS);
    socket.addEventListener('error', () => resolve('its debugger does not answer'));
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ id: 1, method: 'Debugger.enable' }));
      socket.send(JSON.stringify({ id: 2, method: 'Debugger.pause' }));
    });
    socket.addEventListener('message', ({ data }) => {
      const message = pausedSchema.safeParse(JSON.parse(String(data)));
      if (!message.success) return;
      const frames = message.data.params.callFrames;
      resolve(frames.map((frame) => `${frame.functionName} ${frame.url}:${frame.location.lineNumber + 1}`).join('\n'));
      socket.close();
    });
  });
}
