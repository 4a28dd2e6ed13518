// An administrator builds a rule from nothing by form, tries it, saves it; a mail is handed in, and the hit is seen. Then the
// rules change places.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { plainMail } from '../support/submit.ts';
import { ADMIN, isTooWide, openDesk, send, signInAtDoor } from './desk.ts';
import type { Desk, Look, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const looks: readonly (Look & { readonly name: string })[] = [
  { name: 'with scripts', javaScript: true },
  { name: 'without scripts, on a phone', javaScript: false, viewport: PHONE },
];

for (const look of looks) {
  describe(`a rule by form ${look.name}`, { skip: missing ?? false }, () => {
    let desk: Desk;
    let admin: Person;
    let page: Page;

    before(async () => {
      desk = await openDesk();
      admin = await desk.person(look);
      page = await signInAtDoor(desk, admin, ADMIN);
    });
    after(async () => {
      await desk.stop();
      assert.deepEqual(admin.faults, []);
    });

    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

    test('is built from nothing: conditions, an action, and tried before it is saved', async () => {
      await page.getByRole('link', { name: 'Console' }).click();
      await page.getByRole('link', { name: 'Policy', exact: true }).click();
      await page.getByRole('link', { name: 'Make a rule' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Contracts stay here');
      await page.getByRole('radio', { name: /^On/ }).check();
      await page.getByLabel('Add a condition').first().selectOption({ label: 'The subject' });
      await press('Add a condition');
      await page.getByLabel('Contains', { exact: true }).fill('contract');
      await page.getByLabel('Add a condition').first().selectOption({ label: 'The direction is' });
      await press('Add a condition');
      await page.getByText('All of these hold').first().waitFor();
      await page.getByLabel('Template', { exact: true }).selectOption('do-not-forward');
      assert.equal(await isTooWide(page), false);
      const opened = admin.context.waitForEvent('page');
      await press('Try it out in another tab');
      const simulator = await opened;
      await simulator.getByRole('heading', { name: 'Simulator', level: 1 }).waitFor();
      assert.match(await simulator.locator('#document').inputValue(), /id: contracts-stay-here/);
      await simulator.close();
      // What was typed still stands here.
      await press('Save as a new version');
      await page.getByText('Saved.').waitFor();
    });

    test('meets a mail, and the page shows it and leads to the message', async () => {
      const id = await send(desk, plainMail({ subject: 'The contract' }));
      await page.reload();
      await page.getByRole('link', { name: /^1 hit in 30 days: 1 made a difference/ }).click();
      await page.getByRole('link', { name: id }).click();
      await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
      await page.getByText('contracts-stay-here applied').first().waitFor();
    });

    test('changes places with another one', async () => {
      await page.goto(`${desk.url}/admin/policy/new-rule`);
      await page.getByLabel('Name', { exact: true }).fill('Another');
      await press('Save as a new version');
      await page.getByText('Saved.').waitFor();
      const rows = page.locator('[data-rule]');
      const order = (): Promise<(string | null)[]> =>
        rows.evaluateAll((all) => all.map((one) => one.getAttribute('data-rule')));
      assert.deepEqual(await order(), ['contracts-stay-here', 'another']);
      await press('Move up: Another');
      await page.getByText('Saved.').waitFor();
      assert.deepEqual(await order(), ['another', 'contracts-stay-here']);
      if (look.javaScript !== true) return;
      await Promise.all([
        page.waitForNavigation(),
        rows.nth(1).dragTo(rows.nth(0), { targetPosition: { x: 30, y: 4 } }),
      ]);
      assert.deepEqual(await order(), ['contracts-stay-here', 'another']);
    });
  });
}
