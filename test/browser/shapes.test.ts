// Mail as real programs write it, through the real program: what its author meant to be seen is seen, in its order and its place,
// on a desk and on a phone, in the light and in the dark.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { shapes } from '../shapes/shapes.ts';
import type { Shape } from '../shapes/shapes.ts';
import { chromiumMissing, DESKTOP, PHONE } from '../support/chromium.ts';
import { send } from '../support/mime.ts';
import { BOB, computed, isTooWide, mailFrame, openDesk, readByNotice } from './desk.ts';
import type { Desk, Person } from './desk.ts';
import { cellBoxes, fadedTexts, letterBoxes, lookOf, picturesSeen } from './mail-looks.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

describe('mail of every shape', { skip: missing ?? false }, () => {
  let desk: Desk;
  let bob: Person;
  let page: Page;

  before(async () => {
    desk = await openDesk();
    bob = await desk.person();
    await send(desk.running, { text: 'Hello.' });
    page = await readByNotice(desk, bob, BOB);
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(bob.faults, [], 'nothing was fetched from elsewhere');
  });

  for (const shape of shapes) {
    test(`${shape.name} is displayed as it was meant`, async () => {
      const id = await send(desk.running, { subject: shape.name, ...shape.mail });
      await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
      await page.setViewportSize(DESKTOP);
      await page.goto(`${desk.url}/messages/${id}`);
      const at = await shown(page, shape);
      await checkWords(at, shape);
      assert.equal((await picturesSeen(at)).length, shape.pictures ?? 0, 'pictures that came along');
      const left = await page.getByText(/remote (?:picture|pictures).* left out/).allInnerTexts();
      assert.equal(Number(/\d+/.exec(left[0] ?? '')?.[0] ?? 0), shape.blocked ?? 0, 'what was left out');
      await checkCells(at, shape);
      for (const [words, property, value] of shape.looks ?? [])
        assert.equal(await lookOf(at, words, property), value, `${words}: ${property}`);
      if (shape.columns !== undefined) assert.equal(await areBeside(at, shape.columns), true);
      if (shape.rightToLeft === true) await checkDirection(at, shape);
      assert.equal(await isTooWide(page), false);
      assert.deepEqual(await fadedTexts(at), []);

      await page.setViewportSize(PHONE);
      const onPhone = await at.locator('body').innerText();
      for (const words of shape.saysOnPhone ?? []) assert.ok(onPhone.includes(words), words);
      if (shape.columns !== undefined) assert.equal(await areBeside(at, shape.columns), false);
      assert.equal(await isTooWide(page), false);
      if (at !== page) {
        const room = '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)';
        assert.equal(await at.evaluate(`${room}(document.documentElement)`), 0);
        if (shape.wide !== true) assert.equal(await at.evaluate(`${room}(document.querySelector('#mail'))`), 0);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      assert.deepEqual(await fadedTexts(at), [], 'in the dark');
      await checkFold(at, shape);
    });
  }

  test('a mail with a look for the dark has it in the dark, by the device or by the reader, and never on paper', async () => {
    const [dark] = shapes.filter(({ name }) => name === 'dark-styles');
    assert.ok(dark);
    const id = await send(desk.running, { subject: 'Dark', ...dark.mail });
    const paper = async (): Promise<string> => {
      await mailFrame(page).getByText('Nothing is left to do.').waitFor();
      return computed(mailFrame(page).locator('html'), 'background-color');
    };
    const logo = async (): Promise<readonly string[]> => picturesSeen(await shown(page, dark));
    await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
    await page.goto(`${desk.url}/messages/${id}`);
    assert.equal(await paper(), 'rgb(246, 246, 246)');
    assert.deepEqual(await logo(), ['Ledger, light']);
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.equal(await paper(), 'rgb(16, 20, 24)');
    assert.deepEqual(await logo(), ['Ledger, dark']);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Dark', exact: true }).click();
    await page.locator('html[data-theme="dark"]').waitFor();
    assert.equal(await paper(), 'rgb(16, 20, 24)');
    assert.deepEqual(await fadedTexts(await shown(page, dark)), []);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await paper(), 'rgb(246, 246, 246)');
    assert.deepEqual(await fadedTexts(await shown(page, dark)), []);
    await page.emulateMedia({ colorScheme: 'dark', media: 'screen' });
    await page.getByRole('button', { name: 'Light', exact: true }).click();
    await page.locator('html[data-theme="light"]').waitFor();
    assert.equal(await paper(), 'rgb(246, 246, 246)');
  });

  test('what a mail passes on is not folded away', async () => {
    const [outlook] = shapes.filter(({ name }) => name === 'outlook');
    assert.ok(outlook);
    const id = await send(desk.running, { ...outlook.mail, subject: 'FW: The roof' });
    await page.goto(`${desk.url}/messages/${id}`);
    await mailFrame(page).getByText('how much is the roof going to cost?').waitFor();
    assert.equal(await mailFrame(page).locator('details').count(), 0);
  });
});

/** Where the mail stands: in its frame, or as text on the page. */
async function shown(page: Page, { mail }: Shape): Promise<Frame | Page> {
  if (mail.html === undefined) return page;
  await mailFrame(page).locator('#mail').waitFor();
  const frame = page.frames().find((one) => one.url().endsWith('/body'));
  assert.ok(frame);
  await frame.waitForLoadState('load');
  return frame;
}

async function checkWords(at: Frame | Page, { says, hides = [], folds = [] }: Shape): Promise<void> {
  const text = await at.locator('body').innerText();
  let from = 0;
  for (const words of says) {
    const found = text.indexOf(words, from);
    assert.notEqual(found, -1, `“${words}” after “${text.slice(Math.max(0, from - 40), from)}”`);
    from = found + words.length;
  }
  for (const words of [...hides, ...folds]) assert.ok(!text.includes(words), `not seen: ${words}`);
}

/** Cells of a row stand beside each other, in its direction. */
async function checkCells(at: Frame | Page, { rows = [], rightToLeft }: Shape): Promise<void> {
  for (const words of rows) {
    const cells = (await cellBoxes(at, words)) ?? [];
    assert.equal(cells.length, words.length, words.join(' '));
    for (const [n, cell] of cells.entries()) {
      const before = cells[n - 1];
      if (before === undefined) continue;
      assert.equal(cell.top, before.top);
      assert.ok(rightToLeft === true ? cell.right <= before.left + 1 : cell.left >= before.right - 1, words[n]);
    }
  }
}

async function areBeside(at: Frame | Page, words: readonly [string, string]): Promise<boolean> {
  const [one, two] = [await letterBoxes(at, words[0]), await letterBoxes(at, words[1])];
  assert.ok(one[0] && two[0]);
  return Math.abs(one[0].left - two[0].left) > 40;
}

/** A line begins at its right edge, and its letters go on to the left. */
async function checkDirection(at: Frame | Page, { says }: Shape): Promise<void> {
  for (const words of says) {
    const [first, last] = await letterBoxes(at, words);
    assert.ok(first && last && first.left > last.right, words);
  }
}

async function checkFold(at: Frame | Page, { folds }: Shape): Promise<void> {
  const fold = at.locator('details').filter({ hasText: folds?.[0] ?? 'Show what was quoted' });
  assert.equal(await fold.count(), folds === undefined ? 0 : 1);
  if (folds === undefined) return;
  await fold.locator('summary').press('Enter');
  for (const words of folds) assert.ok(await fold.getByText(words).first().isVisible(), words);
  assert.deepEqual(await fadedTexts(at), [], 'unfolded');
}
