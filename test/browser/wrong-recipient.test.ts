// A message that went to the wrong person, taken back on a phone: three taps from the list at most, without scripts too, and
// one more to undo it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { ALICE, isTooWide, openDesk, sendSample, signInAtDoor } from './desk.ts';
import type { Desk } from './desk.ts';

const TAPS_MAX = 3;

describe('a wrong recipient, on a phone', { skip: chromiumMissing() ?? false }, () => {
  let desk: Desk;
  let id: string;

  before(async () => {
    desk = await openDesk();
    await sendSample(desk);
    desk.running.clock.forward(1_000);
    ({ id } = await sendSample(desk));
  });
  after(() => desk.stop());

  const revoked = async (): Promise<number> => {
    const rows = await desk.running.store.db
      .selectFrom('recipients')
      .select('revoked_at')
      .where('message_id', '=', id)
      .execute();
    return rows.filter((row) => row.revoked_at !== null).length;
  };

  for (const javaScript of [true, false]) {
    test(`has nothing left after three taps ${javaScript ? 'with' : 'without'} scripts, and all back after one more`, async () => {
      const alice = await desk.person({ viewport: PHONE, javaScript });
      const page = await signInAtDoor(desk, alice, ALICE);
      await page.goto(`${desk.url}/sent`);
      assert.equal(await isTooWide(page), false);
      let taps = 0;
      await page.locator('.row a').first().click();
      taps += 1;
      await page.waitForURL(/\/sent\/[0-9a-z]{26}$/);
      assert.equal(await isTooWide(page), false);
      await page.getByRole('button', { name: 'Take back from everyone' }).click();
      taps += 1;
      await page.getByRole('status').getByText('Taken back.').waitFor();
      assert.ok(taps <= TAPS_MAX, `${taps} taps`);
      assert.equal(await revoked(), 2);

      const undo = page.getByRole('button', { name: 'Undo' });
      const box = await undo.boundingBox();
      assert.ok(box !== null && box.y + box.height <= PHONE.height, 'the way back is in sight');
      assert.ok(box.height >= 44 && box.width >= 44, 'and wide enough for a thumb');
      await undo.click();
      await page.getByRole('status').getByText('Given back.').waitFor();
      assert.equal(await revoked(), 0);
      assert.equal(await isTooWide(page), false);
      assert.deepEqual(alice.faults, []);
    });
  }
});
