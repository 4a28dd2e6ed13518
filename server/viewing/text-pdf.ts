// Owns asking for a text as a PDF: a process of its own sets it, so that no text holds up the program, whatever is in it.

import { join, extname } from 'node:path';
import { z } from 'zod';
import { viewingLimits } from './limits.ts';
import { runLocked } from './locked-process.ts';
import { nodeCommand } from './node-command.ts';
import type { PaintOptions } from './painter.ts';

export interface PdfText {
  readonly title: string;
  /** Decides where a page begins, and how signs are drawn that several languages share. */
  readonly language: string;
  /** "From", "Alice Example <alice@example.com>" */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Stand before the text. */
  readonly notes: readonly string[];
  readonly text: string;
  /** Stands behind the text. */
  readonly end?: string;
}

export interface WrittenPdf {
  readonly pdf: Buffer;
  /** How many characters no font has. */
  readonly missing: number;
}

/** As much of a text as is set in a moment, or of one of its facts. */
export function heldText(text: string, costMax: number = TEXT_COST_MAX): { held: string; isCut: boolean } {
  let characters = 0;
  let left = costMax;
  for (; characters < text.length && left > 0; characters += 1)
    left -= text.charCodeAt(characters) < WIDE_FROM ? 1 : WIDE_COST;
  const held = text.slice(0, characters).split('\n').slice(0, TEXT_LINES_MAX).join('\n');
  return { held, isCut: held.length < text.length };
}

/** Undefined when it took too long, or ended badly. */
export async function writeTextPdf(
  text: PdfText,
  { budgetMs, isolated, signal }: PaintOptions,
): Promise<WrittenPdf | undefined> {
  const end = await runLocked({
    ...nodeCommand(SCRIPT),
    input: [Buffer.from(JSON.stringify(text))],
    budgetMs,
    memoryBytesMax: viewingLimits.paintMemoryBytesMax,
    isolated,
    ...(signal === undefined ? {} : { signal }),
  });
  if (end.ended !== 'well') return undefined;
  const head = end.answer.indexOf(0x0a);
  const pdf = end.answer.subarray(head + 1);
  const said = answerSchema.safeParse(parsed(end.answer.toString('utf8', 0, Math.max(0, head))));
  // What the browser gets under our name is a PDF and nothing else.
  if (!said.success || pdf.toString('latin1', 0, 5) !== '%PDF-') return undefined;
  return { pdf, missing: said.data.missing };
}

const TEXT_COST_MAX = 100_000;
/** A long list of people; the text is what the copy is for. */
export const FACT_COST_MAX = 8_000;
// Signs of China and Japan are set one by one, each from a font of many thousands.
const WIDE_FROM = 0x2e80;
const WIDE_COST = 8;
const TEXT_LINES_MAX = 5_000;
const SCRIPT = join(import.meta.dirname, 'paint', `text-pdf-process${extname(import.meta.url)}`);
const answerSchema = z.strictObject({ missing: z.int().min(0) });

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
