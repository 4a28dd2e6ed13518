// Owns running a program on a hostile file: no environment, bounded memory, time and output, ended with everything it
// began. Where the kernel lets an ordinary user make namespaces (Linux), it also sees no network, no other process and
// no file but programs, fonts and its own folder.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { AppError } from '../core/errors.ts';
import { once } from '../core/once.ts';
import { sentence } from '../language/words.ts';
import { viewingLimits } from './limits.ts';

export interface LockedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Goes to its standard input. */
  readonly input?: readonly Buffer[];
  /** The one folder it may write to; it is called `/job` inside when isolated. */
  readonly folder?: string;
  /** Folders and files it may read besides the system's programs and fonts. */
  readonly readable: readonly string[];
  readonly budgetMs: number;
  readonly memoryBytesMax: number;
  readonly fileBytesMax?: number;
  readonly isolated: boolean;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
}

export type LockedEnd =
  { readonly ended: 'well'; readonly answer: Buffer } | { readonly ended: 'time' | 'crash' | 'too-much' };

/** Runs it to its end. What it writes to descriptor 3 is its answer; nothing else of it is kept. */
export function runLocked(command: LockedCommand): Promise<LockedEnd> {
  return new Promise((resolve) => {
    const child = start(command);
    const pieces: Buffer[] = [];
    let bytes = 0;
    let ending: 'time' | 'too-much' | 'crash' | undefined;
    const stop = (why: 'time' | 'too-much' | 'crash'): void => {
      ending ??= why;
      killAll(child);
    };
    const stopNow = (): void => stop('crash');
    if (command.signal?.aborted === true) stopNow();
    command.signal?.addEventListener('abort', stopNow);
    const timer = setTimeout(() => stop('time'), command.budgetMs);
    const answer = child.stdio[3];
    if (answer === undefined || answer === null || !('read' in answer)) throw new Error('no pipe for the answer');
    answer.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > viewingLimits.answerBytesMax) stop('too-much');
      else pieces.push(piece);
    });
    answer.on('error', () => undefined);
    child.on('error', () => undefined); // `close` follows
    child.on('exit', () => killAll(child)); // what it began and left behind
    child.on('close', (code) => {
      clearTimeout(timer);
      command.signal?.removeEventListener('abort', stopNow);
      if (ending !== undefined) resolve({ ended: ending });
      else if (code === 0) resolve({ ended: 'well', answer: Buffer.concat(pieces) });
      else resolve({ ended: 'crash' });
    });
    child.stdin?.on('error', () => undefined); // it ended before it had read everything
    for (const piece of command.input ?? []) child.stdin?.write(piece);
    child.stdin?.end();
  });
}

/**
 * Whether this machine lets a process be locked away from network and files. Tried once; a machine that was too slow to
 * say so is asked again. Throws server/busy.
 */
export const canIsolate = once(async (): Promise<boolean> => {
  const { ended } = await runLocked({
    file: 'true',
    args: [],
    readable: [],
    budgetMs: 5_000,
    memoryBytesMax: viewingLimits.paintMemoryBytesMax,
    isolated: true,
  });
  if (ended === 'time') throw new AppError('server/busy', sentence('problem.busy-means'));
  return ended === 'well';
});

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const NAMESPACES = [
  '--user',
  '--map-root-user',
  '--net',
  '--ipc',
  '--uts',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
];

function start(command: LockedCommand): ChildProcess {
  const { isolated, folder, readable } = command;
  const limit = [
    'ulimit -c 0',
    `ulimit -d ${Math.floor(command.memoryBytesMax / 1024)}`,
    `ulimit -t ${Math.ceil(command.budgetMs / 1000) + 5}`, // should this program die first
    `ulimit -f ${Math.floor((command.fileBytesMax ?? 1024 * 1024) / 512)}`,
    'exec "$@"',
  ].join(' && ');
  const home = isolated ? '/job' : (folder ?? '/');
  const inner = ['env', '-i', `PATH=${PATH}`, `HOME=${home}`, `TMPDIR=${home}`, command.file, ...command.args];
  const outer = isolated ? ['unshare', ...NAMESPACES, 'sh', '-c', LOCK, 'sh', ...inner] : inner;
  return spawn('/bin/sh', ['-c', limit, 'sh', ...outer], {
    cwd: '/',
    detached: true, // a process group of its own, to be ended as one
    env: { PATH, ...(isolated ? { JOB: folder ?? '', READABLE: readable.join('\n') } : {}) },
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
}

function killAll(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

// A root of its own made of what it may see, mounted over /sys in a mount namespace that nobody else sees; then the
// old root is gone and so is every capability.
const LOCK = `
set -e
root=/sys
mount -t tmpfs -o mode=755,size=4m none $root
show() {
  if [ -e "$root$1" ]; then return 0; fi # it lies within what is shown already
  if [ -d "$1" ]; then mkdir -p "$root$1"; elif [ -f "$1" ]; then mkdir -p "$root\${1%/*}"; : > "$root$1"; else return 0; fi
  mount --rbind "$1" "$root$1"
  mount -o remount,bind,ro,nosuid,nodev "$root$1"
}
for path in /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/libexec /usr/share /usr/local/bin /usr/local/lib /bin /sbin /lib /lib64 /etc/fonts /etc/libreoffice /var/cache/fontconfig; do
  show "$path"
done
IFS='
'
for path in $READABLE; do show "$path"; done
unset IFS
mkdir -p $root/dev $root/proc $root/tmp $root/job $root/old
for node in null urandom; do : > $root/dev/$node; mount --bind /dev/$node $root/dev/$node; done
[ -z "$JOB" ] || mount --bind "$JOB" $root/job
mount -t proc none $root/proc
cd $root
pivot_root . old
exec chroot . sh -c 'umount -l /old && exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"' sh "$@"
`;
