// What a protection withholds, seen in a browser: under do-not-forward the reader's address lies over everything,
// files stay, print is empty, nothing can be selected. The same mail without that protection is the control.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { Locator, Page } from 'playwright-core';
import { chromiumMissing } from '../support/chromium.ts';
import { plainMail } from '../support/submit.ts';
import { BOB, computed, mailFrame, openDesk, readByNotice, send, sendSample } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const KEPT = 'X-Sealpost-Protection: do-not-forward';

describe('do-not-forward in a browser', { skip: missing ?? false }, () => {
  let desk: Desk;
  let bob: Person;
  let page: Page;
  const ids = { free: '', kept: '', keptText: '' };

  before(async () => {
    desk = await openDesk();
    bob = await desk.person();
    ids.keptText = await send(desk, plainMail({ subject: 'Kept text', headers: [KEPT], body: 'The kept words.' }));
    ids.free = (await sendSample(desk)).id;
    ids.kept = (await sendSample(desk, [KEPT])).id;
    page = await readByNotice(desk, bob, BOB);
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(bob.faults, []);
  });

  const open = async (id: string, part = ''): Promise<void> => {
    await page.emulateMedia({ media: 'screen' });
    await page.goto(`${desk.url}/messages/${id}${part}`);
  };

  test('the reader’s address can be seen over the page and over the mail', async () => {
    await open(ids.kept);
    const mark = page.locator('.watermark');
    assert.match(await mark.innerText(), new RegExp(BOB));
    assert.ok(await mark.isVisible());
    assert.ok(Number(await computed(mark, 'opacity')) >= 0.05);
    assert.ok((await shadesBeside(page)) > 1, 'what is blank in the mail bears the address');
    await open(ids.free);
    assert.equal(await page.locator('.watermark').count(), 0);
    assert.equal(await shadesBeside(page), 1);
  });

  test('it neither takes clicks nor hides behind what the mail draws', async () => {
    const overlay = '<div style="position:fixed;inset:0;z-index:2147483647;background:#fff;height:2000px">x</div>';
    const raw = plainMail({ subject: 'Overlay', headers: [KEPT], body: overlay }).replace('text/plain', 'text/html');
    await open(await send(desk, raw));
    assert.ok((await shadesBeside(page, 10)) > 1);
    await page.getByRole('link', { name: 'Reply', exact: true }).click();
    await page.getByLabel('Your reply').fill('This can be typed.');
  });

  test('files are named but not handed out, by no way', async () => {
    await open(ids.kept);
    const files = page.getByRole('region', { name: '2 attachments' });
    await files.getByText('Costs.xlsx').first().waitFor();
    assert.equal(await files.getByRole('link', { name: /^View/ }).count(), 2);
    assert.equal(await files.getByRole('link', { name: /^(?!View)/ }).count(), 0);
    assert.equal(await page.getByRole('heading', { name: 'Forward this message' }).count(), 0);
    for (const n of [1, 2, 3]) {
      const answer = await bob.context.request.get(`${desk.url}/messages/${ids.kept}/attachments/${n}`);
      assert.equal(answer.status(), 403);
    }
    await open(ids.free);
    assert.equal(await page.getByRole('link', { name: /^Download/ }).count(), 2);
  });

  test('on paper there is one sentence, whatever is printed', async () => {
    for (const part of ['', '/body']) {
      await open(ids.kept, part);
      await page.emulateMedia({ media: 'print' });
      const words = (await page.locator('body').innerText()).trim();
      assert.equal(words, 'The sender does not allow this message to be printed.');
    }
    await open(ids.keptText);
    await page.emulateMedia({ media: 'print' });
    assert.doesNotMatch(await page.locator('body').innerText(), /kept words/);
    await open(ids.free);
    await page.emulateMedia({ media: 'print' });
    assert.match(await page.locator('body').innerText(), /Lease agreement/);
    assert.ok(await page.locator('.message-frame').isVisible());
  });

  test('a style sheet of the mail changes nothing of what is withheld', async () => {
    const sheet =
      '*,body,html,#mail,#print,.x{display:block!important;visibility:visible!important;-webkit-user-select:text!important;user-select:text!important}body::after,#mail::after,*::after{display:none!important;opacity:0!important}';
    const body = `<style>${sheet}@media print{${sheet}}</style><style media="print">${sheet}</style><body id="mail" class="x"><p id="print">Dressed words</p></body>`;
    const raw = plainMail({ subject: 'Dressed', headers: [KEPT], body }).replace('text/plain', 'text/html');
    const id = await send(desk, raw);
    await open(id);
    assert.ok((await shadesBeside(page, 10)) > 1, 'the mark is there');
    await open(id, '/body');
    assert.match(await page.locator('body').innerText(), /Dressed words/);
    assert.doesNotMatch(await selectedOn(page), /Dressed words/);
    await page.emulateMedia({ media: 'print' });
    assert.equal(
      (await page.locator('body').innerText()).trim(),
      'The sender does not allow this message to be printed.',
    );
  });

  test('nothing of it can be selected, though a reply can be typed', async () => {
    await open(ids.keptText);
    assert.equal(await computed(page.locator('main'), 'user-select'), 'none');
    assert.doesNotMatch(await selectedOn(page), /kept words/);
    assert.equal(await computed(page.getByLabel('Your reply'), 'user-select'), 'text');
    await open(ids.kept);
    assert.equal(await computed(mailFrame(page).locator('body'), 'user-select'), 'none');
    await open(ids.kept, '/body');
    assert.doesNotMatch(await selectedOn(page), /Good morning/);
    await open(ids.free, '/body');
    assert.match(await selectedOn(page), /Good morning/);
  });
});

/**
 * How many shades stand in a piece of the mail where it says nothing: beside the sample's table, whatever font that is
 * written in, or so far below the frame's top.
 */
async function shadesBeside(page: Page, fromTopPx?: number): Promise<number> {
  await mailFrame(page).locator('#mail').waitFor();
  const frame = page.locator('.message-frame');
  await frame.scrollIntoViewIfNeeded();
  const box = await frame.boundingBox();
  assert.ok(box);
  const clip =
    fromTopPx === undefined
      ? besideOf(box, await mailFrame(page).locator('table').first().boundingBox())
      : { x: box.x + 500, y: box.y + fromTopPx, width: 280, height: 140 };
  const picture = await page.screenshot({ clip });
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  assert.equal(data.length, info.width * info.height);
  return new Set(data).size;
}

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

function besideOf(frame: Box, table: Box | null): Box {
  assert.ok(table);
  const x = table.x + table.width + 10;
  return { x, y: table.y, width: frame.x + frame.width - x - 10, height: table.height };
}

async function selectedOn(page: Page): Promise<string> {
  await page.keyboard.press('Control+A');
  return String(await page.evaluate('getSelection().toString()'));
}
