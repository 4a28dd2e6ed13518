// A mail gateway that looks through mail before its reader does: it opens the notice's links in a real browser,
// follows every link it finds there and sends every form it can fill in. The message stays unread and its reader's
// own way in stays open.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing } from '../support/chromium.ts';
import { linkTo } from '../support/mailbox.ts';
import { ALICE, BOB, followNotice, mailFrame, openDesk, openMail, sendSample, signIn, signInAtDoor } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

describe('a scanner that follows links and sends forms', { skip: missing ?? false }, () => {
  let desk: Desk;
  let bob: Person;
  let alice: Person;
  const seen = { pages: new Set<string>(), forms: new Set<string>() };

  before(async () => {
    desk = await openDesk();
    bob = await desk.person();
    alice = await desk.person();
    await sendSample(desk);
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual([...bob.faults, ...alice.faults], []);
  });

  test('gets as far as the pages that stand before a code, and no further', async () => {
    await openMail(desk, bob, BOB, /sealed message/);
    const scanner = await desk.person();
    await scan(scanner.page, `${desk.url}${await linkTo(desk.running, BOB)}`, seen, desk.url);
    const paths = [...seen.pages].map((url) => new URL(url).pathname);
    assert.ok(
      paths.some((path) => /^\/m\/[\w-]{22}\/verify$/.test(path)),
      'the harness does ask for codes',
    );
    assert.ok(
      [...seen.forms].some((form) => form.startsWith('/sign-in/passcode')),
      'and types addresses',
    );
    assert.deepEqual(
      paths.filter((path) => /^\/(?:messages|sent|admin)/.test(path)),
      [],
    );
  });

  test('leaves the message unread', async () => {
    const page = await signInAtDoor(desk, alice, ALICE);
    await page.getByRole('link', { name: /Lease agreement/ }).click();
    const reader = page.getByRole('listitem').filter({ hasText: BOB });
    await reader.getByText('Notified, not read yet').waitFor();
    assert.doesNotMatch(await reader.innerText(), /First read/);
  });

  test('does not stand in the way of its reader', async () => {
    const page = await followNotice(desk, bob, BOB);
    await signIn(desk, bob, page, BOB);
    await mailFrame(page).getByText('Good morning').waitFor();
    await alice.page.reload();
    await alice.page.getByRole('listitem').filter({ hasText: BOB }).getByText('First read').waitFor();
  });
});

/** Every page that can be reached from `start` on the same host, and each of their forms once. */
async function scan(
  page: Page,
  start: string,
  seen: { pages: Set<string>; forms: Set<string> },
  host: string,
): Promise<void> {
  const waiting = [start];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    // The mailbox is the reader's own; a scanner has no eyes for it. What was seen need not be seen again.
    if (seen.pages.has(url) || !url.startsWith(`${host}/`) || url.includes('/try/')) continue;
    await page.goto(url);
    seen.pages.add(url).add(page.url());
    waiting.push(...(await linksOn(page)));
    const forms = page.locator('form');
    for (let n = 0; n < (await forms.count()); n += 1) {
      const form = forms.nth(n);
      // It asks for a finger on a key, which a scanner has not.
      if ((await form.getAttribute('data-passkey')) !== null) continue;
      const action = new URL((await form.getAttribute('action')) ?? '', url).pathname;
      const buttons = form.getByRole('button');
      for (let b = 0; b < (await buttons.count()); b += 1) {
        const name = `${action} ${await buttons.nth(b).innerText()}`;
        if (seen.forms.has(name) || (await form.locator('[name="code"]').count()) > 0) continue;
        seen.forms.add(name);
        for (const field of await form.locator('input[type="email"]').all()) await field.fill(BOB);
        await Promise.all([page.waitForNavigation(), buttons.nth(b).click()]);
        waiting.push(page.url(), ...(await linksOn(page)));
        await page.goto(url);
      }
    }
  }
}

async function linksOn(page: Page): Promise<string[]> {
  const links: unknown = await page.evaluate('[...document.links].map((link) => link.href.replace(/#.*/, ""))');
  return Array.isArray(links) ? links.map(String) : [];
}
