// The date a mail claims to have been written on, and what of it readers are shown.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS, isoTime } from '../../server/core/clock.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { openMessage } from '../../server/messages/open.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';

describe('the date of a mail', () => {
  let running: Running;
  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  const cases: readonly (readonly [what: string, agoMs: number, believed: boolean])[] = [
    ['of an hour ago is shown', HOUR_MS, true],
    ['of four days ago is shown: some mails are long on their way', 4 * DAY_MS, true],
    ['of tomorrow is not', -DAY_MS, false],
    ['of last week is not', 7 * DAY_MS, false],
    ['of 1990 is not', 13_000 * DAY_MS, false],
  ];
  for (const [what, agoMs, believed] of cases) {
    test(what, async () => {
      const at = Math.floor((running.clock.nowMs() - agoMs) / 1000) * 1000;
      const id = await send(new Date(at).toUTCString());
      const row = await loadMessage(running.store.db, id);
      assert.ok(row);
      assert.equal(openMessage(running.store.vault, row).meta.sentAt, believed ? isoTime(at) : undefined);
    });
  }

  async function send(date: string): Promise<string> {
    const from = 'alice@example.com';
    const to = 'bob@recipient.example';
    const raw = [`From: ${from}`, `To: ${to}`, `Date: ${date}`, 'Subject: When', '', 'Now.', ''].join('\r\n');
    const answer = await submit(running.smtpPort, { from, to: [to], raw });
    return answer.split(' ').at(-1) ?? '';
  }
});
