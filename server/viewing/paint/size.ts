// Owns how large a page is drawn: as wide as asked for, never more than the limits. Pure.

import { viewingLimits } from '../limits.ts';
import type { Zoom } from '../paint-protocol.ts';
import { Refused } from './refused.ts';

export interface PageSize {
  /** What the browser is told, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** What is drawn. */
  readonly drawnWidth: number;
  readonly drawnHeight: number;
}

/** Enough for a sharp page on a dense screen that is as wide as our widest column of reading. */
const FIT_WIDTH = 1_400;
/** The mark has to have room: what is smaller lies on a sheet of this size. */
export const LEAST_WIDTH = 480;
export const LEAST_HEIGHT = 160;

/**
 * @param natural in CSS pixels, at 100 percent.
 * @param grows whether `fit` makes it larger than it is: pages of a document do, pictures do not.
 */
export function pageSize(natural: { width: number; height: number }, zoom: Zoom, grows: boolean): PageSize {
  const { width, height } = natural;
  if (!(width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height))) throw new Refused('broken');
  const wanted = zoom === 'fit' ? (grows ? FIT_WIDTH : Math.min(width, FIT_WIDTH)) : (width * Number(zoom)) / 100;
  const scale = Math.min(
    wanted / width,
    viewingLimits.drawnSideMax / width,
    viewingLimits.drawnSideMax / height,
    Math.sqrt(viewingLimits.drawnPixelsMax / (width * height)),
  );
  const drawnWidth = Math.max(1, Math.round(width * scale));
  const drawnHeight = Math.max(1, Math.round(height * scale));
  return { width: drawnWidth, height: drawnHeight, drawnWidth, drawnHeight };
}
