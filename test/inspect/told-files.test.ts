// Which files are told of an attachment: itself and what lies in it, by name, size, and what its bytes are.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SeenFile } from '../../server/detect/look.ts';
import { pdf, png } from '../viewing/samples.ts';
import { docx, runs } from './office-samples.ts';
import { read } from './read.ts';
import { zip } from './zip.ts';

const exe = Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff', 'latin1');
const shown = ({ path, types }: SeenFile): string => [path.join(' > '), types[0] ?? '?'].join(': ');

describe('the files that are told of an attachment', () => {
  for (const [what, bytes, type] of [
    ['a PDF', pdf(['x']), 'application/pdf'],
    ['a program', exe, 'application/vnd.microsoft.portable-executable'],
    ['a program of Linux', '\x7fELF\x02\x01', 'application/x-executable'],
    ['a script', '#!/bin/sh\nrm -rf /\n', 'application/x-sh'],
    ['a document', docx(runs('x')), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['an archive', zip([{ name: 'a', content: 'x' }]), 'application/zip'],
    ['a picture', png(4, 4), 'image/png'],
    ['a page', '<!DOCTYPE html><p>x', 'text/html'],
    ['a text', 'Hello MZ', 'text/plain'],
    ['nothing that is known', Buffer.from([0, 1, 2, 3, 4, 5]), undefined],
    ['nothing', '', undefined],
  ] as const) {
    test(`are known by their bytes, whatever they are called: ${what}`, async () => {
      const { files } = await read(Buffer.from(bytes), { contentType: 'text/calendar', name: 'a.ics' });
      assert.equal(files[0]?.types[0], type);
      assert.deepEqual(files[0]?.path, []);
    });
  }

  test('are also those inside, in folders, in mails and where they cannot be read', async () => {
    const inner = zip([{ name: 'deep.exe', content: exe }]);
    const mail = `From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/x-thing\r\nContent-Disposition: attachment; filename="a.bat"\r\n\r\ndel\r\n--x--\r\n`;
    const { files, unreadable } = await read(
      zip([
        { name: 'in/notes.txt', content: exe },
        { name: 'in/', content: '' },
        { name: 'locked.exe', content: 'x', claims: { flags: 0x801 } },
        { name: 'bomb.scr', content: Buffer.alloc(3_000_000) },
        { name: 'inner.zip', content: inner },
        { name: 'a.eml', content: mail },
      ]),
    );
    assert.deepEqual(files.map(shown), [
      ': application/zip',
      'in/notes.txt: application/vnd.microsoft.portable-executable',
      'locked.exe: ?',
      'bomb.scr: ?',
      'inner.zip: application/zip',
      'a.eml: text/plain',
      'inner.zip > deep.exe: ?',
      'a.eml > a.bat: text/plain',
    ]);
    assert.ok(files.at(-1)?.types.includes('application/x-thing'));
    assert.deepEqual(unreadable.map((one) => one.split(' ')[0]).toSorted(), [
      'encrypted',
      'too-deep',
      'too-large',
      'unknown-kind',
    ]);
  });

  const withWords = [
    { name: '[Content_Types].xml', content: '<Types/>' },
    { name: 'word/document.xml', content: runs('x') },
    { name: 'word/media/image1.png', content: png(4, 4) },
  ];
  const evil = [
    { name: 'theme/evil.exe', content: exe },
    { name: 'word/theme/theme1.xml', content: exe },
    { name: 'word/header1.xml', content: exe },
    { name: 'word/media/image2.png', content: exe },
    { name: 'secret.xml', content: '<a/>' },
  ];

  test('are also those that an Office file brings along, and not how it is written', async () => {
    assert.deepEqual((await read(zip(withWords))).files.map(shown), [
      ': application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'word/media/image1.png: image/png',
    ]);
    const { files } = await read(zip([...withWords, ...evil]));
    const told = files.map(shown);
    for (const { name } of evil.slice(0, 4))
      assert.ok(told.includes(`${name}: application/vnd.microsoft.portable-executable`), name);
    assert.ok(files.some(({ path }) => path[0] === 'secret.xml'));
  });

  test('are those in an archive that gives itself out for an Office file', async () => {
    const fake = [{ name: '[Content_Types].xml', content: '' }, ...evil.slice(0, 1)];
    assert.deepEqual((await read(zip(fake))).files.map(shown), [
      ': application/zip',
      'theme/evil.exe: application/vnd.microsoft.portable-executable',
    ]);
    const locked = [...fake, { name: 'locked.exe', content: 'x', claims: { flags: 0x801 } }];
    for (const limits of [{}, { partStepsMax: 0 }]) {
      const { files: named } = await read(zip(locked), {}, limits);
      assert.deepEqual(
        named.map(({ path }) => path[0]),
        [undefined, 'theme/evil.exe', 'locked.exe'],
      );
    }
    const open = [
      { name: 'META-INF/manifest.xml', content: '<a/>' },
      { name: 'content.xml', content: '<a/>' },
      { name: 'Pictures/evil.exe', content: exe },
      { name: 'Pictures/a.png', content: exe },
      { name: 'Pictures/notes.txt', content: 'Nimbus' },
    ];
    const { files, text } = await read(zip(open));
    assert.deepEqual(files.map(shown), [
      ': application/zip',
      'Pictures/evil.exe: application/vnd.microsoft.portable-executable',
      'Pictures/a.png: application/vnd.microsoft.portable-executable',
      'Pictures/notes.txt: text/plain',
    ]);
    assert.match(text, /Nimbus/);
  });

  test('are told of a mail that has spent all its steps or letters, without a word of them', async () => {
    const archive = zip([{ name: 'evil.exe', content: 'Nimbus' }]);
    for (const limits of [{ partStepsMax: 0 }, { partCharactersMax: 0 }]) {
      const { files, text } = await read(archive, { name: 'a.txt' }, limits);
      assert.doesNotMatch(text, /Nimbus/);
      assert.deepEqual(
        files.map(({ path }) => path),
        [[], ['evil.exe']],
      );
    }
  });

  test('are told to an end, behind which the attachment is not read', async () => {
    const many = zip(Array.from({ length: 30 }, (_, n) => ({ name: `${n}.txt`, content: 'x' })));
    const { files, unreadable } = await read(many, {}, { mailFilesMax: 20 });
    assert.equal(files.length, 20);
    assert.deepEqual(unreadable, ['too-large']);
  });
});
