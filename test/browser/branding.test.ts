// An administrator gives the portal its face: changes it, sees it before anybody else does, publishes it, and the
// next notice carries it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { ADMIN, ALICE, BOB, computed, isTooWide, openDesk, openMail, sendSample, signInAtDoor } from './desk.ts';
import type { Desk, Look, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const NAME = 'Notariat Wölfli & Söhne';
const COLOUR = { hex: '#7a1f3d', rgb: 'rgb(122, 31, 61)' };

const looks: readonly (Look & { readonly name: string })[] = [
  { name: 'with scripts', javaScript: true },
  { name: 'without scripts, on a phone', javaScript: false, viewport: PHONE },
];

for (const look of looks) {
  describe(`branding ${look.name}`, { skip: missing ?? false }, () => {
    let desk: Desk;
    let admin: Person;
    let page: Page;

    before(async () => {
      desk = await openDesk();
      admin = await desk.person(look);
    });
    after(async () => {
      await desk.stop();
      assert.deepEqual(admin.faults, []);
    });

    test('an administrator finds the page, others do not', async () => {
      page = await signInAtDoor(desk, admin, ADMIN);
      await page.getByRole('link', { name: 'Branding' }).click();
      await page.getByRole('heading', { name: 'Branding', level: 1 }).waitFor();
      assert.equal(await isTooWide(page), false);
      const alice = await desk.person(look);
      await signInAtDoor(desk, alice, ALICE);
      assert.equal(await alice.page.getByRole('link', { name: 'Branding' }).count(), 0);
      assert.equal((await alice.page.goto(`${desk.url}/admin/brands/default`))?.status(), 404);
      await page.bringToFront();
    });

    test('what is changed shows in both previews and nowhere else', async () => {
      await page.getByLabel('Organisation name').fill(NAME);
      await page.getByLabel('Colour', { exact: true }).fill(COLOUR.hex);
      await page.getByLabel('Footer').fill('Hafenstraße 12\n10115 Berlin');
      if (look.javaScript === true) {
        await page.frameLocator('iframe >> nth=0').getByText(NAME).first().waitFor(); // by itself, a moment later
      }
      const logo = await sharp({ create: { width: 200, height: 80, channels: 3, background: '#0a7' } })
        .png()
        .toBuffer();
      await page
        .getByLabel('Logo', { exact: true })
        .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo });
      await page.getByRole('button', { name: 'Update the preview' }).click();
      await page.getByText('You are looking at a draft.').waitFor();
      const notice = page.frameLocator('[title="Preview of the notice"]');
      const portal = page.frameLocator('[title="Preview of the portal"]');
      for (const preview of [notice, portal]) {
        await preview.getByText('10115 Berlin').waitFor();
        assert.ok((await widthOf(preview.locator('img').first())) > 0);
      }
      await portal.getByText(NAME).first().waitFor();
      const button = notice.locator('td[bgcolor]', { hasText: /^\s*Read the message\s*$/ });
      assert.equal(await computed(button, 'background-color'), COLOUR.rgb);
      assert.equal(
        await computed(portal.getByRole('button', { name: 'Send me a code' }), 'background-color'),
        COLOUR.rgb,
      );
      assert.equal(
        await portal.getByRole('button', { name: 'Sign out' }).count(),
        0,
        'a reader’s view, not the administrator’s',
      );
      assert.doesNotMatch(await page.getByRole('banner').innerText(), /Notariat/);
      await sendSample(desk);
      const mail = await openMail(desk, admin, BOB, /sealed message/);
      assert.doesNotMatch(await mail.frameLocator('iframe').locator('body').innerText(), /Berlin/);
      await page.bringToFront();
      assert.equal(await isTooWide(page), false);
    });

    test('a file that is no picture is refused beside its field, and what was typed stays', async () => {
      await page
        .getByLabel('Logo', { exact: true })
        .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
      await page.getByLabel('Introduction').fill('We write to you confidentially.');
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.getByRole('alert').filter({ hasText: 'Nothing was saved yet' }).waitFor();
      assert.equal(await page.getByLabel('Introduction').inputValue(), 'We write to you confidentially.');
      assert.doesNotMatch(await page.getByRole('banner').innerText(), /Notariat/);
    });

    test('published, pages and the next notice carry it', async () => {
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.getByText('Published.').waitFor();
      assert.match(await page.getByRole('banner').innerText(), /Notariat Wölfli & Söhne/);
      assert.ok((await widthOf(page.getByRole('banner').locator('img'))) > 0);
      assert.equal(await computed(page.getByRole('button', { name: 'Publish' }), 'background-color'), COLOUR.rgb);
      await sendSample(desk);
      const mail = await openMail(desk, admin, BOB, /sealed message/, 2);
      const notice = mail.frameLocator('iframe');
      assert.match(await notice.locator('body').innerText(), /We write to you confidentially[\s\S]*10115 Berlin/);
      assert.ok((await widthOf(notice.getByRole('img', { name: NAME }))) > 0, 'the logo came along');
      assert.match(await mail.locator('main').innerText(), /Alice Example via Notariat Wölfli & Söhne/);
      assert.equal(await isTooWide(mail), false);
    });
  });
}

/** The picture's own width, 0 when it is broken; waits until it is there. */
function widthOf(image: ReturnType<Page['locator']>): Promise<number> {
  return image.evaluate(async (one: { readonly naturalWidth: number; decode(): Promise<void> }) => {
    await one.decode().catch(() => undefined);
    return one.naturalWidth;
  });
}
