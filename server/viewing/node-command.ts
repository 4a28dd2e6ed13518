// Owns how a process of ours is started that opens what strangers wrote: Node with its own permissions. It may read code and
// fonts, and nothing else: no writing, no network through it, no processes.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { viewingLimits } from './limits.ts';
import type { LockedCommand } from './locked-process.ts';

export function nodeCommand(script: string): Pick<LockedCommand, 'file' | 'args' | 'readable'> {
  return { file: process.execPath, args: [...NODE_FLAGS, script], readable: READABLE };
}

const HERE = import.meta.dirname;
const MODULES = modulesFolder(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json')));
const READABLE = [dirname(HERE), MODULES, join(dirname(HERE), '..', 'package.json'), process.execPath];
const NODE_FLAGS = [
  '--permission',
  '--allow-addons',
  ...READABLE.map((path) => `--allow-fs-read=${path}`),
  ...['/usr/share/fonts', '/usr/local/share/fonts', '/etc/fonts'].map((path) => `--allow-fs-read=${path}`),
  '--no-warnings',
  `--max-old-space-size=${viewingLimits.paintHeapMb}`,
];

function modulesFolder(path: string): string {
  return path.slice(0, path.lastIndexOf('node_modules') + 'node_modules'.length);
}
