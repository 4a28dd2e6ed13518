// Taking a file in ranges, as download managers and viewers do: the right bytes, one line in the audit, and none
// without.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const CAROL = 'carol@recipient.example';

describe('a range of a file', () => {
  let running: Running;
  let bob: Visitor;
  let id: string;
  // In a blob of its own, and in its row.
  const files = [randomBytes(200_000), randomBytes(1_000), Buffer.alloc(0)];

  before(async () => {
    running = await startProgram();
    id = await send(running, {
      to: `bob@recipient.example, ${CAROL}`,
      text: 'See the files.',
      parts: files.map((content, n) => ({ content, name: `${n}.bin` })),
    });
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());

  const path = (n: number): string => `/messages/${id}/attachments/${n}`;
  const ask = (range: string, n = 1, more: Record<string, string> = {}, visitor = bob): Promise<Answer> =>
    visitor.send('GET', path(n), undefined, { headers: { range, ...more } });
  const bytes = async (range: string, n = 1): Promise<Buffer> => {
    const headers = { cookie: `sealpost=${bob.cookie('sealpost')}`, range };
    return Buffer.from(await (await fetch(`${running.url}${path(n)}`, { headers })).arrayBuffer());
  };
  const taken = async (): Promise<number> =>
    (
      await running.store.db
        .selectFrom('audit')
        .select('event')
        .where('event', '=', 'attachment-taken')
        .where('message_id', '=', id)
        .execute()
    ).length;

  for (const [range, n, start, end] of [
    ['bytes=0-0', 1, 0, 1],
    ['bytes=0-199999', 1, 0, 200_000],
    ['bytes=16380-16390', 1, 16_380, 16_391],
    ['bytes=16384-32767', 1, 16_384, 32_768],
    ['bytes=199999-', 1, 199_999, 200_000],
    ['bytes=70000-999999999', 1, 70_000, 200_000],
    ['bytes=-1', 1, 199_999, 200_000],
    ['bytes=-999999999', 1, 0, 200_000],
    ['BYTES=5-9', 1, 5, 10],
    ['bytes=5-9', 2, 5, 10],
    ['bytes=-5', 2, 995, 1_000],
  ] as const) {
    test(`${range} of ${files[n - 1]?.length} bytes is answered with these bytes`, async () => {
      const answer = await ask(range, n);
      const size = files[n - 1]?.length;
      assert.equal(answer.status, 206);
      assert.equal(answer.headers.get('content-range'), `bytes ${start}-${end - 1}/${size}`);
      assert.equal(answer.headers.get('content-length'), String(end - start));
      assert.equal(answer.headers.get('accept-ranges'), 'bytes');
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment;/);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.ok((await bytes(range, n)).equals(files[n - 1]?.subarray(start, end) ?? Buffer.alloc(0)));
    });
  }

  for (const range of ['bytes=200000-', 'bytes=200000-200001', 'bytes=-0', 'bytes=999999999999-']) {
    test(`${range} is beyond the file: 416 with its size, and nothing is written down`, async () => {
      const before = await taken();
      const answer = await ask(range);
      assert.equal(answer.status, 416);
      assert.equal(answer.headers.get('content-range'), 'bytes */200000');
      assert.equal(answer.text, '');
      assert.equal(await taken(), before);
    });
  }

  for (const range of [
    'bytes=5-4',
    'bytes=0-1,5-6',
    'bytes=-',
    'bytes=a-b',
    'bytes=1',
    'lines=0-1',
    'bytes=0x0-0x1',
    'bytes=1.5-2',
    'bytes=9999999999999999-',
    '0-1',
  ]) {
    test(`${range} is no single range: the whole file`, async () => {
      const answer = await ask(range, 2);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-range'), null);
      assert.equal(answer.headers.get('content-length'), '1000');
    });
  }

  test('of an empty file is beyond it', async () => {
    assert.equal((await ask('bytes=0-', 3)).status, 416);
    assert.equal((await ask('bytes=-1', 3)).status, 416);
    assert.equal((await bob.get(path(3))).status, 200);
  });

  test('holds only for the file it began with, which is named by what tells nothing', async () => {
    const etag = (await bob.send('HEAD', path(1))).headers.get('etag') ?? '';
    assert.match(etag, /^"[\w-]{43}"$/);
    assert.notEqual((await bob.send('HEAD', path(2))).headers.get('etag'), etag);
    assert.equal((await ask('bytes=0-0', 1, { 'if-range': etag })).status, 206);
    for (const other of [`W/${etag}`, '"another"', 'Sat, 21 Nov 2026 10:00:00 GMT', '*']) {
      assert.equal((await ask('bytes=0-0', 1, { 'if-range': other })).status, 200, other);
    }
  });

  test('is no matter for the head alone, which says that there are ranges', async () => {
    const answer = await bob.send('HEAD', path(1), undefined, { headers: { range: 'bytes=0-0' } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), '200000');
    assert.equal(answer.headers.get('accept-ranges'), 'bytes');
  });

  test('from the middle is written down when nothing was taken before, and then not with each range', async () => {
    const carol = await signInByLink(running, CAROL);
    const before = await taken();
    assert.equal((await carol.send('HEAD', path(1))).status, 200);
    assert.equal(await taken(), before);
    for (const range of ['bytes=5-9', 'bytes=100-', 'bytes=-7']) await ask(range, 1, {}, carol);
    assert.equal(await taken(), before + 1);
    await ask('bytes=5-9', 2, {}, carol);
    assert.equal(await taken(), before + 2, 'another file');
    await ask('bytes=0-4', 1, {}, carol);
    await carol.get(path(1));
    assert.equal(await taken(), before + 4, 'from the beginning');
    const again = await signInByLink(running, CAROL);
    await ask('bytes=5-9', 1, {}, again);
    assert.equal(await taken(), before + 5, 'another session');
    running.clock.forward(16 * 60_000);
    await ask('bytes=5-9', 1, {}, again);
    assert.equal(await taken(), before + 6, 'later');
  });

  test('is refused like the whole: to others, without a right, and after it was taken back', async () => {
    await send(running, { to: 'eve@recipient.example' });
    const eve = await signInByLink(running, 'eve@recipient.example');
    assert.equal((await ask('bytes=5-9', 1, {}, eve)).status, 404);
    const withheld = await send(running, {
      text: 'Only look.',
      headers: ['X-Sealpost-Protection: do-not-forward'],
      parts: [{ content: 'x'.repeat(100), name: 'x.bin' }],
    });
    const headers = { range: 'bytes=5-9' };
    assert.equal((await bob.send('GET', `/messages/${withheld}/attachments/1`, undefined, { headers })).status, 403);
    await ask('bytes=0-9');
    const alice = await signInByAddress(running, 'alice@example.com');
    await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`);
    const before = await taken();
    assert.equal((await ask('bytes=10-19')).status, 410);
    assert.equal(await taken(), before);
  });
});
