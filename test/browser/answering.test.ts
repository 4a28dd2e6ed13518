// Answering as people do it: drafts with and without scripts, files with their progress, and what is kept when it fails.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { BOB, isTooWide, openDesk, readByNotice, sendSample, signInAtDoor } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const MOST = 3_000_000;

describe('answering', { skip: missing ?? false }, () => {
  let desk: Desk;
  const everybody: Person[] = [];

  before(async () => {
    desk = await openDesk({ env: { MESSAGE_BYTES_MAX: String(MOST) } });
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(
      everybody.flatMap(({ faults }) => faults),
      [],
    );
  });

  async function reading(javaScript: boolean): Promise<{ person: Person; page: Page }> {
    await sendSample(desk);
    const person = await desk.person({ javaScript, viewport: PHONE });
    everybody.push(person);
    return { person, page: await readByNotice(desk, person, BOB) };
  }

  test('a draft is saved by a button where no scripts run, and is there again, and can be discarded', async () => {
    const { page } = await reading(false);
    await page.getByLabel('Your reply').fill('Half a\nsentence');
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await page.getByText('The draft is saved.').waitFor();
    assert.equal(await page.getByLabel('Your reply').inputValue(), 'Half a\nsentence');
    assert.equal(await isTooWide(page), false);
    await page.getByRole('button', { name: 'Discard the draft' }).click();
    await page.getByText('The draft is gone.').waitFor();
    assert.equal(await page.getByLabel('Your reply').inputValue(), '');
  });

  test('a draft saves itself where scripts run, and does not come back once it is sent', async () => {
    const { page } = await reading(true);
    await page.getByLabel('Your reply').fill('Written and forgotten');
    await page.locator('[data-draft-state]', { hasText: 'The draft is saved.' }).waitFor();
    await page.reload();
    assert.equal(await page.getByLabel('Your reply').inputValue(), 'Written and forgotten');
    await page.getByText('This is your draft').waitFor();
    await page.getByRole('button', { name: 'Send the reply' }).click();
    await page.getByText('Your answer is on its way.').waitFor();
    assert.equal(await page.getByLabel('Your reply').inputValue(), '');
  });

  for (const javaScript of [false, true]) {
    test(`an answer whose session ended is kept, scripts ${javaScript ? 'on' : 'off'}`, async () => {
      const { person, page } = await reading(javaScript);
      await page.getByLabel('Your reply').fill('Long and thoughtful');
      desk.running.clock.forward(31 * MINUTE_MS);
      await page.getByRole('button', { name: 'Send the reply' }).click();
      await page.getByText('Your text is kept for an hour').waitFor();
      assert.equal(await isTooWide(page), false);
      const back = await signInAtDoor(desk, person, BOB);
      assert.match(back.url(), /\/messages\/[0-9a-z]{26}$/);
      assert.equal(await back.getByLabel('Your reply').inputValue(), 'Long and thoughtful');
      await back.getByText('You were signed out before this was sent').waitFor();
    });
  }

  test('files that are too much are said before anything is sent', async () => {
    const { page } = await reading(true);
    await page.getByText('at most 50 files, 2.9 MB in all').waitFor();
    await page.getByLabel('Files').setInputFiles({ name: 'big.bin', mimeType: 'x/y', buffer: Buffer.alloc(MOST + 1) });
    await page.getByText('Take a file out.').waitFor();
    let sent = 0;
    page.on('request', (request) => (sent += request.url().endsWith('/reply') ? 1 : 0));
    await page.getByRole('button', { name: 'Send the reply' }).click();
    assert.equal(
      await page.getByLabel('Files').evaluate((field: { validity: { valid: boolean } }) => field.validity.valid),
      false,
    );
    assert.equal(sent, 0);
  });

  test('files go with their progress, can be stopped with nothing lost, and then be sent', async () => {
    const { page } = await reading(true);
    await page.getByLabel('Your reply').fill('With a file');
    await page
      .getByLabel('Files')
      .setInputFiles({ name: 'some.bin', mimeType: 'x/y', buffer: Buffer.alloc(2_500_000) });
    const network = await page.context().newCDPSession(page);
    const throttle = async (uploadThroughput: number): Promise<void> => {
      const others = { offline: false, latency: 0, downloadThroughput: -1 };
      await network.send('Network.emulateNetworkConditions', { ...others, uploadThroughput });
      // The answer comes before the part of the browser that loads has heard of it; what it loads after this, it loads so.
      await page.evaluate("fetch('/healthz').then((answer) => answer.text())");
    };
    await throttle(60_000);
    await page.getByRole('button', { name: 'Send the reply' }).click();
    const bar = page.getByRole('progressbar', { name: 'Sending' });
    await page.locator('[role=progressbar]:not([aria-valuenow="0"])').waitFor();
    assert.ok(await bar.isVisible());
    assert.equal(await isTooWide(page), false);
    await page.getByRole('button', { name: 'Stop sending' }).click();
    await page.getByText('Nothing was sent. Your text and your files are still here.').waitFor();
    await throttle(-1);
    await page.getByRole('button', { name: 'Send the reply' }).click();
    await page.getByText('Your answer is on its way.').waitFor();
    await page.getByText('some.bin').first().waitFor();
    assert.equal(await page.getByRole('region', { name: '1 reply' }).count(), 1);
  });
});
