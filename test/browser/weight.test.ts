// What the page behind a notice's link costs somebody on a slow line: all that a browser without a cache fetches for it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromiumMissing } from '../support/chromium.ts';
import { openDesk, sendSample } from './desk.ts';
import type { Desk } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const FIRST_PAGE_BYTES_MAX = 60 * 1024;

describe('the first page', { skip: missing ?? false }, () => {
  let desk: Desk;

  before(async () => {
    desk = await openDesk();
  });
  after(() => desk.stop());

  test('is less than 60 KB with all that belongs to it, and every byte comes from here', async () => {
    await sendSample(desk);
    const { page, faults } = await desk.person();
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const fetched: string[] = [];
    let bytes = 0;
    network.on('Network.requestWillBeSent', ({ request }) => fetched.push(new URL(request.url).origin));
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(`${desk.url}/sign-in`);
    await page.waitForLoadState('networkidle');
    assert.ok(bytes > 1_000 && bytes < FIRST_PAGE_BYTES_MAX, `${bytes} bytes`);
    assert.deepEqual([...new Set(fetched)], [desk.url]);
    assert.deepEqual(faults, []);
  });
});
