// Owns asking a costly question once for all who ask it in the same few seconds. A yes is remembered so long, a no
// never: whoever asks after a failure has it looked at anew.

import type { Clock } from '../core/clock.ts';

export function recentCheck(clock: Clock, keptMs: number, check: () => Promise<void>): () => Promise<void> {
  let passedAtMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  async function look(): Promise<void> {
    const askedAtMs = clock.nowMs();
    try {
      await check();
      passedAtMs = askedAtMs;
    } finally {
      underWay = undefined;
    }
  }

  return async () => {
    if (clock.nowMs() < passedAtMs + keptMs) return;
    underWay ??= look();
    await underWay;
  };
}
