// How far a mail is read is a matter of how much there is of it, and not of how fast the machine is.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createLog } from '../../server/core/log.ts';
import { createInspector } from '../../server/inspect/inspect.ts';
import type { InspectedPart } from '../../server/inspect/inspect.ts';
import { inspectLimits } from '../../server/inspect/limits.ts';
import { pdf } from '../viewing/samples.ts';
import { docx, runs } from './office-samples.ts';
import { read } from './read.ts';
import { zip } from './zip.ts';

const words = 'The quick brown fox jumps over 12 lazy dogs. ';
const line = (n: number): string => `(Line ${n} of a text) Tj 0 -12 Td`;
const contents = `BT /F1 10 Tf 72 700 Td ${Array.from({ length: 300 }, (_, n) => line(n)).join(' ')} ET`;

const files = {
  HTML: `<html>${`<p>${words}</p>`.repeat(20_000)}`,
  XML: `<?xml version="1.0"?><a>${`<b c="d">${words}</b>`.repeat(20_000)}</a>`,
  'rich text': `{\\rtf1 ${`${words}\\par `.repeat(200_000)}}`,
  'a mail': `From: a@b.example\r\nSubject: x\r\n\r\n${`${words}\r\n`.repeat(40_000)}`,
  'a PDF': pdf(
    Array.from({ length: 12 }, () => 'x'),
    { contents },
  ),
  'an archive of documents': zip(
    Array.from({ length: 10 }, (_, n) => ({ name: `${n}.docx`, content: docx(runs(words.repeat(600))) })),
  ),
  'an archive of nothing': zip(Array.from({ length: 350 }, (_, n) => ({ name: `${n}.txt`, content: 'a' }))),
};

/** Takes most of this thread while `work` goes on: a machine that is slow. */
async function slowly<Done>(work: () => Promise<Done>): Promise<Done> {
  let isOver = false;
  const hog = (): void => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    if (!isOver) setImmediate(hog);
  };
  setImmediate(hog);
  try {
    return await work();
  } finally {
    isOver = true;
  }
}

describe('what costs too much to be read', () => {
  for (const [kind, file] of Object.entries(files)) {
    test(`is read as far on a slow machine as on a fast one: ${kind}`, async () => {
      const whole = await read(file, {}, { partStepsMax: 1e12, partCharactersMax: 1e9 });
      assert.deepEqual(whole.unreadable, []);
      const limits = { partStepsMax: 150_000, partCharactersMax: 1e9 };
      const quick = await read(file, {}, limits);
      assert.ok(quick.unreadable.length > 0 && quick.unreadable.every((one) => one.startsWith('too-slow')), kind);
      assert.ok(quick.text.length < whole.text.length);
      assert.deepEqual(await slowly(() => read(file, {}, limits)), quick);
    });
  }

  test('is bounded for the whole mail too, body and attachments in their order', async () => {
    const inspector = createInspector({
      log: createLog({ level: 'silent', pretty: false }),
      limits: { partMs: 120_000, mailMs: 120_000, partStepsMax: 500_000, mailStepsMax: 1_100_000 },
    });
    after(() => inspector.close());
    const html = `<html>${`<p>${words}</p>`.repeat(12_000)}`;
    const archive = zip([{ name: 'evil.exe', content: 'x' }]);
    const last: InspectedPart = {
      n: 5,
      filename: 'invoice.txt',
      contentType: 'text/plain',
      size: archive.length,
      read: async function* () {
        yield archive;
      },
    };
    const part = (n: number): InspectedPart => ({
      n,
      filename: `${n}.html`,
      contentType: 'text/html',
      size: html.length,
      read: async function* () {
        yield Buffer.from(html);
      },
    });
    const mail = { subject: 'x', text: words, html, parts: [...[1, 2, 3, 4].map(part), last] };
    const look = { id: 'fox', what: { kind: 'words', words: ['fox'] } } as const;
    const [first, second] = [await inspector.inspect(mail, [look]), await inspector.inspect(mail, [look])];
    assert.deepEqual(first, second);
    assert.deepEqual(
      first.unreadable.map(({ part: at, why }) => `${at} ${why}`),
      ['0 too-slow', '1 too-slow', '2 too-slow', '3 too-slow', '4 too-slow', '5 too-slow'],
    );
    assert.deepEqual(
      first.files?.filter(({ part: at }) => at === 5).map(({ path, types }) => [path, types[0]]),
      [
        [[], 'application/zip'],
        [['evil.exe'], undefined],
      ],
      'what it is and holds is told all the same',
    );
    assert.deepEqual(
      first.hits.map(({ source }) => source),
      ['body', 'attachments'],
    );
  });
});

test('what makes its reader run away holds a worker for seconds, whatever its mail still brings', () => {
  const { partMs, mailMs } = inspectLimits;
  assert.ok(partMs <= 6_000 && mailMs <= 10_000, 'a few such mails must not keep all others waiting');
});
