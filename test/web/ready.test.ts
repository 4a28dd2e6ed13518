// The probe that asks whether the work can be done does not become work itself, and does not say yes for long.

import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SECOND_MS } from '../../server/core/clock.ts';
import type { Store } from '../../server/store.ts';
import { Visitor } from '../support/browser.ts';
import { startProgram } from '../support/program.ts';

test('the blob store is tried once for all who ask within some seconds, and anew when it failed', async () => {
  let tries = 0;
  const around = (store: Store): Store => {
    const { blobs } = store.vault;
    const counted = { ...blobs, check: () => ((tries += 1), blobs.check()) };
    return { ...store, vault: { ...store.vault, blobs: counted } };
  };
  const running = await startProgram({ around });
  try {
    const probe = new Visitor(running.url);
    const ask = async (): Promise<number> => (await probe.get('/readyz')).status;
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [200, 200, 200]);
    assert.equal(await ask(), 200);
    assert.equal(tries, 1);

    const [staging, aside] = [join(running.dataDir, 'blobs', 'staging'), join(running.dataDir, 'aside')];
    await rename(staging, aside);
    running.clock.forward(11 * SECOND_MS);
    assert.equal(await ask(), 503);
    assert.equal(await ask(), 503);
    assert.equal(tries, 3);

    await rename(aside, staging);
    assert.equal(await ask(), 200);
    assert.equal(tries, 4);
  } finally {
    await running.stop();
  }
});
