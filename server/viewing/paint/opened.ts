// Owns what every kind of file is once it is open: pages that have a size, can be drawn, and may have text.

import type { PageAsk } from '../viewer.ts';
import type { Canvas } from './canvas.ts';
import type { PageSize } from './size.ts';

export interface Opened {
  readonly pages: number;
  /** There are more than are shown. */
  readonly cut: boolean;
  size(ask: PageAsk): Promise<PageSize>;
  draw(ask: PageAsk): Promise<Canvas>;
  /** Absent where there is none, as in a picture. */
  text?(page: number): Promise<string>;
}
