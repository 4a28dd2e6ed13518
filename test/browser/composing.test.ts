// Writing a message in the portal as a sender does it: with the address book, files and their progress, on a phone, with
// scripts and without.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { send } from '../support/mime.ts';
import { isTooWide, openDesk, signInAtDoor } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const ALICE = 'alice@example.com';

describe('writing a message', { skip: missing ?? false }, () => {
  let desk: Desk;
  const everybody: Person[] = [];

  before(async () => {
    desk = await openDesk();
    await send(desk.running, { to: 'Bob <bob@recipient.example>, carol@recipient.example', text: 'x' });
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(
      everybody.flatMap(({ faults }) => faults),
      [],
    );
  });

  async function composing(javaScript: boolean): Promise<Page> {
    const person = await desk.person({ javaScript, viewport: PHONE });
    everybody.push(person);
    const page = await signInAtDoor(desk, person, ALICE);
    await page.goto(`${desk.url}/sent`);
    await page.getByRole('link', { name: 'Write a message' }).click();
    await page.getByRole('heading', { name: 'Write a message' }).waitFor();
    return page;
  }

  for (const javaScript of [false, true]) {
    test(`goes to whom was ticked, with a file, scripts ${javaScript ? 'on' : 'off'}`, async () => {
      const page = await composing(javaScript);
      await page.getByText('People you have written to').click();
      await page.getByLabel('Bob bob@recipient.example').check();
      await page.getByText('Copies', { exact: true }).click();
      await page.getByLabel('Blind copy (Bcc)').fill('archive@other.example');
      await page.getByLabel('Subject').fill('With a file');
      await page.getByLabel('Your message').fill('Dear Bob');
      await page.getByLabel('Do not forward').check();
      await page
        .getByLabel('Files', { exact: true })
        .setInputFiles({ name: 'some.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
      assert.equal(await isTooWide(page), false);
      await page.getByRole('button', { name: 'Send the message' }).click();
      await page.getByText('Your message is sealed and on its way.').waitFor();
      await page.getByRole('heading', { name: '2 recipients' }).waitFor();
      await page.getByText('archive@other.example').first().waitFor();
      assert.match(page.url(), /\/sent\/[0-9a-z]{26}\?done=composed\.[\w.-]+$/);
    });

    test(`that is refused stands there again, scripts ${javaScript ? 'on' : 'off'}`, async () => {
      const page = await composing(javaScript);
      await page.getByLabel('To', { exact: true }).fill('bob@recipient');
      await page.getByLabel('Subject').fill('Half an address');
      await page.getByLabel('Your message').fill('Dear Bob');
      await page.getByRole('button', { name: 'Send the message' }).click();
      await page.getByRole('link', { name: 'Go there' }).click();
      assert.match(page.url(), /#to$/);
      assert.equal(await page.getByLabel('To', { exact: true }).inputValue(), 'bob@recipient');
      assert.equal(await page.getByLabel('Your message').inputValue(), 'Dear Bob');
    });
  }

  test('completes the second address as it does the first', async () => {
    const page = await composing(true);
    const offered = (): Promise<unknown> =>
      page.evaluate('[...document.querySelectorAll("#known option")].map((option) => option.value).sort()');
    assert.deepEqual(await offered(), ['archive@other.example', 'bob@recipient.example', 'carol@recipient.example']);
    await page.getByLabel('To', { exact: true }).fill('carol@recipient.example, bo');
    assert.deepEqual(await offered(), [
      'carol@recipient.example, archive@other.example',
      'carol@recipient.example, bob@recipient.example',
      'carol@recipient.example, carol@recipient.example',
    ]);
    await page.getByText('Copies', { exact: true }).click();
    await page.getByLabel('Copy (Cc)').fill('a');
    assert.deepEqual(await offered(), ['archive@other.example', 'bob@recipient.example', 'carol@recipient.example']);
  });

  test('is told what a rule or a file does not allow beside the button, where a file was chosen', async () => {
    const page = await composing(true);
    await page.getByLabel('To', { exact: true }).fill('bob@recipient');
    await page.getByLabel('Subject').fill('Half an address');
    await page
      .getByLabel('Files', { exact: true })
      .setInputFiles({ name: 'some.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.getByRole('button', { name: 'Send the message' }).click();
    await page.getByText('is not a whole e-mail address').waitFor();
    assert.match(page.url(), /\/compose$/);
    await page.getByText('some.txt').waitFor();
  });
});
