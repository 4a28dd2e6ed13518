// The same as guessing.test.ts when everything comes at the same moment, on two machines. What counts is how
// many were tried and how many won.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readAudit } from '../../server/audit/audit-list.store.ts';
import type { Answer } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { openLink, wrongCodes } from '../support/link-page.ts';
import type { LinkPage } from '../support/link-page.ts';
import { codeFor, linkTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startSecond } from '../support/second-instance.ts';
import type { SecondInstance } from '../support/second-instance.ts';
import { plainMail, submit } from '../support/submit.ts';

describeEngines('many guesses at once on two machines', (engine) => {
  let running: Running;
  let second: SecondInstance;
  let people = 0;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    second = await startSecond(running);
  });
  after(async () => {
    await second.stop();
    await running.stop();
  });

  test('of three hundred wrong ones five are tried', async () => {
    const { page, code } = await asked();
    const answers = await race(page, wrongCodes(300, code));
    const tried = answers.filter(({ text }) => /That is not the code/.test(text));
    assert.equal(tried.length, 5);
    assert.equal(await count('sign-in-refused'), 5);
    assert.ok(answers.every(({ status }) => status === 422));
    assert.equal(await sessions(), 0);
    assert.equal((await page.guess(code)).status, 422, 'the right one comes too late');
  });

  test('the right one among sixty wins once, or never when five others were faster', async () => {
    const { page, code } = await asked();
    const [refused, signedIn] = [await count('sign-in-refused'), await count('signed-in')];
    const guesses = wrongCodes(59, code);
    guesses.splice(2, 0, code);
    const answers = await race(page, guesses);
    const winners = answers.filter(({ status }) => status === 303).length;
    assert.ok(winners <= 1);
    assert.equal((await count('signed-in')) - signedIn, winners);
    assert.equal(await sessions(), winners);
    const tried = (await count('sign-in-refused')) - refused + winners;
    assert.ok(tried <= 5, `${tried} were tried`);
    await running.store.db.deleteFrom('sessions').execute();
  });

  test('of four right ones one wins', async () => {
    const { page, code } = await asked();
    const answers = await race(page, [code, code, code, code]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 422, 422, 422]);
    assert.equal(await sessions(), 1);
    assert.equal(answers.flatMap(({ headers }) => headers.getSetCookie()).filter(isSession).length, 1);
    await running.store.db.deleteFrom('sessions').execute();
  });

  test('requests at the same moment share one budget and their codes are all good', async () => {
    const { address, page } = await someone();
    const asks = await Promise.all([page.ask(), page.at(second.url).ask(), page.ask()]);
    assert.deepEqual(
      asks.map(({ status }) => status),
      [303, 303, 303],
    );
    const challenges = await running.store.db.selectFrom('challenges').selectAll().where('attempts', '=', 0).execute();
    assert.equal(challenges.length, 1);
    assert.equal((await page.guess(await codeFor(running, address))).status, 303);
    await running.store.db.deleteFrom('sessions').execute();
  });

  async function someone(): Promise<{ address: string; page: LinkPage }> {
    people += 1;
    const address = `racer${people}@recipient.example`;
    await submit(running.smtpPort, { from: 'alice@example.com', to: [address], raw: plainMail({ to: address }) });
    return { address, page: await openLink(running, await linkTo(running, address)) };
  }

  async function asked(): Promise<{ page: LinkPage; code: string }> {
    const { address, page } = await someone();
    await page.ask();
    return { page, code: await codeFor(running, address) };
  }

  function race(page: LinkPage, codes: readonly string[]): Promise<Answer[]> {
    const other = page.at(second.url);
    return Promise.all(codes.map((code, n) => (n % 2 === 0 ? page : other).guess(code)));
  }

  async function sessions(): Promise<number> {
    return (await running.store.db.selectFrom('sessions').select('token_hash').execute()).length;
  }

  async function count(event: string): Promise<number> {
    let found = 0;
    for await (const entry of readAudit(running.store.keyring, running.store.db)) if (entry.event === event) found += 1;
    return found;
  }
});

function isSession(cookie: string): boolean {
  return cookie.startsWith('sealpost=');
}
