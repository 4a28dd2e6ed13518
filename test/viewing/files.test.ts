// Every kind of file becomes pages; every bad one becomes an answer in time, and harms nothing.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import sharp from 'sharp';
import { costsXlsx } from '../../server/try/sample-xlsx.ts';
import { viewingLimits } from '../../server/viewing/limits.ts';
import type { View } from '../../server/viewing/viewer.ts';
import * as samples from './samples.ts';
import { draw, fileOf, look, MARK, testViewer } from './view.ts';

// The text of Office files here; their layout has a file of its own.
const viewer = testViewer({ withOffice: false });
// With the time that a reader waits, for what would never end.
const hasty = testViewer({ withOffice: false, limits: {} });
after(() => {
  viewer.close();
  hasty.close();
});

function textOf(view: View): string {
  assert.ok(view.shown, view.shown ? '' : view.why);
  return view.look.text ?? '';
}

describe('a good file', () => {
  test('of several pages is shown page by page, each with its text', async () => {
    const bytes = samples.pdf(['The first page', 'The second page']);
    const first = await look(viewer, bytes);
    assert.equal(textOf(first), 'The first page');
    assert.equal(textOf(await look(viewer, bytes, 2)), 'The second page');
    assert.ok(first.shown && first.word === 'reading.kind-pdf' && first.look.pages === 2 && !first.look.cut);
    const [one, two] = [await draw(viewer, bytes), await draw(viewer, bytes, { page: 2 })];
    assert.ok(one.shown && two.shown && !one.image.equals(two.image));
    assert.deepEqual(await look(viewer, bytes, 3), {
      shown: false,
      why: 'no-such-page',
      word: 'reading.kind-pdf',
      pages: 2,
    });
  });

  test('of any picture format is a picture, turned as the camera held it', async () => {
    for (const format of ['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const) {
      const view = await draw(viewer, await sharp(samples.png(600, 400)).toFormat(format).toBuffer());
      assert.ok(view.shown, format);
      assert.deepEqual([view.look.width, view.look.height, view.isPicture], [600, 400, true], format);
    }
    const turned = await sharp(samples.png(600, 400)).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const view = await look(viewer, turned);
    assert.ok(view.shown && view.look.height > view.look.width);
  });

  test('is drawn in the format and at the zoom that is asked for', async () => {
    const sizes: number[] = [];
    for (const zoom of ['100', '150', '300'] as const) {
      const view = await viewer.draw(fileOf(samples.pdf(['x'])), { page: 1, zoom, mark: MARK, format: 'webp' });
      assert.ok(view.shown);
      const { width, format } = await sharp(view.image).metadata();
      assert.equal(format, 'webp');
      sizes.push(width);
    }
    assert.deepEqual(sizes, [793, 1_190, 2_380]);
  });

  test('of Office is shown as its text where nothing draws its layout', async () => {
    const word = await look(viewer, samples.docx(['Fish &amp; &#67;hips', 'Two']));
    assert.ok(word.shown && word.textOnly && word.word === 'reading.kind-document');
    assert.equal(textOf(word), 'Fish & Chips\nTwo');
    assert.match(textOf(await look(viewer, costsXlsx())), /Work\s+Hours\s+Rate \(EUR\)/);
    assert.equal(textOf(await look(viewer, samples.pptx(['One', 'Two']))), 'One\n\nTwo');
    assert.equal(
      textOf(
        await look(
          viewer,
          samples.odt(
            '<text:h>Head</text:h><text:p>a<text:tab/>b</text:p><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p></table:table-cell></table:table-row>',
          ),
        ),
      ),
      'Head\na       b\n1       2',
    );
  });

  test('that is longer than what is shown says so', async () => {
    const view = await look(viewer, Buffer.from('line\n'.repeat(70 * viewingLimits.pagesMax + 100)));
    assert.ok(view.shown && view.look.cut && view.look.pages === viewingLimits.pagesMax);
  });
});

describe('a bad file', () => {
  const cases: Record<string, readonly [bytes: () => Buffer | Promise<Buffer>, expected: readonly string[]]> = {
    'a PDF with a password': [samples.lockedPdf, ['encrypted']],
    'a PDF whose objects draw themselves without end': [samples.endlessPdf, ['shown', 'broken', 'too-large']],
    'a PDF that swells to more than anybody can draw': [samples.swellingPdf, ['too-large']],
    'a PDF of a page a mile wide': [() => samples.pdf(['x'], { page: '/MediaBox [0 0 1000000 1000000]' }), ['shown']],
    'a PDF of a page without a size': [() => samples.pdf(['x'], { page: '/MediaBox [0 0 0 0]' }), ['shown', 'broken']],
    'a PDF of nothing but its first line': [() => Buffer.from('%PDF-1.4 plan'), ['broken']],
    'a PDF cut in the middle': [() => samples.pdf(['x', 'y']).subarray(0, 700), ['shown', 'broken']],
    'a picture that claims 30,000 by 30,000 pixels': [
      () => samples.png(10, 10, { width: 30_000, height: 30_000 }),
      ['too-large'],
    ],
    'a picture that holds less than it claims': [
      () => samples.png(10, 10, { width: 3_000, height: 3_000 }),
      ['broken'],
    ],
    'a bitmap that claims 30,000 by 30,000 pixels': [
      () => samples.bmp(10, 10, { width: 30_000, height: 30_000 }),
      ['too-large'],
    ],
    'a bitmap of a negative size': [
      () => samples.bmp(10, 10, { width: -2_147_483_648, height: -2_147_483_648 }),
      ['too-large', 'broken'],
    ],
    'a photograph cut in the middle': [
      async () => {
        const whole = await sharp(samples.png(900, 900)).jpeg({ quality: 100 }).toBuffer();
        return whole.subarray(0, whole.length - Math.floor(whole.length / 2));
      },
      ['broken'],
    ],
    'an archive of a document that unpacks to 200 MB': [() => samples.bombDocx(200_000_000), ['too-large']],
    'a document that unpacks to more than it says': [samples.lyingDocx, ['broken']],
    'a document of a billion laughs': [samples.laughingDocx, ['broken']],
    'a drawing of a billion laughs': [samples.laughingSvg, ['broken', 'shown']],
    'a document with a password': [samples.lockedOffice, ['encrypted']],
    'a document of no text': [() => samples.docx([]), ['no-text']],
    'an archive cut short': [() => samples.docx(['x']).subarray(0, 300), ['archive', 'broken']],
    'a drawing of no size': [
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'),
      ['broken', 'shown'],
    ],
    'a drawing larger than any wall': [
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1e6" height="1e6"/>'),
      ['broken', 'too-large'],
    ],
    'bytes of no kind': [() => Buffer.from([1, 0, 2, 0, 3]), ['unknown']],
    nothing: [() => Buffer.alloc(0), ['empty']],
  };
  for (const [name, [bytes, expected]] of Object.entries(cases)) {
    test(`${name} ends in an answer`, async () => {
      const content = await bytes();
      const by = name.includes('swells') || name.includes('without end') ? hasty : viewer;
      const looked = await look(by, content);
      const said = looked.shown ? 'shown' : looked.why;
      assert.ok(expected.includes(said), said);
      // The picture says the same as the page did.
      const drawn = await draw(by, content);
      assert.equal(drawn.shown ? 'shown' : drawn.why, said);
    });
  }

  test('larger than the limit is not even read', async () => {
    const file = {
      key: 'large',
      size: viewingLimits.inputBytesMax + 1,
      // oxlint-disable-next-line require-yield
      async *read(): AsyncGenerator<Buffer> {
        assert.fail('it was read');
      },
    };
    const view = await viewer.look(file, { page: 1, zoom: 'fit', wantsText: false });
    assert.deepEqual(view, { shown: false, why: 'too-large' });
  });

  test('a drawing gets nothing from outside of itself, and runs nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sealpost-view-test-'));
    try {
      const outside = join(folder, 'outside.png');
      writeFileSync(outside, samples.png(300, 300));
      const svg = (inside: string): Buffer =>
        Buffer.from(
          `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="300">${inside}</svg>`,
        );
      const empty = await draw(viewer, svg(''), { mark: null });
      const data = `data:image/png;base64,${samples.png(300, 300).toString('base64')}`;
      const own = await draw(viewer, svg(`<image width="300" height="300" xlink:href="${data}"/>`), { mark: null });
      assert.ok(empty.shown && own.shown && !own.image.equals(empty.image), 'the test sees pictures that are drawn');
      for (const href of [outside, `file://${outside}`, `FILE:${outside}`, 'http://127.0.0.1:1/x.png']) {
        const view = await draw(viewer, svg(`<image width="300" height="300" xlink:href="${href}"/>`), { mark: null });
        assert.ok(view.shown && view.image.equals(empty.image), href);
      }
      const scripted = await draw(viewer, svg('<script>throw 1</script><style>@import "file:///etc/passwd";</style>'), {
        mark: null,
      });
      assert.ok(scripted.shown && scripted.image.equals(empty.image));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('where processes cannot be isolated, files are shown all the same, and Office files as text', async () => {
  const open = testViewer({ isolates: async () => false });
  try {
    const document = await draw(open, samples.docx(['x']));
    assert.ok(document.shown && document.textOnly);
    for (const bytes of [samples.pdf(['x']), samples.png(300, 200), Buffer.from('x')])
      assert.ok((await draw(open, bytes)).shown);
    const locked = await look(open, samples.lockedPdf());
    assert.equal(locked.shown ? 'shown' : locked.why, 'encrypted');
  } finally {
    open.close();
  }
});

test('a machine that was too busy to say whether it can isolate is asked again with the next file', async () => {
  const isolates = [Promise.reject(new Error('too busy')), Promise.resolve(false)];
  isolates[0]?.catch(() => undefined);
  let asked = 0;
  const viewer = testViewer({ isolates: () => isolates[asked++] ?? assert.fail('asked too often') });
  const nothing = Buffer.from([0, 1, 2, 3]);
  await assert.rejects(look(viewer, nothing), /too busy/);
  for (let n = 0; n < 2; n += 1) assert.deepEqual(await look(viewer, nothing), { shown: false, why: 'unknown' });
  assert.equal(asked, 2);
  viewer.close();
});

test('many at once are served or told that it is busy, and the next one is served', async () => {
  const crowded = testViewer({ withOffice: false, limits: { parallel: 1, waitingMax: 2, waitMs: 60_000 } });
  try {
    const bytes = samples.pdf(['x']);
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => look(crowded, bytes)));
    assert.deepEqual(results.map(({ status }) => status).toSorted(), [
      ...Array.from({ length: 3 }, () => 'fulfilled'),
      ...Array.from({ length: 3 }, () => 'rejected'),
    ]);
    assert.ok((await look(crowded, bytes)).shown);
  } finally {
    crowded.close();
  }
});
