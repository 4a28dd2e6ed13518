// Owns the gallery: draws every fixture at phone and desktop width, light and dark, and from right to left, into
// gallery/, and asks axe whether everybody can use it. Run by `npm run gallery`, with words to draw only what bears them in its name.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';
import { CHROMIUM, CHROMIUM_FLAGS, DESKTOP, PHONE } from '../support/chromium.ts';
import { checkPage } from './check-page.ts';
import { pageFixtures } from './fixtures.ts';
import { serveGallery } from './gallery-server.ts';
import { bodyFixtures, mailFixtures } from './mail-fixtures.ts';

const ROOT = join(import.meta.dirname, '../..');
const OUT = join(ROOT, 'gallery');
const VIEWS = [
  { name: 'phone', ...PHONE, themes: ['light', 'dark'], language: 'en' },
  { name: 'desktop', ...DESKTOP, themes: ['light', 'dark'], language: 'en' },
  { name: 'phone-ar', ...PHONE, themes: ['light'], language: 'ar' },
] as const;

const wanted = process.argv.slice(2);
if (wanted.some((word) => word.startsWith('-'))) {
  console.log(
    'npm run gallery -- [WORD …]   draws every page, or those whose name bears one of the words, into gallery/',
  );
  process.exit();
}
const names = [...pageFixtures, ...mailFixtures, ...bodyFixtures]
  .map((fixture) => fixture.name)
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

const server = await serveGallery(ROOT);
const profile = mkdtempSync(join(tmpdir(), 'gallery-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env['CHROMIUM'] ?? CHROMIUM,
  args: CHROMIUM_FLAGS,
  timezoneId: 'Europe/Berlin', // so that times are seen as most people see them
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
  VIEWS.flatMap((view) => view.themes.map((theme) => `${name}.${view.name}.${theme}.png`)),
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
    for (const theme of view.themes) {
      await page.setViewportSize({ width: view.width, height: view.height });
      await page.emulateMedia({
        colorScheme: view.name !== 'desktop' || name.startsWith('mail-') ? theme : 'no-preference',
      });
      // The phone goes by the device's wish, the desktop by the reader's switch.
      const asked = view.name === 'desktop' ? `&theme=${theme}` : '';
      await page.goto(`${server.url}/${name}?language=${view.language}${asked}`);
      // A frame off the screen is not drawn, so the window grows to hold the whole page.
      await page.setViewportSize({
        width: view.width,
        height: Math.max(view.height, Number(await page.evaluate('document.documentElement.scrollHeight'))),
      });
      await page.screenshot({ path: join(OUT, `${name}.${view.name}.${theme}.png`) });
      for (const fault of await checkPage(page, name.startsWith('mail-') ? 'mail' : 'page'))
        found.push(`${view.name} ${theme}: ${fault}`);
    }
  }
  await page.close();
  for (const fault of found) console.log(`${name}: ${fault}`);
  return found.length;
}
