// What asking for a code tells and costs: nothing about who is known here, and little mail.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { limitKey } from '../../server/core/networks.ts';
import { chargeAll } from '../../server/db/counters.ts';
import { askCharges } from '../../server/signin/signin-limits.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { openLink } from '../support/link-page.ts';
import { codeFor, linkTo, mailTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows, gained } from '../support/tables.ts';

const KNOWN = 'bob@recipient.example';
const UNKNOWN = 'eve@recipient.example';

describe('asking for a code', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
    await submit(running.smtpPort, { from: 'alice@example.com', to: [KNOWN], raw: plainMail({}) });
    await running.drain();
  });
  after(() => running.stop());
  // What one test asks must not use up the next one's share.
  beforeEach(() => running.clock.forward(15 * MINUTE_MS));

  test('a known and an unknown address get the same answers, byte for byte', async () => {
    // The page names the domain, so it is of one length in each pair.
    for (const [known, unknown] of [
      [KNOWN, UNKNOWN],
      ['alice@example.com', 'eve@exempel.org'],
    ] as const) {
      const expected = await wholeWay(new Visitor(running.url), known);
      const answers = await wholeWay(new Visitor(running.url), unknown);
      assert.equal(expected.length, 4);
      for (const [n, answer] of answers.entries()) assert.deepEqual(answer, expected[n], `step ${n + 1}`);
    }
  });

  test('for both the same rows are written, of the same sizes', async () => {
    const shapes = [];
    await submit(running.smtpPort, { from: 'alice@example.com', to: ['joe@recipient.example'], raw: plainMail({}) });
    for (const address of ['joe@recipient.example', 'eva@recipient.example']) {
      const visitor = new Visitor(running.url);
      await visitor.get('/sign-in');
      const before = await allRows(running);
      await visitor.post('/sign-in/passcode', { address }, '/sign-in');
      const after = await allRows(running);
      const rows = (['challenges', 'codes', 'outbox', 'audit'] as const).map((name) =>
        sizes(after[name].slice(before[name].length)),
      );
      shapes.push({ gained: gained(before, after), rows });
    }
    assert.deepEqual(shapes[0]?.gained, { challenges: 1, codes: 1, outbox: 1, audit: 1, counters: 1 });
    assert.deepEqual(shapes[1], shapes[0]);
  });

  test('no mail goes to an address that nobody here has written to', async () => {
    const strangers = [UNKNOWN, 'root@recipient.example', 'bob@elsewhere.example', 'bob+tag@recipient.example'];
    for (const address of [...strangers, KNOWN])
      assert.equal((await ask(new Visitor(running.url), address)).status, 303);
    for (const address of strangers) assert.deepEqual(await mailTo(running, address), []);
    assert.equal((await mailTo(running, KNOWN)).filter(isCode).length, 1);
  });

  test('two spellings of an address are one mailbox', async () => {
    const visitor = new Visitor(running.url);
    await ask(visitor, 'BOB@Recipient.Example');
    const sent = (await mailTo(running, 'BOB@recipient.example')).filter(isCode);
    assert.equal(sent.length, 1);
  });

  test('what is no address is told so, and nothing is written', async () => {
    const before = await allRows(running);
    const broken = [
      '',
      'bob',
      '@recipient.example',
      'bob@',
      'bob@host',
      'bob@recipient.example\r\nBcc: eve@recipient.example',
    ];
    for (const address of [
      ...broken,
      'a b@recipient.example',
      '<bob@recipient.example>',
      'bob@recipient.example, eve@recipient.example',
    ]) {
      const answer = await ask(new Visitor(running.url), address);
      assert.equal(answer.status, 422, address);
      assert.match(answer.text, /Type your whole e-mail address/);
    }
    assert.deepEqual(await allRows(running), before);
  });

  test('of fifty requests for one address a few send mail, the rest is told when to come again', async () => {
    const before = (await mailTo(running, KNOWN)).length;
    const answers: Answer[] = [];
    for (let n = 0; n < 50; n += 1) answers.push(await ask(new Visitor(running.url), KNOWN));
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(answers.filter(({ status }) => status === 303).length, 8);
    assert.equal(refused.length, 42);
    for (const { headers, text } of refused) {
      const seconds = Number(headers.get('retry-after'));
      assert.ok(seconds > 0 && seconds <= 15 * 60, `${seconds} seconds`);
      assert.match(text, /Wait 15 minutes, then go on/);
    }
    assert.equal((await mailTo(running, KNOWN)).length - before, 8);
  });

  test('the limit is the address’s whichever way it is asked for', async () => {
    for (let n = 0; n < 4; n += 1) assert.equal((await ask(new Visitor(running.url), KNOWN)).status, 303);
    const link = await linkTo(running, KNOWN);
    for (let n = 0; n < 4; n += 1) assert.equal((await (await openLink(running, link)).ask()).status, 303);
    assert.equal((await (await openLink(running, link)).ask()).status, 429);
    assert.equal((await ask(new Visitor(running.url), KNOWN)).status, 429);
    running.clock.forward(15 * MINUTE_MS);
    assert.equal((await ask(new Visitor(running.url), KNOWN)).status, 303);
  });

  test('while one address is flooded others are served, also from the same network', async () => {
    for (let n = 0; n < 100; n += 1) await ask(new Visitor(running.url), UNKNOWN);
    const bob = new Visitor(running.url);
    assert.equal((await ask(bob, KNOWN)).status, 303);
    const answer = await bob.post('/sign-in/verify', { code: await codeFor(running, KNOWN) }, '/sign-in/verify');
    assert.equal(answer.status, 303);
  });

  test('one network gets no further with many addresses, and others are served meanwhile', async () => {
    const proxied = await startProgram({ env: { TRUST_PROXY: '127.0.0.0/8' } });
    try {
      const from = (ip: string, address: string): Promise<Answer> =>
        ask(new Visitor(proxied.url), address, { 'x-forwarded-for': ip });
      // One subscriber has a whole /64. Most of its share is used up without the hashing, which takes its time.
      const attacker = (n: number): string => `2001:db8:1:1:${(n * 999).toString(16)}::1`;
      const deps = { ...proxied.store, clock: proxied.clock };
      for (let n = 0; n < 290; n += 1)
        await chargeAll(deps, askCharges(limitKey(attacker(n % 60)), `victim ${n}`, false));
      const statuses: number[] = [];
      for (let n = 0; n < 15; n += 1) statuses.push((await from(attacker(n), `victim${n}@recipient.example`)).status);
      assert.equal(statuses.filter((status) => status === 303).length, 10);
      assert.equal(statuses.filter((status) => status === 429).length, 5);
      assert.equal((await from('2001:db8:1:2::1', 'victim14@recipient.example')).status, 303);
      // Those that were refused have not used up the address they were meant for.
      for (let n = 0; n < 10; n += 1) assert.equal((await from(attacker(n), KNOWN)).status, 429);
      for (let n = 0; n < 8; n += 1) assert.equal((await from('192.0.2.2', KNOWN)).status, 303);
    } finally {
      await proxied.stop();
    }
  });

  test('a restart forgets no limit', async () => {
    const first = await startProgram({ keep: true });
    for (let n = 0; n < 8; n += 1) await ask(new Visitor(first.url), KNOWN);
    await first.stop();
    const second = await startProgram({ dataDir: first.dataDir, clock: first.clock });
    try {
      assert.equal((await ask(new Visitor(second.url), KNOWN)).status, 429);
    } finally {
      await second.stop();
    }
  });

  test('where counting fails nobody passes', async () => {
    const broken = await startProgram();
    try {
      await submit(broken.smtpPort, { from: 'alice@example.com', to: [KNOWN], raw: plainMail({}) });
      const page = await openLink(broken, await linkTo(broken, KNOWN));
      await page.ask();
      const code = await codeFor(broken, KNOWN);
      await sql`drop table counters`.execute(broken.store.db);
      const mails = (await mailTo(broken, KNOWN)).length;
      for (const answer of [await page.ask(), await page.guess(code), await ask(new Visitor(broken.url), KNOWN)]) {
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.text, /counters|sqlite/i);
      }
      assert.equal((await mailTo(broken, KNOWN)).length, mails);
      assert.equal(page.visitor.cookie('sealpost'), undefined);
    } finally {
      await broken.stop();
    }
  });
});

function ask(visitor: Visitor, address: string, headers: Record<string, string> = {}): Promise<Answer> {
  return visitor.post('/sign-in/passcode', { address }, '/sign-in', { headers });
}

// Asking, waiting, and trying a code that cannot fit, with all that comes back but what is random or the time.
async function wholeWay(visitor: Visitor, address: string): Promise<unknown[]> {
  const steps = [
    await ask(visitor, address),
    await visitor.get('/sign-in/verify'),
    await visitor.post('/sign-in/verify', { code: '00000000' }, '/sign-in/verify'),
    await visitor.post('/sign-in/passcode', {}, '/sign-in/verify'),
  ];
  return steps.map(({ status, headers, text }) => ({
    status,
    headers: [...headers].filter(([name]) => name !== 'date').map(([name, value]) => [name, masked(value)]),
    text: masked(text).replace(/[a-z]•••••@[a-z.]+/g, 'ADDRESS'),
  }));
}

function masked(text: string): string {
  return text
    .replace(/name="csrf" value="[^"]{43}"/g, 'name="csrf" value="TOKEN"')
    .replace(/sealpost-browser=[^;]{22}/g, 'sealpost-browser=TOKEN')
    .replace(/<strong class="reference">[A-Z]{4}</g, '<strong class="reference">ABCD<');
}

function sizes(rows: readonly unknown[]): unknown[] {
  return rows.map((row) =>
    Object.entries(row ?? {}).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? value.length : String(value).length,
    ]),
  );
}

function isCode({ text }: { text: string }): boolean {
  return /^\d{8}\r?$/m.test(text);
}
