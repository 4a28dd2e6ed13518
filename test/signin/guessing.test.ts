// Who may try which code, how often, and until when. Each test has an address of its own, since failures
// are counted on the address.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../server/core/clock.ts';
import { readAudit } from '../../server/audit/audit-list.store.ts';
import { openLink, wrongCodes } from '../support/link-page.ts';
import type { LinkPage } from '../support/link-page.ts';
import { codeFor, linkTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows, gained } from '../support/tables.ts';

const NOT_THE_CODE = /That is not the code/;
const TRIED_TOO_OFTEN = /This code has been tried too often/;

describe('typing a code', () => {
  let running: Running;
  let people = 0;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  async function someone(): Promise<{ address: string; link: string; page: LinkPage }> {
    people += 1;
    const address = `reader${people}@recipient.example`;
    await submit(running.smtpPort, { from: 'alice@example.com', to: [address], raw: plainMail({ to: address }) });
    const link = await linkTo(running, address);
    return { address, link, page: await openLink(running, link) };
  }

  test('with the right code the visitor is led to the message and has a session', async () => {
    const { address, page } = await someone();
    assert.equal((await page.ask()).location, `${page.link}/verify`);
    const answer = await page.guess(await codeFor(running, address));
    assert.equal(answer.status, 303);
    assert.match(answer.location ?? '', /^\/messages\/[0-9a-z]{26}$/);
    assert.ok(page.visitor.cookie('sealpost'));
  });

  test('blanks and hyphens in it do not matter', async () => {
    const { address, page } = await someone();
    await page.ask();
    const code = await codeFor(running, address);
    assert.equal((await page.guess(` ${code.slice(0, 4)} - ${code.slice(4)} `)).status, 303);
  });

  test('a code is used once', async () => {
    const { address, page } = await someone();
    await page.ask();
    const code = await codeFor(running, address);
    assert.equal((await page.guess(code)).status, 303);
    const again = await (await page.withoutSession(running)).guess(code);
    assert.equal(again.status, 422);
    assert.match(again.text, /No code is waiting in this browser/);
    assert.equal(again.headers.getSetCookie().length, 0);
  });

  test('a code asked for in one browser does not fit in another', async () => {
    const { address, link, page } = await someone();
    await page.ask();
    const code = await codeFor(running, address);
    const stranger = await openLink(running, link);
    const without = await stranger.guess(code);
    assert.equal(without.status, 422);
    assert.match(without.text, /No code is waiting in this browser/);
    await stranger.ask();
    assert.match((await stranger.guess(code)).text, NOT_THE_CODE);
    assert.equal((await page.guess(code)).status, 303);
  });

  test('a code for one message opens neither another nor the way in by address', async () => {
    const first = await someone();
    await submit(running.smtpPort, {
      from: 'alice@example.com',
      to: [first.address],
      raw: plainMail({ to: first.address, subject: 'Another' }),
    });
    const other = await openLink(running, await linkTo(running, first.address), first.page.visitor);
    assert.notEqual(other.link, first.link);
    await first.page.ask();
    const code = await codeFor(running, first.address);
    assert.match((await other.guess(code)).text, /No code is waiting in this browser/);
    const byAddress = await first.page.visitor.post('/sign-in/verify', { code }, '/sign-in');
    assert.match(byAddress.text, /No code is waiting in this browser/);
    await other.ask();
    assert.match((await other.guess(code)).text, NOT_THE_CODE);
    assert.equal((await first.page.guess(code)).status, 303);
  });

  test('a code fits to its last second and not a second longer', async () => {
    const early = await someone();
    await early.page.ask();
    const inTime = await codeFor(running, early.address);
    running.clock.forward(10 * MINUTE_MS - SECOND_MS);
    assert.equal((await early.page.guess(inTime)).status, 303);

    const late = await someone();
    await late.page.ask();
    const tooLate = await codeFor(running, late.address);
    running.clock.forward(10 * MINUTE_MS + SECOND_MS);
    const answer = await late.page.guess(tooLate);
    assert.equal(answer.status, 422);
    assert.match(answer.text, /No code is waiting in this browser\. Ask for a new one/);
    assert.match(answer.text, /Send me a code/);
  });

  test('a late code does not come back to life with a newer one', async () => {
    const { address, page } = await someone();
    await page.ask();
    const old = await codeFor(running, address);
    running.clock.forward(9 * MINUTE_MS);
    await page.ask();
    running.clock.forward(MINUTE_MS + SECOND_MS);
    assert.match((await page.guess(old)).text, NOT_THE_CODE);
    assert.equal((await page.guess(await codeFor(running, address))).status, 303);
  });

  test('the last three codes of a browser stay good, and one of them ends all', async () => {
    for (const used of [0, 1, 2]) {
      const { address, page } = await someone();
      const codes = await askTimes(page, address, 3);
      assert.equal((await page.guess(codes[used] ?? '')).status, 303, `code ${used + 1}`);
      const later = await page.withoutSession(running);
      for (const code of codes) assert.match((await later.guess(code)).text, /No code is waiting in this browser/);
    }
  });

  test('a fourth code ends the first', async () => {
    const { address, page } = await someone();
    const [first = '', second = ''] = await askTimes(page, address, 4);
    assert.match((await page.guess(first)).text, NOT_THE_CODE);
    assert.equal((await page.guess(second)).status, 303);
  });

  test('five guesses are tried and no more, also of the right code', async () => {
    const { address, page } = await someone();
    await page.ask();
    const code = await codeFor(running, address);
    for (const [n, wrong] of wrongCodes(5, code).entries()) {
      const answer = await page.guess(wrong);
      assert.equal(answer.status, 422);
      assert.match(answer.text, NOT_THE_CODE, `guess ${n + 1}`);
    }
    const sixth = await page.guess(code);
    assert.equal(sixth.status, 422);
    assert.match(sixth.text, TRIED_TOO_OFTEN);
  });

  test('asking again does not begin the five guesses anew', async () => {
    const { address, page } = await someone();
    await page.ask();
    const right = [await codeFor(running, address)];
    for (const wrong of wrongCodes(4, ...right)) assert.match((await page.guess(wrong)).text, NOT_THE_CODE);
    await page.ask();
    right.push(await codeFor(running, address));
    const last = await page.guess(wrongCodes(1, ...right)[0] ?? '');
    assert.match(last.text, /It has been tried too often now/);
    for (const code of right) assert.match((await page.guess(code)).text, TRIED_TOO_OFTEN);
  });

  test('half a code is told so and costs no guess', async () => {
    const { address, page } = await someone();
    await page.ask();
    const before = await allRows(running);
    for (const typed of ['', '1234567', '123456789', 'abcdefgh', '１２３４５６７８', '0x123456', '1e7', '-1234567']) {
      const answer = await page.guess(typed);
      assert.equal(answer.status, 422);
      assert.match(answer.text, /The code has 8 digits/);
    }
    assert.deepEqual(await allRows(running), before);
    assert.equal((await page.guess(await codeFor(running, address))).status, 303);
  });

  test('each guess that was tried stands in the audit, and no other', async () => {
    const { address, page } = await someone();
    await page.ask();
    const before = await refusals(running);
    for (const wrong of wrongCodes(7, await codeFor(running, address))) await page.guess(wrong);
    await page.guess('123');
    assert.equal((await refusals(running)) - before, 5);
  });

  test('thirty rounds of asking and guessing lock the address for a while, for every browser', async () => {
    const { address, link } = await someone();
    let tried = 0;
    for (let round = 0; round < 30; round += 1) {
      // Slowly enough not to be held up by the limit on asking alone.
      running.clock.forward(90 * SECOND_MS);
      const page = await openLink(running, link);
      await page.ask();
      for (const code of wrongCodes(4)) if (NOT_THE_CODE.test((await page.guess(code)).text)) tried += 1;
    }
    assert.equal(tried, 20);

    const owner = await openLink(running, link);
    running.clock.forward(5 * MINUTE_MS);
    assert.equal((await owner.ask()).status, 303);
    const locked = await owner.guess(await codeFor(running, address));
    assert.equal(locked.status, 429);
    const waitSeconds = Number(locked.headers.get('retry-after'));
    assert.ok(waitSeconds > 0 && waitSeconds <= HOUR_MS / SECOND_MS, `${waitSeconds} seconds`);

    running.clock.forward(waitSeconds * SECOND_MS);
    await owner.ask();
    assert.equal((await owner.guess(await codeFor(running, address))).status, 303);
  });

  test('a lock on one address is none on another', async () => {
    const locked = await someone();
    for (let round = 0; round < 5; round += 1) {
      await locked.page.ask();
      for (const code of wrongCodes(5)) await locked.page.guess(code);
    }
    const free = await someone();
    await free.page.ask();
    assert.equal((await free.page.guess(await codeFor(running, free.address))).status, 303);
  });

  test('a person who signs in properly is never locked out by it', async () => {
    const { address, link } = await someone();
    for (let times = 0; times < 25; times += 1) {
      const page = await openLink(running, link);
      assert.equal((await page.ask()).status, 303, `request ${times + 1}`);
      assert.equal((await page.guess(await codeFor(running, address))).status, 303, `code ${times + 1}`);
    }
  });

  test('only a request and a proof leave rows behind', async () => {
    const { address, page } = await someone();
    const atFirst = await allRows(running);
    await page.ask();
    const asked = await allRows(running);
    assert.deepEqual(gained(atFirst, asked), { outbox: 1, challenges: 1, codes: 1, counters: 1, audit: 1 });
    await page.guess(await codeFor(running, address));
    const proved = gained(asked, await allRows(running));
    assert.deepEqual(
      {
        challenges: proved['challenges'],
        codes: proved['codes'],
        sessions: proved['sessions'],
        audit: proved['audit'],
      },
      { challenges: -1, codes: -1, sessions: 1, audit: 1 },
    );
  });

  async function askTimes(page: LinkPage, address: string, times: number): Promise<string[]> {
    const codes: string[] = [];
    for (let n = 0; n < times; n += 1) {
      assert.equal((await page.ask()).status, 303);
      codes.push(await codeFor(running, address));
    }
    return codes;
  }
});

async function refusals({ store }: Running): Promise<number> {
  let count = 0;
  for await (const entry of readAudit(store.keyring, store.db)) if (entry.event === 'sign-in-refused') count += 1;
  return count;
}
