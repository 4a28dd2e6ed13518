// Every page in every state, as the gallery draws it, by axe's rules for WCAG 2.2 A and AA: on a phone in the dark and from
// right to left, on a desktop in the light; and at 320 pixels, which is what four times zoomed leaves of 1,280.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext } from 'playwright-core';
import { checkPage } from '../gallery/check-page.ts';
import { pageFixtures } from '../gallery/fixtures.ts';
import { serveGallery } from '../gallery/gallery-server.ts';
import { chromiumMissing, DESKTOP, PHONE, startChromium } from '../support/chromium.ts';

const WAYS = [
  { name: 'on a phone, dark, in Arabic', viewport: PHONE, query: 'theme=dark&language=ar' },
  { name: 'on a desktop, light, in English', viewport: DESKTOP, query: 'theme=light&language=en' },
] as const;
const ZOOMED = { width: 320, height: 256 } as const;

// Links within a line of text are as high as the line; a box to tick has its label for a target.
const SMALL_TARGETS = `[...document.querySelectorAll('button, a.button, select, summary, textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=color]), .check label')]
  .filter((one) => one.checkVisibility() && !one.closest('.hidden'))
  .filter((one) => { const box = one.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
  .map((one) => one.outerHTML.slice(0, 120) + ' ' + Math.round(one.getBoundingClientRect().height))`;

describe('every page in every state', { skip: chromiumMissing() }, () => {
  let browser: Browser;
  let gallery: Awaited<ReturnType<typeof serveGallery>>;

  before(async () => {
    gallery = await serveGallery(join(import.meta.dirname, '../..'));
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    await gallery.close();
  });

  for (const { name, viewport, query } of WAYS) {
    test(`can be used by everybody ${name}`, async () => {
      const context = await browser.newContext({ viewport });
      assert.deepEqual(await faultsOn(context, query), []);
      await context.close();
    });
  }

  test('needs no scrolling sideways when it is zoomed to four times its size', async () => {
    const context = await browser.newContext({ viewport: ZOOMED });
    const page = await context.newPage();
    const wide: string[] = [];
    for (const fixture of pageFixtures) {
      await page.goto(`${gallery.url}/${fixture.name}`);
      if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) wide.push(fixture.name);
    }
    assert.deepEqual(wide, []);
    await context.close();
  });

  test('has targets of 44 pixels and more', async () => {
    const context = await browser.newContext({ viewport: PHONE });
    const page = await context.newPage();
    const small: string[] = [];
    for (const fixture of pageFixtures) {
      await page.goto(`${gallery.url}/${fixture.name}`);
      const found: unknown = await page.evaluate(SMALL_TARGETS);
      for (const one of Array.isArray(found) ? found : ['no answer']) small.push(`${fixture.name}: ${String(one)}`);
    }
    assert.deepEqual(small, []);
    await context.close();
  });

  async function faultsOn(context: BrowserContext, query: string): Promise<string[]> {
    const page = await context.newPage();
    const faults: string[] = [];
    for (const fixture of pageFixtures) {
      await page.goto(`${gallery.url}/${fixture.name}?${query}`);
      for (const fault of await checkPage(page, 'page')) faults.push(`${fixture.name}: ${fault}`);
    }
    return faults;
  }
});
