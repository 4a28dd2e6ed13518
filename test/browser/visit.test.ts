// Coming and going: the colours one chose stay, and after signing out nothing that was read comes back, neither by
// the back button nor by the forward one.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing } from '../support/chromium.ts';
import { BOB, computed, openDesk, readByNotice, sendSample } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

describe('a visit in a browser', { skip: missing ?? false }, () => {
  let desk: Desk;
  let bob: Person;
  let page: Page;

  before(async () => {
    desk = await openDesk();
    bob = await desk.person();
    await sendSample(desk);
    page = await readByNotice(desk, bob, BOB);
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(bob.faults, []);
  });

  test('colours follow the device until one chooses, and then the choice', async () => {
    const ground = (): Promise<string> => computed(page.locator('html'), 'background-color');
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    assert.notEqual(light, dark);
    const at = page.url();
    await page.getByRole('button', { name: 'Light', exact: true }).click();
    await page.waitForLoadState();
    assert.equal(page.url(), at, 'back where one was');
    assert.equal(await ground(), light);
    await page.getByRole('link', { name: 'Inbox' }).first().click();
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    assert.equal(await ground(), light);
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await page.locator('html[data-theme="dark"]').waitFor();
    await page.emulateMedia({ colorScheme: 'light' });
    assert.equal(await ground(), dark);
    await page.getByRole('button', { name: 'Automatic' }).click();
    await page.locator('html[data-theme="auto"]').waitFor();
    assert.equal(await ground(), light);
  });

  test('after signing out the back button shows the way in, and no message', async () => {
    await page.getByRole('link', { name: /Lease agreement/ }).click();
    await page.getByRole('heading', { name: /Lease agreement/ }).waitFor();
    const message = page.url();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in$/);
    for (let steps = 0; steps < 3; steps += 1) {
      await page.goBack();
      await page.getByRole('heading', { name: 'Sign in with a code' }).waitFor();
      assert.doesNotMatch(await page.locator('body').innerText(), /Lease|Harbour|Inbox|bob@/);
    }
    await page.goto(message);
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    await page.goto(`${message}/body`);
    assert.equal(new URL(page.url()).pathname, '/sign-in');
  });
});
