// Owns the Office files converted of late, in memory only and for two minutes: turning a page must not convert the
// whole file again. Whoever asks for one has been asked for their right to the file before.

import type { Clock } from '../core/clock.ts';
import { viewingLimits } from './limits.ts';

export interface Kept {
  /** 'failed' when converting did not work; undefined when it was not tried of late. */
  get(key: string): Buffer | 'failed' | undefined;
  set(key: string, pdf: Buffer | 'failed'): void;
  clear(): void;
}

export function createKept(clock: Clock): Kept {
  const entries = new Map<string, { readonly pdf: Buffer | 'failed'; untilMs: number }>();
  let timer: NodeJS.Timeout | undefined;

  function tidy(): void {
    for (const [key, { untilMs }] of entries) if (untilMs <= clock.nowMs()) entries.delete(key);
    const sizes = [...entries].map(([key, { pdf }]) => ({ key, bytes: pdf === 'failed' ? 0 : pdf.length }));
    let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { key, bytes } of sizes) {
      if (total <= viewingLimits.convertedKeptBytesMax) break;
      entries.delete(key);
      total -= bytes;
    }
    clearTimeout(timer);
    // Also when nobody asks any more: what is not needed is not kept.
    if (entries.size > 0) timer = setTimeout(tidy, viewingLimits.convertedKeptMs).unref();
  }

  return {
    get(key) {
      tidy();
      const entry = entries.get(key);
      if (entry !== undefined && entry.pdf !== 'failed') entry.untilMs = clock.nowMs() + viewingLimits.convertedKeptMs;
      return entry?.pdf;
    },
    set(key, pdf) {
      entries.delete(key); // so that it stands last
      entries.set(key, { pdf, untilMs: clock.nowMs() + viewingLimits.convertedKeptMs });
      tidy();
    },
    clear() {
      clearTimeout(timer);
      entries.clear();
    },
  };
}
