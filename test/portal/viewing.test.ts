// Looking at a file without getting it: what the pages show, to whom, how long, and that no way leads to the bytes.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { costsXlsx } from '../../server/try/sample-xlsx.ts';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import type { TestPart } from '../support/mime.ts';
import { patient, startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { docx, lockedPdf, pdf, png, swellingPdf } from '../viewing/samples.ts';

const DNF = ['X-Sealpost-Protection: do-not-forward'];
const NEEDLE = 'A-needle-that-stands-in-every-file';
const parts: readonly TestPart[] = [
  { content: pdf([NEEDLE, 'The second page']), type: 'application/pdf', name: 'lease.pdf' },
  { content: `${NEEDLE}\nand a line`, type: 'text/plain', name: 'notes.txt' },
  {
    content: `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><text>${NEEDLE}</text></svg>`,
    type: 'image/svg+xml',
    name: 'drawing.svg',
  },
  { content: png(60, 40), type: 'image/png', name: 'photo.png' },
  { content: docx([NEEDLE]), type: 'application/octet-stream', name: 'letter.docx' },
  { content: `\0${NEEDLE}`, type: 'application/octet-stream', name: 'data.bin' },
  { content: costsXlsx(), type: 'application/pdf', name: 'costs.pdf' },
];

describe('under do-not-forward', () => {
  let running: Running;
  let bob: Visitor;
  let eve: Visitor;
  let id: string;
  const path = (n: number): string => `/messages/${id}/attachments/${n}`;

  before(async () => {
    running = await startProgram({ viewing: patient });
    id = await send(running, { to: 'bob@recipient.example, eve@recipient.example', text: 'See.', parts, headers: DNF });
    bob = await signInByLink(running, 'bob@recipient.example');
    eve = await signInByLink(running, 'eve@recipient.example');
  });
  after(() => running.stop());

  async function viewings(): Promise<number> {
    const rows = await running.store.db
      .selectFrom('audit')
      .select('event')
      .where('event', '=', 'attachment-viewed')
      .where('message_id', '=', id)
      .execute();
    return rows.length;
  }

  test('each page of a file is a picture, and looking at it is written down once', async () => {
    const before = await viewings();
    const page = await bob.get(`${path(1)}?view=1`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.match(page.text, /Page 1 of 2/);
    assert.match(page.text, /PDF document/);
    const source = /<img src="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    assert.equal(source, `${path(1)}/pages/1?zoom=fit`);
    const image = await bob.bytes(source);
    assert.equal(image.status, 200);
    assert.deepEqual(
      [
        'content-type',
        'cache-control',
        'x-content-type-options',
        'content-disposition',
        'content-security-policy',
        'cross-origin-resource-policy',
      ].map((name) => image.headers.get(name)),
      ['image/png', 'no-store', 'nosniff', 'inline', "default-src 'none'; sandbox", 'same-origin'],
    );
    assert.equal((await sharp(image.content).metadata()).width, 1_400);
    const headers = { accept: 'image/avif,image/webp,*/*' };
    const webp = await bob.send('GET', `${path(1)}/pages/1`, undefined, { headers });
    assert.deepEqual([webp.headers.get('content-type'), webp.headers.get('vary')], ['image/webp', 'Accept']);
    const second = await bob.bytes(`${path(1)}/pages/2?zoom=100`);
    assert.equal((await sharp(second.content).metadata()).width, 793);
    assert.equal(await viewings(), before + 1);
    await bob.get(`${path(2)}?view=1`);
    assert.equal(await viewings(), before + 2, 'another file is another viewing');
    running.clock.forward(16 * 60_000);
    assert.equal((await bob.bytes(`${path(1)}/pages/1`)).status, 200);
    assert.equal(await viewings(), before + 3, 'a picture alone, later, is a viewing too');
  });

  test('another reader, or another minute, makes another picture', async () => {
    const image = (who: Visitor): Promise<{ content: Buffer }> => who.bytes(`${path(4)}/pages/1`);
    const [mine, again, theirs] = [await image(bob), await image(bob), await image(eve)];
    assert.ok(mine.content.equals(again.content));
    assert.ok(!mine.content.equals(theirs.content));
    running.clock.forward(60_000);
    assert.ok(!(await image(bob)).content.equals(mine.content));
  });

  test('no way leads to a byte of a file', async () => {
    // These paint nothing; and of those that do, some for each file and the others for the first.
    const plain = [
      '',
      '?view=0',
      '?view=',
      '?view=2',
      '?view=1&view=0',
      '?view=0&view=1',
      '?view[]=1',
      '?VIEW=1',
      '?download=1',
      '/',
      '/pages/0',
      '/pages/1.pdf',
      '/pages',
      '/raw',
      '/text',
    ];
    const painting = ['?view=1', '/pages/1'];
    const more = [
      '?view=1&page=2',
      '?view=1&zoom=300',
      '?view=1&download=1',
      '?view=1&format=pdf',
      '/?view=1',
      '/pages/1/',
      '/pages/2?zoom=100',
    ];
    for (const [index, part] of parts.entries()) {
      for (const query of [...plain, ...painting, ...(index === 0 ? more : [])]) {
        const answer = await bob.bytes(`${path(index + 1)}${query}`);
        const what = `${part.name} ${query} ${answer.status}`;
        const content = Buffer.from(part.content);
        assert.ok(!answer.content.includes(content), what);
        for (const trace of [NEEDLE, Buffer.from(NEEDLE).toString('base64').slice(2, 30), '%PDF-', 'PK\x03\x04'])
          assert.ok(!answer.content.includes(trace), `${what}: ${trace}`);
        assert.doesNotMatch(answer.headers.get('content-type') ?? '', /octet-stream|pdf|svg|zip|office/, what);
        assert.doesNotMatch(answer.headers.get('content-disposition') ?? '', /attachment|filename/, what);
      }
      for (const method of ['OPTIONS', 'POST', 'PUT', 'DELETE']) {
        const answer = await bob.send(method, `${path(index + 1)}?view=1`, undefined, {
          headers: { range: 'bytes=0-9' },
        });
        assert.ok(!answer.text.includes(NEEDLE), method);
      }
    }
    const ranged = await bob.send('GET', path(1), undefined, { headers: { range: 'bytes=0-9' } });
    assert.equal(ranged.status, 403);
  });

  test('no text stands beside it, and the page says so and whom to ask', async () => {
    const page = await bob.get(`${path(1)}?view=1`);
    assert.match(page.text, /has not allowed text to be copied/);
    assert.match(page.text, /Alice Example \(alice@example\.com\)/);
    assert.match(page.text, /class="no-print-page no-copy"/);
    assert.match(page.text, /bears your address and the time/);
    assert.doesNotMatch(page.text, />Download</);
  });

  test('what is not what it is called is shown as what it is', async () => {
    const page = await bob.get(`${path(7)}?view=1`);
    assert.equal(page.status, 200);
    assert.match(page.text, /labelled “PDF document”, but by its content it is “Spreadsheet”/);
    const unknown = await bob.get(`${path(6)}?view=1`);
    assert.equal(unknown.status, 200);
    assert.match(unknown.text, /Files of this type cannot be shown here/);
    assert.match(unknown.text, /Ask Alice Example/);
    assert.equal((await bob.get(`${path(6)}/pages/1`)).status, 404);
  });

  test('a page or a size that there is not is told plainly', async () => {
    const beyond = await bob.get(`${path(1)}?view=1&page=3`);
    assert.equal(beyond.status, 404);
    assert.match(beyond.text, /no such page: there are 2/);
    for (const page of ['0', '-1', '1.5', '01', 'x', '1e3', '9'.repeat(50), '', '1&page=2']) {
      const answer = await bob.get(`${path(1)}?view=1&page=${page}`);
      assert.equal(answer.status, 404, page);
      assert.match(answer.text, /no such page/, page);
      assert.match(answer.text, /Go to its first page/);
    }
    for (const zoom of ['', '0', '99999', 'FIT', 'x', '100&zoom=150']) {
      const answer = await bob.get(`${path(1)}?view=1&zoom=${zoom}`);
      assert.equal(answer.status, 404, zoom);
      assert.match(answer.text, /cannot be shown in that size/, zoom);
      assert.equal((await bob.get(`${path(1)}/pages/1?zoom=${zoom}`)).status, 404, zoom);
    }
    for (const page of ['0', '3', 'x', '1.png', '%00'])
      assert.equal((await bob.get(`${path(1)}/pages/${page}`)).status, 404, page);
    // What a picture may not do is no rule for the page that says there is none.
    const none = await bob.get(`${path(1)}/pages/3`);
    assert.equal(none.headers.get('content-disposition'), null);
    assert.doesNotMatch(none.headers.get('content-security-policy') ?? '', /sandbox/);
  });

  test('to a stranger, and for another number, there is nothing', async () => {
    await send(running, { to: 'mallory@elsewhere.example', text: 'Another message.' });
    for (const who of [
      await signInByLink(running, 'mallory@elsewhere.example'),
      await signInByAddress(running, 'alice@example.com'),
    ]) {
      assert.equal((await who.get(`${path(1)}?view=1`)).status, 404);
      assert.equal((await who.get(`${path(1)}/pages/1`)).status, 404);
    }
    for (const n of ['0', '99', '01', 'x']) {
      assert.equal((await bob.get(`/messages/${id}/attachments/${n}?view=1`)).status, 404);
      assert.equal((await bob.get(`/messages/${id}/attachments/${n}/pages/1`)).status, 404);
    }
  });

  test('asking for the head alone makes nothing and writes nothing down', async () => {
    running.clock.forward(16 * 60_000);
    const before = await viewings();
    const head = await bob.send('HEAD', `${path(1)}/pages/1`);
    assert.deepEqual([head.status, head.text, head.headers.get('content-type')], [200, '', 'image/png']);
    assert.equal(await viewings(), before);
  });

  test('after it is taken back, after the session, or after its last day the next picture is refused', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await bob.bytes(`${path(1)}/pages/1`)).status, 200);
    await alice.post(`/sent/${id}/revoke`, {}, `/sent/${id}`);
    assert.equal((await bob.bytes(`${path(1)}/pages/1`)).status, 410);
    assert.equal((await bob.get(`${path(1)}?view=1`)).status, 410);
    await alice.post(`/sent/${id}/restore`, {}, `/sent/${id}`);
    assert.equal((await bob.bytes(`${path(1)}/pages/1`)).status, 200);
    await eve.post('/sign-out', {}, '/messages');
    const out = await eve.get(`${path(1)}/pages/1?zoom=fit`);
    assert.deepEqual([out.status, out.location], [303, '/sign-in']);
  });
});

describe('a right that ends while a picture is made', () => {
  let running: Running;
  let bob: Visitor;
  let id: string;
  /** Done when the last byte of the file has been read, so when nothing but painting is left. */
  let meanwhile: (() => Promise<unknown>) | undefined;

  before(async () => {
    running = await startProgram({
      viewing: patient,
      around: (store) => {
        const { blobs } = store.vault;
        async function* watched(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
          yield* source;
          await meanwhile?.();
          meanwhile = undefined;
        }
        const watching = { ...blobs, read: (...asked: Parameters<typeof blobs.read>) => watched(blobs.read(...asked)) };
        return { ...store, vault: { ...store.vault, blobs: watching } };
      },
    });
    // Larger than what lies in its row.
    const content = 'A line of the text\n'.repeat(5_300);
    id = await send(running, {
      text: 'See.',
      headers: DNF,
      parts: [{ content, type: 'text/plain', name: 'long.txt' }],
    });
  });
  after(() => running.stop());

  const revokedAt = (at: string | null): Promise<unknown> =>
    running.store.db.updateTable('recipients').set({ revoked_at: at }).where('message_id', '=', id).execute();

  for (const way of ['?view=1', '/pages/1']) {
    test(`ends it: ${way}`, async () => {
      bob = await signInByLink(running, 'bob@recipient.example');
      const path = `/messages/${id}/attachments/1${way}`;
      assert.equal((await bob.bytes(path)).status, 200);
      meanwhile = () => revokedAt('2026-01-01T00:00:00.000Z');
      assert.equal((await bob.bytes(path)).status, 410);
      await revokedAt(null);
      meanwhile = () => running.store.db.deleteFrom('sessions').execute();
      assert.equal((await bob.bytes(path)).status, 303);
    });
  }
});

describe('under encrypt-only', () => {
  let running: Running;
  let bob: Visitor;

  before(async () => {
    running = await startProgram({ viewing: patient });
  });
  after(() => running.stop());

  test('the pages stand beside the download, with their text and without a mark', async () => {
    const id = await send(running, { text: 'See.', parts });
    bob = await signInByLink(running, 'bob@recipient.example');
    const message = await bob.get(`/messages/${id}`);
    assert.match(message.text, new RegExp(`href="/messages/${id}/attachments/1"`));
    assert.match(message.text, new RegExp(`href="/messages/${id}/attachments/1\\?view&#x3D;1"`));
    const page = await bob.get(`/messages/${id}/attachments/1?view=1`);
    assert.match(page.text, new RegExp(`Text of this page.*${NEEDLE}`, 's'));
    assert.match(page.text, />Download</);
    assert.doesNotMatch(page.text, /bears your address|no-copy|no-print/);
    const early = await bob.bytes(`/messages/${id}/attachments/1/pages/1`);
    running.clock.forward(60_000);
    assert.ok((await bob.bytes(`/messages/${id}/attachments/1/pages/1`)).content.equals(early.content));
  });
});

describe('what takes too long', () => {
  let running: Running;
  let bob: Visitor;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('what cannot be shown can be downloaded, and the page says both', async () => {
    const id = await send(running, {
      text: 'See.',
      parts: [
        { content: lockedPdf(), type: 'application/pdf', name: 'locked.pdf' },
        { content: swellingPdf(), type: 'application/pdf', name: 'swelling.pdf' },
      ],
    });
    bob = await signInByLink(running, 'bob@recipient.example');
    const locked = await bob.get(`/messages/${id}/attachments/1?view=1`);
    assert.equal(locked.status, 200);
    assert.match(locked.text, /locked with a password.*You can download it instead/s);
    const swelling = await bob.get(`/messages/${id}/attachments/2?view=1`);
    assert.equal(swelling.status, 200);
    assert.match(swelling.text, /too large, or would take too long/);
    assert.equal((await bob.get('/messages')).status, 200);
  });

  test('when too many look at once the page says when to come again', async () => {
    const id = await send(running, {
      text: 'See.',
      parts: [{ content: swellingPdf(), type: 'application/pdf', name: 'swelling.pdf' }],
    });
    bob = await signInByLink(running, 'bob@recipient.example');
    const answers = await Promise.all(
      Array.from({ length: 14 }, () => bob.get(`/messages/${id}/attachments/1?view=1`)),
    );
    const busy = answers.filter(({ status }) => status === 503);
    assert.ok(busy.length >= 4, `${busy.length}`);
    for (const answer of busy) {
      assert.equal(answer.headers.get('retry-after'), '5');
      assert.match(answer.text, /try again in a few seconds/);
      assert.match(answer.text, />Try again</);
    }
  });
});
