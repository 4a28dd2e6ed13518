// Owns a real browser for tests: Debian's Chromium, with a profile of its own that is gone afterwards, and the two
// windows most people look through. It never talks to anybody but the pages it is given.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Where Debian's package puts it. */
export const CHROMIUM = '/usr/bin/chromium';
/** For a browser run by root, without a screen, that talks to nobody by itself. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const PHONE = { width: 360, height: 760 } as const;
export const DESKTOP = { width: 1280, height: 900 } as const;

/** Why no browser can run here, or undefined when one can: for the one loud line of a skipped test. */
export function chromiumMissing(): string | undefined {
  return existsSync(CHROMIUM) ? undefined : `SKIPPED: ${CHROMIUM} is not installed (apt-get install chromium)`;
}

/**
 * A browser with a new profile; each of its contexts is a person of their own. To be closed by the caller. No page
 * may be closed while it is on its way to another: this Chromium then opens no page any more.
 */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: CHROMIUM_FLAGS,
    // The back button of a real browser may bring a page back as it was; tests have to see that.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}
