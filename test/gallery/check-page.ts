// Owns what is asked of a page that stands in a browser: that everybody can use it, and that nothing of it lies beside
// the window or the sheet it is drawn on.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is drawn beyond the sheet it lies on. */
const OUTSIDE = `[...document.querySelectorAll('.sheet, .letter')].flatMap((sheet) => {
  const { left, right } = sheet.getBoundingClientRect();
  return [...sheet.querySelectorAll('*')].filter((one) => one.checkVisibility() && !one.closest('svg, .hidden, .viewer-page')
    && (one.getBoundingClientRect().right > right + 1 || one.getBoundingClientRect().left < left - 1)).map((one) => one.outerHTML.slice(0, 120));
})`;

// A mail has a frame of its own and needs no landmarks in it.
const MAIL_RULES = {
  region: { enabled: false },
  'landmark-one-main': { enabled: false },
  'page-has-heading-one': { enabled: false },
};

// What is another in another theme or window; all else is the same page.
const LOOKS = ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable'];

/**
 * The faults found, each in words. What stands in a frame is looked at as a page of its own. `looks`: a page that was
 * looked at whole before, in another theme and window.
 */
export async function checkPage(page: Page, kind: 'page' | 'mail' | 'looks'): Promise<string[]> {
  const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  const out = await page.evaluate(OUTSIDE);
  await page.evaluate(axe);
  const options = {
    iframes: false,
    rules: kind === 'mail' ? MAIL_RULES : {},
    ...(kind === 'looks' ? { runOnly: { type: 'rule', values: LOOKS } } : {}),
  };
  const found: unknown = await page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ' at ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`);
  return [
    ...(wide === true ? ['wider than the window'] : []),
    ...(Array.isArray(out) ? out.map((what) => `sticks out of its sheet: ${String(what)}`) : []),
    ...(Array.isArray(found) ? found.map(String) : ['axe did not answer']),
  ];
}
