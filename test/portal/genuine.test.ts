// Whether a notice is genuine: what its page says, and what a reference tells to whoever holds it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { Visitor, said } from '../support/browser.ts';
import { mailTo, signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';

describe('a notice', () => {
  let running: Running;
  let id: string;
  let notice: string;
  let reference: string;

  before(async () => {
    running = await startProgram();
    id = await send(running, { to: BOB, subject: 'Never told', text: 'x' });
    notice = (await mailTo(running, BOB))[0]?.text ?? '';
    reference = /reference ([0-9A-Z]{4}-[0-9A-Z]{4})\./.exec(notice)?.[1] ?? '';
  });
  after(() => running.stop());

  const check = (typed: string, visitor = new Visitor(running.url)) =>
    visitor.post('/genuine', { reference: typed }, '/genuine');

  test('carries a reference and says where to check it, without a second link', () => {
    assert.match(reference, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    const { host } = new URL(running.url);
    assert.ok(notice.includes(`${host}/genuine`));
    const text = notice.slice(0, notice.indexOf('Content-Type: text/html'));
    assert.equal(text.match(/https?:/g)?.length, 1);
  });

  test('is described to anybody: from where it comes, where it leads, what it never asks', async () => {
    const page = await new Visitor(running.url).get('/genuine');
    assert.equal(page.status, 200);
    assert.match(page.text, /sealpost@example\.com/);
    assert.ok(page.text.includes(running.url));
    assert.match(page.text, /eight digits/);
    assert.match(page.text, /ever asks for a password/);
  });

  test('is known by its reference, however it is typed; told are a day, the organisation and one letter', async () => {
    for (const typed of [
      reference,
      reference.toLowerCase(),
      ` ${reference.replace('-', ' ')} `,
      reference.replaceAll('0', 'O').replaceAll('1', 'l'),
    ]) {
      const answer = await check(typed);
      assert.equal(answer.status, 200, typed);
      assert.match(
        said(answer),
        /This is ours: a notice with this reference was sent on \w+,? \d+ \w+ \d{4} by Example Ltd, to an address that begins with b\./,
      );
      assert.match(answer.text, /a reference can be copied/);
      assert.doesNotMatch(answer.text, /recipient\.example|Alice|Never told|[0-9a-z]{26}/);
    }
  });

  test('of somebody else carries none of ours', async () => {
    const other = reference.startsWith('A') ? `B${reference.slice(1)}` : `A${reference.slice(1)}`;
    for (const typed of [other, 'AAAA-AAAA', '00000000']) {
      const answer = await check(typed);
      assert.equal(answer.status, 200);
      assert.match(answer.text, /No notice of ours carries this reference\. Do not follow its link\./);
    }
    for (const typed of ['', 'short', `${reference}X`, 'UUUU-UUUU', `${reference}' or '1`, '<script>']) {
      const answer = await check(typed);
      assert.equal(answer.status, 422, typed);
      assert.match(answer.text, /A reference has eight letters and digits/);
    }
  });

  test('has another reference for each recipient, and keeps it when it is sent again', async () => {
    const two = await send(running, { to: 'x@recipient.example, y@recipient.example', text: 'x' });
    const referenceOf = async (address: string): Promise<(string | undefined)[]> =>
      (await mailTo(running, address)).map(({ text }) => /reference ([0-9A-Z-]{9})\./.exec(text)?.[1]);
    const [x] = await referenceOf('x@recipient.example');
    const [y] = await referenceOf('y@recipient.example');
    assert.notEqual(x, y);
    const alice = await signInByAddress(running, 'alice@example.com');
    await alice.post(`/sent/${two}/resend`, { recipient: '0' }, `/sent/${two}`);
    assert.deepEqual(await referenceOf('x@recipient.example'), [x, x]);
  });

  test('is still known once the message is destroyed, but for the letter', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    running.clock.forward(DAY_MS);
    const again = await signInByAddress(running, 'alice@example.com', alice);
    await again.post(`/sent/${id}/revoke`, { destroy: '1' }, `/sent/${id}`);
    const answer = await check(reference);
    assert.match(
      said(answer),
      /This is ours: a notice with this reference was sent on \w+,? \d+ \w+ \d{4} by Example Ltd\./,
    );
  });

  test('is not found by trying: one network gets so many tries an hour', async () => {
    const visitor = new Visitor(running.url);
    const csrf = await visitor.csrf('/genuine');
    const statuses = new Set<number>();
    for (let n = 0; n < 70; n += 1) {
      const body = new URLSearchParams({ csrf, reference: `AAAA${String(1000 + n)}` });
      statuses.add((await visitor.send('POST', '/genuine', body)).status);
    }
    assert.deepEqual([...statuses], [200, 429]);
    running.clock.forward(HOUR_MS);
    assert.equal((await check('AAAA-AAAA')).status, 200);
  });

  test('no reference stands in the database as it stands in the mail', async () => {
    const rows = await running.store.db.selectFrom('recipients').select('reference_index').execute();
    const plain = reference.replace('-', '').toLowerCase();
    for (const { reference_index: index } of rows) assert.ok(index === null || !index.toLowerCase().includes(plain));
  });
});
