// Every page in every state, as the gallery draws it, by axe's rules for WCAG 2.2 A and AA: on a phone in the dark and from
// right to left, on a desktop in the light; and at 320 pixels, which is what four times zoomed leaves of 1,280.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { checkPage } from '../gallery/check-page.ts';
import { pageFixtures } from '../gallery/fixtures.ts';
import { serveGallery } from '../gallery/gallery-server.ts';
import { chromiumMissing, DESKTOP, PHONE, startChromium } from '../support/chromium.ts';

const ZOOMED = { width: 320, height: 256 } as const;

// Links within a line of text are as high as the line; a box to tick has its label for a target.
const SMALL_TARGETS = `[...document.querySelectorAll('button, a.button, select, summary, textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=color]), .check label')]
  .filter((one) => one.checkVisibility() && !one.closest('.hidden'))
  .filter((one) => { const box = one.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
  .map((one) => one.outerHTML.slice(0, 120) + ' ' + Math.round(one.getBoundingClientRect().height))`;

const WALKED = ['verify--plain', 'message--text', 'message--do-not-forward', 'sent-message--many', 'account--plain'];
const CONTROLS = 'a[href], button, summary, select, textarea, input:not([type=hidden])';
/** The control that has the keyboard: its place among all, and whether it is told by an outline. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body || at.matches('iframe, main')) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const all = [...document.querySelectorAll(${JSON.stringify(CONTROLS)})];
  return { place: all.indexOf(at), shown: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2, what: at.outerHTML.slice(0, 100) };
})()`;

/** Each with the name of its first page: no test takes so long that it ends for want of time. */
function portions(): [string, string[]][] {
  const names = pageFixtures.map(({ name }) => name);
  const all: [string, string[]][] = [];
  for (let at = 0; at < names.length; at += PORTION) all.push([names[at] ?? '', names.slice(at, at + PORTION)]);
  return all;
}
const PORTION = 60;

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

  for (const [from, some] of portions()) {
    const these = `those from ${from} on`;
    test(`can be used by everybody on a phone, dark, in Arabic, with targets of 44 pixels and more: ${these}`, async () => {
      await checkAll(some, 'page', PHONE, 'theme=dark&language=ar', async (page) => {
        const small: unknown = await page.evaluate(SMALL_TARGETS);
        return Array.isArray(small) ? small.map((one) => `too small: ${String(one)}`) : ['no answer'];
      });
    });

    test(`can be used by everybody on a desktop, light, in English, and zoomed to four times its size: ${these}`, async () => {
      await checkAll(some, 'looks', DESKTOP, 'theme=light&language=en', async (page) => {
        await page.setViewportSize(ZOOMED);
        const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        await page.setViewportSize(DESKTOP);
        return wide === true ? ['has to be scrolled sideways'] : [];
      });
    });
  }

  test('is gone through by the keyboard, every control in its turn, and shows which one has it', async () => {
    const context = await browser.newContext({ viewport: DESKTOP });
    const page = await context.newPage();
    for (const name of WALKED) {
      await page.goto(`${gallery.url}/${name}`);
      const controls = Number(
        await page.evaluate(
          `[...document.querySelectorAll(${JSON.stringify(CONTROLS)})].filter((one) => one.checkVisibility()).length`,
        ),
      );
      const met = new Set<unknown>();
      for (let steps = 0; steps < 2 * controls; steps += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(FOCUSED);
        assert.ok(
          at === null || (typeof at === 'object' && 'shown' in at && at.shown === true),
          `${name} ${JSON.stringify(at)}`,
        );
        if (at !== null && 'place' in at) met.add(at.place);
      }
      assert.ok(controls > 5 && met.size >= controls, `${name}: ${met.size} of ${controls}`);
    }
    await context.close();
  });

  /** Each page is drawn once, and looked at by axe and by `more`. */
  async function checkAll(
    names: readonly string[],
    kind: 'page' | 'looks',
    viewport: { readonly width: number; readonly height: number },
    query: string,
    more: (page: Page) => Promise<string[]>,
  ): Promise<void> {
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    const faults: string[] = [];
    for (const name of names) {
      await page.goto(`${gallery.url}/${name}?${query}`);
      for (const fault of [...(await checkPage(page, kind)), ...(await more(page))]) faults.push(`${name}: ${fault}`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  }
});
