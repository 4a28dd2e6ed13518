// The whole story as people live it: from the notice in a mailbox to the destroyed message, on a phone without
// scripts and at a desk with them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { simpleParser } from 'mailparser';
import type { Attachment } from 'mailparser';
import { chromiumMissing, DESKTOP, PHONE } from '../support/chromium.ts';
import { ALICE, BOB, CAROL, followNotice, isTooWide, lookUpCode, mailFrame, openDesk, openMail } from './desk.ts';
import { sendSample, signInAtDoor } from './desk.ts';
import type { Desk, Look, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const SUBJECT = /Lease agreement for Harbour Street 12/;
const ANSWER = 'Clause 3 is fine with me. My corrections are in the file.';
const FILE = {
  name: 'Corrections – Bob.pdf',
  mimeType: 'application/pdf',
  buffer: Buffer.from('%PDF-1.4 my corrections'),
};

const looks: readonly (Look & { name: string; typed: (code: string) => string })[] = [
  { name: 'on a phone without scripts', viewport: PHONE, javaScript: false, typed: (code) => code },
  {
    name: 'at a desk, with scripts',
    viewport: DESKTOP,
    javaScript: true,
    typed: (code) => ` ${code.slice(0, 4)}\u00a0${code.slice(4)}\n`, // as a mouse picks it up from a mail
  },
];

for (const look of looks) {
  describe(`the story of a message ${look.name}`, { skip: missing ?? false }, () => {
    let desk: Desk;
    let bob: Person;
    let alice: Person;
    let reading: Page;
    let files: readonly Attachment[];

    before(async () => {
      desk = await openDesk();
      bob = await desk.person(look);
      alice = await desk.person(look);
      const { raw } = await sendSample(desk);
      files = (await simpleParser(raw)).attachments.filter((one) => !one.related);
    });
    after(async () => {
      await desk.stop();
      assert.deepEqual([...bob.faults, ...alice.faults], []);
    });

    test('the notice says who wrote, and its button opens a page that says no more', async () => {
      reading = await followNotice(desk, bob, BOB);
      const text = await reading.locator('body').innerText();
      assert.match(text, /b•••••@recipient\.example/);
      assert.doesNotMatch(text, /bob@|Harbour|Lease/);
      assert.equal(await isTooWide(reading), false);
    });

    test('a code comes to the mailbox, and a wrong one is told apart from it', async () => {
      await reading.getByRole('button', { name: 'Send me a code' }).click();
      await reading.waitForURL(/\/verify$/);
      const code = await lookUpCode(desk, bob, reading, BOB);
      await reading.getByLabel('Eight-digit code').fill(code === '12345678' ? '87654321' : '12345678');
      await reading.getByRole('button', { name: 'Check the code' }).click();
      await reading.getByText('You have 4 tries left').waitFor();
      assert.equal(await isTooWide(reading), false);
      await reading.getByLabel('Eight-digit code').focus();
      await reading.keyboard.insertText(look.typed(code));
      await reading.getByRole('button', { name: 'Check the code' }).click();
      await reading.waitForURL(/\/messages\/[0-9a-z]{26}$/);
    });

    test('the message shows its table and its picture', async () => {
      assert.match(await reading.getByRole('heading', { level: 1 }).innerText(), SUBJECT);
      const frame = mailFrame(reading);
      assert.equal(await frame.getByRole('row').count(), 8);
      await frame.getByRole('cell', { name: 'Meeting with the landlord' }).waitFor();
      const picture = frame.getByRole('img');
      assert.equal(await picture.evaluate((image: { readonly naturalWidth: number }) => image.naturalWidth), 480);
      assert.equal(await isTooWide(reading), false);
    });

    test('the frame has room for the whole mail', async () => {
      const [content, room] = [
        await mailFrame(reading).locator('#mail').boundingBox(),
        await reading.locator('.message-frame').boundingBox(),
      ];
      assert.ok(content && room && content.height <= room.height, `${content?.height} in ${room?.height}`);
      assert.ok(room.height < content.height * 1.6, `${content.height} in ${room.height}`);
    });

    test('its files arrive as they were sent, byte by byte', async () => {
      assert.equal(files.length, 2);
      for (const { filename, content } of files) {
        assert.ok(filename);
        const arriving = reading.waitForEvent('download');
        await reading.getByRole('link', { name: `Download ${filename}` }).click();
        const download = await arriving;
        assert.equal(download.suggestedFilename(), filename);
        assert.ok(content.equals(readFileSync(await download.path())), filename);
      }
    });

    test('an answer with a file stands in the thread', async () => {
      await reading.getByLabel('Your reply').fill(ANSWER);
      await reading.getByLabel('Files').setInputFiles(FILE);
      if (look.javaScript === true) await reading.locator('[data-drop-list]').getByText(FILE.name).waitFor();
      await reading.getByRole('button', { name: 'Send the reply' }).click();
      await reading.getByText('Your answer is on its way.').waitFor();
      const thread = reading.getByRole('region', { name: '1 reply' });
      assert.match(await thread.innerText(), new RegExp(ANSWER));
      assert.match(await thread.innerText(), new RegExp(FILE.name));
      assert.equal(await isTooWide(reading), false);
    });

    test('the sender is told, signs in and reads the answer', async () => {
      await openMail(desk, alice, ALICE, /has answered you/);
      const page = await signInAtDoor(desk, alice, ALICE);
      assert.equal(new URL(page.url()).pathname, '/sent');
      await page.getByRole('link', { name: SUBJECT }).click();
      await page.getByText(ANSWER).waitFor();
      const readers = page.getByRole('region', { name: '2 recipients' }).getByRole('listitem');
      await readers.filter({ hasText: BOB }).getByText('Answered', { exact: true }).waitFor();
      await readers.filter({ hasText: CAROL }).getByText('Notified, not read yet').waitFor();
      const arriving = page.waitForEvent('download');
      await page.getByRole('link', { name: `Download ${FILE.name}` }).click();
      assert.ok(FILE.buffer.equals(readFileSync(await (await arriving).path())));
      assert.equal(await isTooWide(page), false);
    });

    test('taken back, it is gone from the page that is open', async () => {
      await alice.page.getByRole('button', { name: 'Take back from Bob Recipient' }).click();
      await alice.page.getByText('Taken back. From now on').waitFor();
      assert.equal((await reading.reload())?.status(), 410);
      assert.match(await reading.getByRole('heading', { level: 1 }).innerText(), /can no longer be read/);
      assert.doesNotMatch(await reading.locator('body').innerText(), /Harbour|Clause/);
      assert.equal(await isTooWide(reading), false);
    });

    test('given back, it can be read again', async () => {
      await alice.page.getByRole('button', { name: 'Give back to Bob Recipient' }).click();
      await alice.page.getByText('Given back.').waitFor();
      assert.equal((await reading.reload())?.status(), 200);
      await mailFrame(reading).getByText('Good morning').waitFor();
    });

    test('destroyed, nothing of it is left for anybody', async () => {
      await alice.page.getByRole('link', { name: 'Destroy for good…' }).click();
      await alice.page.getByRole('button', { name: 'Destroy for good' }).click();
      await alice.page.getByText('This message is destroyed.').waitFor();
      assert.doesNotMatch(await alice.page.locator('main').innerText(), /Harbour|Good morning/);
      assert.equal((await reading.reload())?.status(), 410);
      assert.doesNotMatch(await reading.locator('body').innerText(), /Harbour/);
      await reading.getByRole('link', { name: 'Inbox' }).click();
      assert.doesNotMatch(await reading.getByRole('main').innerText(), /Harbour/);
    });
  });
}
