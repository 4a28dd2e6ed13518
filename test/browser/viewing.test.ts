// Looking at an attachment in a browser: with the keyboard, without scripts, on a phone; and that everybody can use it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { patient } from '../support/program.ts';
import { eventually } from '../support/eventually.ts';
import { PHONE, chromiumMissing } from '../support/chromium.ts';
import { send } from '../support/mime.ts';
import { pdf } from '../viewing/samples.ts';
import { BOB, openDesk, readByNotice } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function barriers(page: Page): Promise<unknown> {
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ' at ' + nodes[0].html.slice(0, 160)))`,
  );
}

/** The picture is there, and was drawn. */
async function assertDrawn(page: Page): Promise<void> {
  const picture = page.locator('main img');
  const width = await picture.evaluate(async (image: { readonly naturalWidth: number; decode(): Promise<void> }) => {
    await image.decode();
    return image.naturalWidth;
  });
  assert.ok(width > 400, String(width));
}

describe('an attachment in a browser', { skip: missing ?? false }, () => {
  let desk: Desk;
  let bob: Person;
  let page: Page;

  before(async () => {
    desk = await openDesk({ viewing: patient });
    await send(desk.running, {
      to: BOB,
      subject: 'For your eyes',
      text: 'See the file.',
      headers: ['X-Sealpost-Protection: do-not-forward'],
      parts: [{ content: pdf(['First', 'Second', 'Third']), type: 'application/pdf', name: 'plan.pdf' }],
    });
    bob = await desk.person();
    page = await readByNotice(desk, bob, BOB);
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(bob.faults, []);
  });

  test('is opened from the message, and its pages are turned by links and by arrow keys', async () => {
    await page.getByRole('link', { name: 'View plan.pdf' }).click();
    await page.getByRole('heading', { name: 'plan.pdf' }).waitFor();
    await assertDrawn(page);
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('link', { name: 'Next' }).first().click();
    await page.getByText('Page 2 of 3').first().waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Page 3 of 3').first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'Next' }).count(), 0);
    await page.keyboard.press('ArrowLeft');
    await page.getByText('Page 2 of 3').first().waitFor();
    await page.getByRole('link', { name: 'Previous' }).last().click();
    await page.getByText('Page 1 of 3').first().waitFor();
    await page.getByRole('link', { name: 'Page 3', exact: true }).click();
    await page.getByText('Page 3 of 3').first().waitFor();
    await assertDrawn(page);
  });

  test('is made larger by a link, keeps its size from page to page, and is moved by the keyboard', async () => {
    await page.getByRole('link', { name: '200 %' }).click();
    await page.locator('[aria-current="true"]', { hasText: '200 %' }).waitFor();
    await assertDrawn(page);
    assert.deepEqual(await barriers(page), []);
    const room = page.getByRole('region', { name: 'Page 3' });
    assert.ok((await room.evaluate((one: { readonly scrollWidth: number }) => one.scrollWidth)) > 1_500);
    assert.equal(
      await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
      true,
    );
    await room.focus();
    // A busy machine swallows a press now and then.
    const moved = async (): Promise<boolean> => {
      await page.keyboard.press('ArrowRight');
      return (await room.evaluate((one: { readonly scrollLeft: number }) => one.scrollLeft)) > 0;
    };
    await eventually(moved);
    assert.match(page.url(), /page=3&zoom=200/, 'the key moved the page and did not turn it');
    await page.getByRole('link', { name: 'Previous' }).first().click();
    await page.getByText('Page 2 of 3').first().waitFor();
    assert.match(page.url(), /zoom=200/);
  });

  test('is not printed where the sender withholds it', async () => {
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('main img').isVisible(), false);
    assert.equal(await page.getByText('does not allow this message to be printed').isVisible(), true);
    await page.emulateMedia({ media: 'screen' });
  });

  test('works on a phone and without scripts, and fits the screen', async () => {
    const phone = await desk.person({ viewport: PHONE, javaScript: false });
    const small = await readByNotice(desk, phone, BOB);
    await small.getByRole('link', { name: 'View plan.pdf' }).click();
    await small.getByRole('heading', { name: 'plan.pdf' }).waitFor();
    const box = await small.locator('main img').boundingBox();
    assert.ok(box !== null && box.width <= PHONE.width && box.width > PHONE.width * 0.8);
    await small.getByRole('link', { name: 'Next' }).first().click();
    await small.getByText('Page 2 of 3').first().waitFor();
    await small.getByRole('link', { name: 'Back to the message' }).click();
    await small.getByRole('heading', { name: 'For your eyes' }).waitFor();
    assert.deepEqual(phone.faults, []);
  });
});
