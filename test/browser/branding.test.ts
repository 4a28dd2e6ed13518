// An administrator gives the portal its face: changes it, sees it before anybody else does, saves it, and the next notice
// carries it; then makes a second brand from nothing, and a reader meets a message under it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import {
  ADMIN,
  ALICE,
  BOB,
  computed,
  followNotice,
  isTooWide,
  openDesk,
  openMail,
  sendSample,
  signIn,
  signInAtDoor,
} from './desk.ts';
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
    const introduction = () => page.getByLabel('Introduction of the notice').first();

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
      await page.getByRole('link', { name: 'Console' }).click();
      await page.getByRole('link', { name: 'Brands' }).click();
      await page.getByRole('heading', { name: 'Brands', level: 1 }).waitFor();
      await page.getByRole('main').getByRole('link', { name: 'Example Ltd' }).click();
      await page.getByRole('heading', { name: 'Brand default', level: 1 }).waitFor();
      assert.equal(await isTooWide(page), false);
      const alice = await desk.person(look);
      await signInAtDoor(desk, alice, ALICE);
      assert.equal(await alice.page.getByRole('link', { name: 'Console' }).count(), 0);
      assert.equal((await alice.page.goto(`${desk.url}/admin/brands/default`))?.status(), 404);
      await page.bringToFront();
    });

    test('what is changed shows in both previews and nowhere else', async () => {
      await page.getByLabel('Organisation name').fill(NAME);
      await page.getByLabel('Colour', { exact: true }).fill(COLOUR.hex);
      await page.getByLabel('Footer', { exact: true }).fill('Hafenstraße 12\n10115 Berlin');
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
      await page.getByText('You are looking at a draft of yours.').waitFor();
      const notice = page.frameLocator('[title="Preview of the notice"]');
      const portal = page.frameLocator('[title="Preview of the portal on a phone"]');
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
      await introduction().fill('We write to you confidentially.');
      await page.getByRole('button', { name: 'Save as a new version' }).click();
      await page.getByRole('alert').filter({ hasText: 'Nothing was saved yet' }).waitFor();
      assert.equal(await introduction().inputValue(), 'We write to you confidentially.');
      assert.doesNotMatch(await page.getByRole('banner').innerText(), /Notariat/);
    });

    test('saved, pages and the next notice carry it', async () => {
      await page.getByRole('button', { name: 'Save as a new version' }).click();
      await page.getByText('Saved. Pages and notices look like this').waitFor();
      assert.match(await page.getByRole('banner').innerText(), /Notariat Wölfli & Söhne/);
      assert.ok((await widthOf(page.getByRole('banner').locator('img'))) > 0);
      assert.equal(
        await computed(page.getByRole('button', { name: 'Save as a new version' }), 'background-color'),
        COLOUR.rgb,
      );
      await sendSample(desk);
      const mail = await openMail(desk, admin, BOB, /sealed message/, 2);
      const notice = mail.frameLocator('iframe');
      assert.match(await notice.locator('body').innerText(), /We write to you confidentially[\s\S]*10115 Berlin/);
      assert.ok((await widthOf(notice.getByRole('img', { name: NAME }))) > 0, 'the logo came along');
      assert.match(await mail.locator('main').innerText(), /Alice Example via Notariat Wölfli & Söhne/);
      assert.equal(await isTooWide(mail), false);
    });

    test('a second brand is made from nothing', async () => {
      await page.bringToFront();
      await page.getByRole('link', { name: 'Console' }).click();
      await page.getByRole('link', { name: 'Brands' }).click();
      const form = page.getByRole('main').locator('form', { hasText: 'Make the brand' });
      await form.getByLabel('Name', { exact: true }).fill('North Clinic');
      await form.getByRole('button', { name: 'Make the brand' }).click();
      await page.getByText('Make the name of lower-case letters').first().waitFor();
      await form.getByLabel('Name', { exact: true }).fill('north-clinic');
      await form.getByRole('button', { name: 'Make the brand' }).click();
      await page.getByRole('heading', { name: 'Brand north-clinic', level: 1 }).waitFor();
      await page.getByLabel('Organisation name').fill('North Clinic');
      await page.getByLabel('Colour', { exact: true }).fill('#0b5d4e');
      await page.getByLabel('Remove the logo').check();
      await page.getByLabel('Subject of the notice').first().fill('{organisation}: a letter from {sender}');
      await introduction().fill('Dear reader, {sender} of {organisation} wrote to you.');
      await page.getByText('Deutsch').first().click();
      await page.getByLabel('Subject of the notice').nth(2).fill('{organisation}: ein Brief von {absender}');
      if (look.javaScript === true) await typesTooPaleText();
      await page.getByRole('button', { name: 'Save as a new version' }).click();
      await page
        .getByRole('alert')
        .getByRole('link', { name: /\{absender\} at line 1, character 31/ })
        .waitFor();
      await page.getByLabel('Subject of the notice').nth(2).fill('{organisation}: ein Brief von {sender}');
      await page.getByLabel('Language of the previews').selectOption('de');
      await page.getByRole('button', { name: 'Update the preview' }).click();
      const text = page.frameLocator('[title="Preview of the plain text"]').locator('body');
      await text.getByText('North Clinic: ein Brief von Alice Example').waitFor();
      const desktop = page.frameLocator('[title="Preview of the portal on a desktop"]');
      await desktop.getByRole('button', { name: 'Code senden' }).waitFor();
      assert.equal(await isTooWide(page), false);
      await page.getByRole('button', { name: 'Save as a new version' }).click();
      await page.getByText('Saved. Pages and notices look like this').waitFor();
    });

    // Said while it is picked, and put right again.
    async function typesTooPaleText(): Promise<void> {
      await page.getByLabel('Text on it').fill('#0d6b5a');
      await page.getByText('too little to be read').waitFor();
      await page.getByLabel('Use this colour for the text').uncheck();
      await page.getByText('Text stands on this colour with a contrast of 7.8 to 1.').waitFor();
    }

    test('a message under it is seen by its reader as that of the new brand, and of no other', async () => {
      await sendSample(desk, ['X-Sealpost-Brand: north-clinic']);
      const bob = await desk.person(look);
      const door = await followNotice(desk, bob, BOB, /^North Clinic: a letter from Alice Example/);
      assert.match(await door.getByRole('banner').innerText(), /North Clinic/);
      const send = door.getByRole('button', { name: 'Send me a code' });
      assert.equal(await computed(send, 'background-color'), 'rgb(11, 93, 78)');
      await signIn(desk, bob, door, BOB);
      assert.match(await door.getByRole('banner').innerText(), /North Clinic/);
      await door.getByRole('navigation').getByRole('link', { name: 'Inbox' }).click();
      await door.getByRole('heading', { level: 1 }).waitFor();
      assert.match(await door.getByRole('banner').innerText(), /North Clinic/);
      const notice = await openMail(desk, bob, BOB, /^North Clinic: a letter/);
      const body = await notice.frameLocator('iframe').locator('body').innerText();
      assert.match(body, /Dear reader, Alice Example of North Clinic wrote to you\./);
      assert.doesNotMatch(body, /Notariat|Sealpost/);
      assert.deepEqual(bob.faults, []);
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
