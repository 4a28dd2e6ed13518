// Office files as LibreOffice lays them out, locked away.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { costsXlsx } from '../../server/try/sample-xlsx.ts';
import { canIsolate } from '../../server/viewing/locked-process.ts';
import { findOfficeConverter } from '../../server/viewing/office.ts';
import { patient } from '../support/program.ts';
import * as samples from './samples.ts';
import { draw, fileOf, look, testViewer } from './view.ts';

const missing = !existsSync('/usr/bin/soffice')
  ? 'SKIPPED: LibreOffice is not installed (apt-get install libreoffice-writer libreoffice-calc libreoffice-impress)'
  : (await canIsolate())
    ? undefined
    : 'SKIPPED: LibreOffice cannot be locked away here (unshare)';
if (missing !== undefined) console.warn(missing);

function leftOvers(): string[] {
  return ['/dev/shm', tmpdir()].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`sealpost-view-${process.pid}-`)) : [],
  );
}

describe('with LibreOffice', { skip: missing ?? false }, () => {
  const viewer = testViewer();
  after(() => viewer.close());

  test('a document and a spreadsheet are shown as they are laid out', async () => {
    const document = await look(viewer, samples.docx(['Fish and chips']));
    assert.ok(document.shown && !document.textOnly && document.word === 'reading.kind-document');
    assert.match(document.look.text ?? '', /Fish and chips/);
    const sheet = await look(viewer, costsXlsx());
    assert.ok(sheet.shown && !sheet.textOnly && sheet.word === 'reading.kind-spreadsheet');
    assert.match(sheet.look.text ?? '', /Work/);
    assert.deepEqual(leftOvers(), []);
  });

  test('turning the page does not convert anew', async () => {
    const file = fileOf(samples.docx(['Once']));
    const first = await viewer.look(file, { page: 1, zoom: 'fit', wantsText: false });
    assert.ok(first.shown && !first.textOnly);
    const hurried = testViewer({ limits: { ...patient, convertMs: 1 } });
    try {
      const never = await hurried.look(file, { page: 1, zoom: 'fit', wantsText: false });
      assert.ok(never.shown && never.textOnly, 'without time there is the text alone');
    } finally {
      hurried.close();
    }
    const again = await viewer.draw(file, { page: 1, zoom: 'fit', mark: 'x@y.example, now', format: 'png' });
    assert.ok(again.shown && !again.textOnly);
  });

  test('a document draws nothing from outside of itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sealpost-view-test-'));
    try {
      writeFileSync(join(folder, 'outside.png'), samples.png(300, 300));
      writeFileSync(join(folder, 'outside.txt'), 'The outside text');
      const frame = (href: string): string =>
        `<text:p>Inside <draw:frame svg:width="5cm" svg:height="5cm"><draw:image xlink:href="${href}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>`;
      const nowhere = await draw(viewer, samples.odt(frame('file:///nowhere.png')), { mark: null });
      const linked = await draw(viewer, samples.odt(frame(`file://${folder}/outside.png`)), { mark: null });
      assert.ok(nowhere.shown && linked.shown && linked.image.equals(nowhere.image));
      const section = await look(
        viewer,
        samples.odt(
          `<text:section text:name="S"><text:section-source xlink:href="file://${folder}/outside.txt"/><text:p>Inside</text:p></text:section>`,
        ),
      );
      assert.ok(section.shown);
      assert.doesNotMatch(section.look.text ?? '', /outside text/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('what cannot be converted is shown as text, or said to be broken, and nothing stays behind', async () => {
    const noPresentation = await look(viewer, samples.pptx(['One']));
    assert.ok(noPresentation.shown && noPresentation.textOnly);
    const laughing = await look(viewer, samples.laughingDocx());
    assert.deepEqual(laughing.shown ? 'shown' : laughing.why, 'broken');
    const bomb = await look(viewer, samples.bombDocx(200_000_000));
    assert.deepEqual(bomb.shown ? 'shown' : bomb.why, 'too-large');
    assert.deepEqual(leftOvers(), []);
  });

  test('what a killed process left behind is removed by the next', async () => {
    const dead = join('/dev/shm', 'sealpost-view-4194304-abcdef'); // above the largest process number
    await mkdir(dead, { recursive: true });
    await findOfficeConverter();
    assert.ok(!existsSync(dead));
  });
});
