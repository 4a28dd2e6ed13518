// Owns the row of the first page as a recipient meets it: on a processor four times as slow, how soon the largest part of
// it is painted (Largest Contentful Paint), in Chromium with nothing kept from before.

import type { Page } from 'playwright-core';
import { DESKTOP, startChromium, WHOLE_CHROMIUM } from '../../test/support/chromium.ts';
import type { Benchmark } from '../benchmark.ts';
import { median, spread } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';

const SLOWER = 4;

/** Answers once the page has been still for a while: what was painted largest, in milliseconds from its start. */
const LARGEST_PAINT = `new Promise((resolve) => {
  let last = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) last = entry.startTime; })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => resolve(last), 500);
})`;

export const firstPage: Benchmark = {
  name: 'first page painted, processor four times slower',
  unit: 's',
  bar: { below: 1 },
  needs: ['chromium'],
  run: async (bench) => {
    const sealpost = await startSealpost(bench);
    const browser = await startChromium(WHOLE_CHROMIUM);
    bench.atEnd(() => browser.close());
    const seen: number[] = [];
    for (let round = 0; round < (bench.quick ? 1 : 9); round += 1) {
      const context = await browser.newContext({ viewport: DESKTOP });
      const page = await context.newPage();
      await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
      await page.goto(`${sealpost.url}/sign-in`);
      seen.push((await largestPaintMs(page)) / 1_000);
      await context.close();
    }
    return { value: median(seen), notes: [`rounds: ${spread(seen)}`] };
  },
};

async function largestPaintMs(page: Page): Promise<number> {
  const ms: unknown = await page.evaluate(LARGEST_PAINT);
  if (typeof ms !== 'number' || !(ms > 0)) throw new Error('the browser painted nothing');
  return ms;
}
