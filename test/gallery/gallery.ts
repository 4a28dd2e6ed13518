// Owns the gallery: draws every fixture at phone and desktop width, light and dark, into gallery/, and asks
// axe whether everybody can use it. Run by `npm run gallery`, with words to draw only what bears them in its name.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { CHROMIUM, CHROMIUM_FLAGS } from '../support/chromium.ts';
import { pageFixtures } from './fixtures.ts';
import { serveGallery } from './gallery-server.ts';
import { bodyFixtures, mailFixtures } from './mail-fixtures.ts';

const ROOT = join(import.meta.dirname, '../..');
const OUT = join(ROOT, 'gallery');
const VIEWS = [
  { name: 'phone', width: 360, height: 760 },
  { name: 'desktop', width: 1280, height: 900 },
] as const;
const THEMES = ['light', 'dark'] as const;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is drawn beyond the sheet it lies on. */
const OUTSIDE = `[...document.querySelectorAll('.sheet, .letter')].flatMap((sheet) => {
  const { left, right } = sheet.getBoundingClientRect();
  return [...sheet.querySelectorAll('*')].filter((one) => one.checkVisibility() && !one.closest('svg, .hidden, .viewer-page')
    && (one.getBoundingClientRect().right > right + 1 || one.getBoundingClientRect().left < left - 1)).map((one) => one.outerHTML.slice(0, 120));
})`;

const wanted = process.argv.slice(2);
const names = [...pageFixtures, ...mailFixtures, ...bodyFixtures]
  .map((fixture) => fixture.name)
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

const server = await serveGallery(ROOT);
const profile = mkdtempSync(join(tmpdir(), 'gallery-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env['CHROMIUM'] ?? CHROMIUM,
  args: CHROMIUM_FLAGS,
});
let faults = 0;
try {
  mkdirSync(OUT, { recursive: true });
  for (const name of names) faults += await draw(browser, name);
} finally {
  await browser.close();
  await server.close();
  rmSync(profile, { recursive: true, force: true });
}
const pictures = names.flatMap((name) =>
  VIEWS.flatMap((view) => THEMES.map((theme) => `${name}.${view.name}.${theme}.png`)),
);
writeFileSync(
  join(OUT, 'index.html'),
  pictures
    .map((file) => `<figure><figcaption>${file}</figcaption><img loading=lazy src="${file}"></figure>`)
    .join('\n'),
);
console.log(`${pictures.length} pictures in gallery/, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

async function draw(context: BrowserContext, name: string): Promise<number> {
  const page = await context.newPage();
  const found: string[] = [];
  page.on('console', (line) => line.type() === 'error' && found.push(line.text()));
  page.on('dialog', (dialog) => (found.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  for (const view of VIEWS) {
    for (const theme of THEMES) {
      await page.setViewportSize(view);
      await page.emulateMedia({
        colorScheme: view.name === 'phone' || name.startsWith('mail-') ? theme : 'no-preference',
      });
      // The phone goes by the device's wish, the desktop by the reader's switch.
      await page.goto(`${server.url}/${name}${view.name === 'phone' ? '' : `?theme=${theme}`}`);
      // A frame off the screen is not drawn, so the window grows to hold the whole page.
      await page.setViewportSize({
        ...view,
        height: Math.max(view.height, Number(await page.evaluate('document.documentElement.scrollHeight'))),
      });
      await page.screenshot({ path: join(OUT, `${name}.${view.name}.${theme}.png`) });
      for (const fault of await check(page, name)) found.push(`${view.name} ${theme}: ${fault}`);
    }
  }
  await page.close();
  for (const fault of found) console.log(`${name}: ${fault}`);
  return found.length;
}

async function check(page: Page, name: string): Promise<string[]> {
  const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  const out = await page.evaluate(OUTSIDE);
  await page.evaluate(axe);
  // What stands in a frame is a fixture of its own.
  const rules = name.startsWith('mail-')
    ? {
        region: { enabled: false },
        'landmark-one-main': { enabled: false },
        'page-has-heading-one': { enabled: false },
      }
    : {};
  const options = { iframes: false, rules };
  const found: unknown = await page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ' at ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`);
  return [
    ...(wide === true ? ['wider than the window'] : []),
    ...(Array.isArray(out) ? out.map((what) => `sticks out of its sheet: ${String(what)}`) : []),
    ...(Array.isArray(found) ? found.map(String) : ['axe did not answer']),
  ];
}
