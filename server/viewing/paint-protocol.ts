// Owns what is said between the program and the process that paints: one question in, one answer out, each a line of
// JSON with bytes behind it. The answer comes from where hostile files are opened, so it is checked like one.

import { z } from 'zod';
import type { OfficeEnding, PictureFormat } from '../files/kind.ts';

/** Sizes a page can be seen in: as wide as there is room, or in percent of its natural size. */
export const zooms = ['fit', '100', '150', '200', '300'] as const;
export type Zoom = (typeof zooms)[number];

export const imageFormats = ['png', 'webp'] as const;
export type ImageFormat = (typeof imageFormats)[number];

export interface PaintAsk {
  /** `look`: how many pages, how large this one is. `draw`: the page's picture. `check`: may it be unpacked at all. */
  readonly task: 'look' | 'draw' | 'check';
  readonly file:
    | { readonly kind: 'pdf' | 'text' }
    | { readonly kind: 'picture'; readonly format: PictureFormat }
    | { readonly kind: 'office'; readonly ending: OfficeEnding };
  /** Counted from 1. */
  readonly page: number;
  readonly zoom: Zoom;
  /** The page's text as well. */
  readonly wantsText: boolean;
  /** Burned into the picture, over and over. */
  readonly mark: string | null;
  readonly format: ImageFormat;
}

/** Why a file is not shown. */
export const failures = ['encrypted', 'broken', 'too-large', 'no-text', 'no-such-page'] as const;
export type Failure = (typeof failures)[number];

const pageSchema = z.strictObject({
  /** Shown ones. */
  pages: z.int().min(1).max(10_000),
  /** There are more. */
  cut: z.boolean(),
  /** In CSS pixels at this zoom. */
  width: z.int().min(1).max(20_000),
  height: z.int().min(1).max(200_000),
  text: z.string().max(400_000).optional(),
});
export type PageLook = z.infer<typeof pageSchema>;

const answerSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), look: pageSchema }),
  z.strictObject({ ok: z.literal(false), why: z.enum(failures), pages: z.int().min(1).max(10_000).optional() }),
]);
export type PaintAnswer = z.infer<typeof answerSchema>;

/** The answer and the picture behind it, or undefined when it is none. */
export function readAnswer(bytes: Buffer): { answer: PaintAnswer; image: Buffer } | undefined {
  const end = bytes.indexOf(0x0a);
  if (end < 0) return undefined;
  try {
    const answer = answerSchema.parse(JSON.parse(bytes.toString('utf8', 0, end)));
    return { answer, image: bytes.subarray(end + 1) };
  } catch {
    return undefined;
  }
}
