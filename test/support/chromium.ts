// Owns a real browser for tests: Debian's Chromium, with a profile of its own that is gone afterwards, and the two
// windows most people look through. It never talks to anybody but the pages it is given.
//
// Its headless shell is the same engine of the same version without the menus, bars and extensions around it, which nobody
// sees here and which cost three quarters of the time.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const SHELL = '/usr/bin/chromium-headless-shell';
/** With all that is around a page on somebody's screen: for what is measured, and where the shell is not. */
export const WHOLE_CHROMIUM = '/usr/bin/chromium';
/** Where Debian's packages put it. */
export const CHROMIUM = existsSync(SHELL) ? SHELL : WHOLE_CHROMIUM;
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
  return existsSync(CHROMIUM)
    ? undefined
    : `SKIPPED: ${SHELL} is not installed (apt-get install chromium-headless-shell)`;
}

/**
 * A browser with a new profile; each of its contexts is a person of their own. To be closed by the caller. No page
 * may be closed while it is on its way to another: this Chromium then opens no page any more.
 */
export function startChromium(executablePath = CHROMIUM): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: CHROMIUM_FLAGS,
    // The back button of a real browser may bring a page back as it was; tests have to see that.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}
