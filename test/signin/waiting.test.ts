// What the page that waits for a code tells: behind a link what became of the code's mail, at the front door nothing
// that is not true of every address.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { z } from 'zod';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { Visitor, said } from '../support/browser.ts';
import { openLink } from '../support/link-page.ts';
import type { LinkPage } from '../support/link-page.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

const BOB = 'bob@recipient.example';
const UNKNOWN = 'eve@recipient.example';
const pieceSchema = z.union([
  z.strictObject({ text: z.string() }),
  // A time of day, for the page to say by its reader's clock.
  z.strictObject({ text: z.string(), iso: z.iso.datetime(), as: z.literal('time') }),
]);
const statusSchema = z.strictObject({ lines: z.array(z.array(pieceSchema)), ended: z.boolean() });

describe('waiting for a code', () => {
  let relay: TestRelay;
  let running: Running;
  let link: string;

  before(async () => {
    relay = await startRelay();
    running = await startProgram({ env: relayEnv(relay, 'opportunistic') });
    await send(running, { to: BOB, text: 'x' });
    await running.drain();
    link = /\/m\/[\w-]{22}/.exec(readable(relay.mails[0]?.raw ?? ''))?.[0] ?? '';
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });
  beforeEach(() => {
    relay.refusals.clear();
    running.clock.forward(20 * MINUTE_MS);
  });

  async function status(visitor: Visitor, path: string): Promise<{ first: string; lines: string[]; ended: boolean }> {
    const answer = await visitor.get(`${path}/verify/status`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const told = statusSchema.parse(JSON.parse(answer.text));
    const lines = told.lines.map((pieces) => pieces.map(({ text }) => text).join(''));
    const { ended } = told;
    return { first: lines[0] ?? '', lines, ended };
  }

  async function asked(): Promise<LinkPage> {
    const page = await openLink(running, link);
    assert.equal((await page.ask()).status, 303);
    return page;
  }

  test('behind a link one sees the mail wait, be put off, and leave, each with its time', async () => {
    const { visitor } = await asked();
    const waits = await status(visitor, link);
    assert.match(waits.first, /^The mail with the code waits to leave, since \d\d:\d\d UTC\.$/);
    assert.match(waits.lines.join('\n'), /The code works until \d\d:\d\d UTC\.\nYou can ask for another code now/);

    relay.refusals.set(BOB, '451 4.3.0 bob@recipient.example is being moved to host7');
    await running.drain();
    const delayed = await status(visitor, link);
    assert.match(delayed.first, /is delayed\. Our mail server did not take mail for recipient\.example\./);
    assert.match(delayed.first, /Its answer: 451 4\.3\.0\. The next try is at \d\d:\d\d UTC\./);
    assert.doesNotMatch(delayed.lines.join('\n'), /bob@|host7/);

    relay.refusals.clear();
    running.clock.forward(MINUTE_MS);
    await running.drain();
    const sent = await status(visitor, link);
    assert.match(sent.first, /^Our mail server took the mail with the code at \d\d:\d\d UTC\./);
    assert.equal(sent.ended, false);
    // The page says what its script would be told.
    const page = await visitor.get(`${link}/verify`);
    for (const line of sent.lines) assert.ok(said(page).includes(`<p>${line}</p>`), line);
    assert.match(page.text, new RegExp(`href="${link}/verify"`));
    assert.doesNotMatch(page.text, /http-equiv/i);
  });

  test('a mail that is refused for good is said so, with the reason in words and no word of the server', async () => {
    relay.refusals.set(BOB, '550 5.1.1 bob@recipient.example has left us');
    const { visitor } = await asked();
    await running.drain();
    const { first } = await status(visitor, link);
    assert.match(first, /does not arrive\. Our mail server did not take mail for recipient\.example\./);
    assert.match(first, /Its answer: 550 5\.1\.1\./);
    assert.doesNotMatch(first, /left us/);
    // A new code has a mail of its own.
    relay.refusals.clear();
    running.clock.forward(MINUTE_MS);
    await (await openLink(running, link, visitor)).ask();
    assert.match((await status(visitor, link)).first, /waits to leave/);
  });

  test('at the front door nothing tells a known address from an unknown one, whatever became of the mail', async () => {
    for (const refusal of [undefined, '451 4.3.0', '550 5.1.1']) {
      if (refusal !== undefined) relay.refusals.set(BOB, refusal);
      const seen = [];
      for (const address of [BOB, UNKNOWN]) {
        const visitor = new Visitor(running.url);
        await visitor.post('/sign-in/passcode', { address }, '/sign-in');
        const before = await status(visitor, '/sign-in');
        await running.drain();
        seen.push([before, await status(visitor, '/sign-in')]);
      }
      assert.deepEqual(seen[0], seen[1]);
      assert.deepEqual(seen[0]?.[0], seen[0]?.[1]);
      assert.match(seen[0]?.[0]?.first ?? '', /^If this address has messages here, the code is on its way\.$/);
      running.clock.forward(20 * MINUTE_MS);
    }
  });

  test('is over once the code is, and for every other browser and link', async () => {
    const { visitor } = await asked();
    for (const [who, path] of [
      [new Visitor(running.url), link],
      [visitor, '/sign-in'],
    ] as const) {
      assert.deepEqual(await status(who, path), {
        first: 'The code has run out. Ask for a new one.',
        lines: ['The code has run out. Ask for a new one.'],
        ended: true,
      });
    }
    running.clock.forward(10 * MINUTE_MS);
    assert.equal((await status(visitor, link)).ended, true);
    const late = await visitor.get(`${link}/verify`);
    assert.match(late.text, /No code is waiting in this browser\. Ask for a new one\./);
    assert.match(late.text, /Send me a code/);
  });

  test('says when another code can be asked for, once there were many, and the last one still opens', async () => {
    const page = await asked();
    for (let n = 0; n < 7; n += 1) assert.equal((await page.ask()).status, 303);
    const { lines } = await status(page.visitor, link);
    assert.match(lines.join('\n'), /Another code can be asked for at \d\d:\d\d UTC\./);
    const refused = await page.ask();
    assert.equal(refused.status, 429);
    assert.match(refused.text, /Codes were asked for too often\./);
    await running.drain();
    const reference = /class="reference">([A-Z]{4})</.exec(refused.text)?.[1] ?? '';
    const mail = relay.mails.map(({ raw }) => readable(raw)).find((raw) => raw.includes(`(${reference})`)) ?? '';
    const code = /^(\d{8})\r?$/m.exec(mail)?.[1] ?? '';
    assert.equal((await page.guess(code)).status, 303);
  });

  test('changes nothing and sends nothing', async () => {
    const { visitor } = await asked();
    await running.drain();
    const attempts = relay.attempts.length;
    const audit = () => running.store.db.selectFrom('audit').select('seq').execute();
    const before = (await audit()).length;
    for (let n = 0; n < 5; n += 1) await status(visitor, link);
    await running.drain();
    assert.equal(relay.attempts.length, attempts);
    assert.equal((await audit()).length, before);
  });
});
