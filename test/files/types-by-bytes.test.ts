// Which types a file's first bytes stand for: all that it could be opened as, and nothing that only looks like it in text.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { typesOfBytes } from '../../server/files/types-by-bytes.ts';
import { zipStore } from '../../server/try/zip-store.ts';
import { docx, lockedOffice, png } from '../viewing/samples.ts';

const typesOf = (text: string): readonly string[] => typesOfBytes(Buffer.from(text, 'latin1'));
const PROGRAM = 'application/x-msdownload';
const later = '\0'.repeat(96);

for (const [what, text, types] of [
  ['a program that is a PDF as well', `MZ\x90\0${later}%PDF-1.7`, [PROGRAM, 'application/pdf']],
  ['a picture that is a PDF as well', `\x89PNG\r\n\x1a\n${later}%PDF-1.7`, ['image/png', 'application/pdf']],
  ['an old document that is a PDF as well', `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${later}%PDF-1.7`, ['application/msword']],
  ['an old document that speaks of a package', lockedOffice().toString('latin1'), ['application/msword']],
  ['a rich text that is a PDF as well', '{\\rtf1 %PDF-1.7', ['application/rtf', 'application/pdf']],
  ['a program in front of a tape', `MZ\x90\0${'\0'.repeat(253)}ustar\0`, [PROGRAM, 'application/x-tar']],
] as const) {
  test(`is all that it could be opened as: ${what}`, () => {
    for (const type of types) assert.ok(typesOf(text).includes(type), `${type} in ${typesOf(text).join()}`);
  });
}

test('an archive is one, whatever it speaks of, and a letter is none', () => {
  const claims = zipStore([{ name: 'a.txt', content: 'word/document.xml [Content_Types].xml' }]);
  assert.ok(typesOfBytes(claims).includes('application/zip'));
  assert.ok(!typesOfBytes(docx(['x'])).includes('application/zip'));
});

for (const text of [
  'MZ is the seat of the court\r\nin\tMainz.',
  'MZ \xfcber alles',
  'MZ',
  'ID3 tags',
  'BZh9 a note',
  'MSCF',
  'OggS',
  'fLaC',
  '!BDN, or SM',
]) {
  test(`is text where no byte says otherwise: ${text}`, () => assert.deepEqual(typesOf(text), ['text/plain']));
}

test('is not more than it is', async () => {
  assert.deepEqual(typesOfBytes(png(4, 4)), ['image/png']);
  assert.deepEqual(typesOfBytes(await sharp(png(16, 16)).avif().toBuffer()), ['image/avif']);
  assert.deepEqual(typesOf('\0\0\0\x20ftypM4A '), ['audio/mp4', 'audio/x-m4a']);
  assert.deepEqual(typesOf('\0\0\0\x20ftypheic'), ['image/heic', 'image/heif']);
  assert.deepEqual(typesOf('\0\0\0\x20ftypisom'), ['video/mp4']);
  assert.deepEqual(typesOf('ID3\x04\0\0\0\0\0\0'), ['audio/mpeg', 'audio/mp3']);
  assert.deepEqual(typesOf('<!doctype html><p>MZ'), ['text/html']);
  assert.deepEqual(typesOf(''), []);
});
