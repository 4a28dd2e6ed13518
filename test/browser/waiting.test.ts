// The page that waits for a code, in a browser: with scripts it tells by itself what becomes of the mail, without taking
// the typing away; without them a link does the same.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { send as sendMail } from '../support/mime.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import { BOB, isTooWide, openDesk } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

describe('waiting for a code', { skip: missing ?? false }, () => {
  let relay: TestRelay;
  let desk: Desk;
  let link: string;
  const people: Person[] = [];

  before(async () => {
    relay = await startRelay();
    desk = await openDesk({ env: relayEnv(relay, 'opportunistic'), workerRuns: false });
    await sendMail(desk.running, { to: BOB, text: 'x' });
    await desk.running.drain();
    link = `${desk.url}${/\/m\/[\w-]{22}/.exec(readable(relay.mails[0]?.raw ?? ''))?.[0] ?? ''}`;
  });
  after(async () => {
    await desk.stop();
    await relay.close();
    assert.deepEqual(
      people.flatMap(({ faults }) => faults),
      [],
    );
  });
  beforeEach(() => {
    relay.refusals.clear();
    desk.running.clock.forward(20 * MINUTE_MS);
  });

  async function waiting(javaScript: boolean): Promise<Page> {
    const person = await desk.person({ javaScript, viewport: PHONE });
    people.push(person);
    await person.page.goto(link);
    await person.page.getByRole('button', { name: 'Send me a code' }).click();
    await person.page.waitForURL(/\/verify$/);
    return person.page;
  }

  test('with scripts the page follows the mail, and what is being typed stays', async () => {
    const page = await waiting(true);
    await page.getByText('waits to leave').waitFor();
    assert.equal(await page.getByRole('link', { name: 'See how it stands' }).count(), 0);
    const field = page.getByLabel('Eight-digit code');
    await field.fill('1234');
    relay.refusals.set(BOB, '451 4.3.0');
    await desk.running.drain();
    await page.getByText('is delayed').waitFor();
    await page.getByText('Its answer: 451 4.3.0.').waitFor();
    relay.refusals.clear();
    desk.running.clock.forward(MINUTE_MS);
    await desk.running.drain();
    await page.getByText('Our mail server took the mail with the code').waitFor();
    assert.equal(await field.inputValue(), '1234');
    assert.equal(await page.locator('[aria-live="polite"]').count(), 1);
    assert.equal(await isTooWide(page), false);
    desk.running.clock.forward(10 * MINUTE_MS);
    await page.getByText('The code has run out. Ask for a new one.').waitFor();
  });

  test('without scripts a link tells how it stands', async () => {
    const page = await waiting(false);
    await page.getByText('waits to leave').waitFor();
    await desk.running.drain();
    await page.getByRole('link', { name: 'See how it stands' }).click();
    await page.getByText('Our mail server took the mail with the code').waitFor();
    assert.equal(await isTooWide(page), false);
  });
});
