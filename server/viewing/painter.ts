// Owns asking the painting process: one new process for each question, so that a file that took one over meets no
// other file, and nothing of it stays.

import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { viewingLimits } from './limits.ts';
import { runLocked } from './locked-process.ts';
import { readAnswer } from './paint-protocol.ts';
import type { Failure, ImageFormat, PageLook, PaintAsk } from './paint-protocol.ts';

export type Painted =
  | { readonly ok: true; readonly look: PageLook; readonly image: Buffer }
  | { readonly ok: false; readonly why: Failure; readonly pages?: number | undefined };

export interface PaintOptions {
  readonly budgetMs: number;
  readonly isolated: boolean;
  readonly signal?: AbortSignal;
}

/** Never throws for what is in the file: that ends as 'broken' or 'too-large'. */
export async function paint(
  ask: PaintAsk,
  bytes: Buffer,
  { budgetMs, isolated, signal }: PaintOptions,
): Promise<Painted> {
  const end = await runLocked({
    file: process.execPath,
    args: [...NODE_FLAGS, SCRIPT],
    input: [Buffer.from(`${JSON.stringify(ask)}\n`), bytes],
    readable: READABLE,
    budgetMs,
    memoryBytesMax: viewingLimits.paintMemoryBytesMax,
    isolated,
    ...(signal === undefined ? {} : { signal }),
  });
  if (end.ended !== 'well') return { ok: false, why: end.ended === 'crash' ? 'broken' : 'too-large' };
  const read = readAnswer(end.answer);
  if (read === undefined) return { ok: false, why: 'broken' };
  const { answer, image } = read;
  if (!answer.ok) return { ok: false, why: answer.why, pages: answer.pages };
  // What the browser gets under our name is a picture and nothing else.
  if (ask.task === 'draw' && !BEGINNINGS[ask.format].test(image.toString('latin1', 0, 16)))
    return { ok: false, why: 'broken' };
  return { ok: true, look: answer.look, image };
}

const BEGINNINGS: Record<ImageFormat, RegExp> = { png: /^\x89PNG\r\n\x1a\n/, webp: /^RIFF[^]{4}WEBP/ };
const HERE = import.meta.dirname;
const SCRIPT = join(HERE, 'paint', `paint-process${extname(import.meta.url)}`);
const MODULES = modulesFolder(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json')));
const READABLE = [dirname(HERE), MODULES, join(dirname(HERE), '..', 'package.json'), process.execPath];
// Node's own permissions: reading code and fonts, and nothing else: no writing, no network through it, no processes.
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
