// Owns asking the painting process: one new process for each question, so that a file that took one over meets no
// other file, and nothing of it stays.

import { extname, join } from 'node:path';
import { viewingLimits } from './limits.ts';
import { runLocked } from './locked-process.ts';
import { nodeCommand } from './node-command.ts';
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
    ...nodeCommand(SCRIPT),
    input: [Buffer.from(`${JSON.stringify(ask)}\n`), bytes],
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
const SCRIPT = join(import.meta.dirname, 'paint', `paint-process${extname(import.meta.url)}`);
