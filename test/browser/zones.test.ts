// Times as people read them: by the clock of their device, with its zone in words; without scripts in UTC, and saying so.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { linkTo } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { BOB, isTooWide, openDesk } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

// No clock there is ever that of UTC, and none is changed in summer.
const KOLKATA = 'Asia/Kolkata';

describe('times in a browser', { skip: missing ?? false }, () => {
  let desk: Desk;
  let link: string;
  const people: Person[] = [];

  before(async () => {
    desk = await openDesk({ workerRuns: false });
    await send(desk.running, { to: BOB, text: 'x' });
    link = `${desk.url}${await linkTo(desk.running, BOB)}`;
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(
      people.flatMap(({ faults }) => faults),
      [],
    );
  });

  async function waiting(look: { javaScript: boolean; language: string; zone: string }): Promise<Person> {
    desk.running.clock.forward(20 * MINUTE_MS);
    const person = await desk.person({ ...look, viewport: PHONE });
    people.push(person);
    await person.page.goto(link);
    await person.page.locator('main form button.primary').click();
    await person.page.waitForURL(/\/verify$/);
    return person;
  }

  test('are those of the device, also when they come later, and are read out once', async () => {
    const { page } = await waiting({ javaScript: true, language: 'en', zone: KOLKATA });
    const queued = page.locator('[data-status] p').first();
    const since = await queued.locator('time').getAttribute('datetime');
    const local = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: KOLKATA }).format(
      new Date(since ?? ''),
    );
    assert.equal(await queued.innerText(), `The mail with the code waits to leave, since ${local} GMT+5:30.`);
    await page.getByText('Times on this page are in your time zone: India Standard Time.').waitFor();
    // What has not changed is not written anew, or it would be read out every two seconds.
    await queued.evaluate((line: { marked?: boolean }) => (line.marked = true));
    const asked = page.waitForResponse(/\/verify\/status$/);
    await asked;
    await desk.running.drain();
    await page.getByText(/Our mail server took the mail with the code at \d\d:\d\d GMT\+5:30\./).waitFor();
    const until = page.locator('[data-status] p').nth(1);
    assert.match(await until.innerText(), /The code works until \d\d:\d\d GMT\+5:30\./);
    assert.equal(await page.getByText('UTC').count(), 0);
    assert.equal(await isTooWide(page), false);
  });

  test('are written as the language of the page writes them', async () => {
    const { page } = await waiting({ javaScript: true, language: 'ar', zone: KOLKATA });
    const time = await page.locator('[data-status] time').first().innerText();
    assert.match(time, /^\u2068\d\d:\d\d غرينتش\+5:30\u2069$/);
    assert.match(await page.locator('.zone').innerText(), /^الأوقات في هذه الصفحة بحسب منطقتك الزمنية: .+الهند/);
  });

  for (const [what, javaScript, zone] of [
    ['without scripts', false, KOLKATA],
    ['where the device goes by UTC', true, 'UTC'],
  ] as const) {
    test(`are in UTC ${what}, and say so`, async () => {
      const { page } = await waiting({ javaScript, language: 'en', zone });
      assert.match(await page.locator('[data-status] p').first().innerText(), /since \d\d:\d\d UTC\.$/);
      await page.getByText('Times on this page are in Coordinated Universal Time (UTC).').waitFor();
    });
  }

  test('are not spoken of where there are none', async () => {
    const { page } = await desk.person({ language: 'en', zone: KOLKATA });
    await page.goto(`${desk.url}/sign-in`);
    assert.equal(await page.locator('.zone').isVisible(), false);
  });
});
