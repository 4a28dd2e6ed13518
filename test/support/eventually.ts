// Owns waiting for what another part of the program does in its own time. Never to show that something stays away.

import { setTimeout as delay } from 'node:timers/promises';

const STEP_MS = 20;
const WAIT_MS = 120_000;

/** Asks again and again until the answer is true; throws when it never is. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  while (performance.now() < endMs) {
    if (await isSo()) return;
    await delay(STEP_MS);
  }
  throw new Error('it never came');
}
