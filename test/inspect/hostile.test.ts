// Files made to use up the machine: each ends early, and is named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bombDocx, laughingDocx, laughingSvg, lyingDocx } from '../viewing/samples.ts';
import { docx, openXml, part, runs } from './office-samples.ts';
import { read } from './read.ts';
import { zip } from './zip.ts';

const MB = 1024 * 1024;

test('what swells a thousandfold is told by what it claims, and held to what it claims', async () => {
  const zeros = Buffer.alloc(15 * MB);
  assert.deepEqual((await read(zip([{ name: 'a.txt', content: zeros }]))).unreadable, ['too-large a.txt']);
  assert.deepEqual((await read(zip([{ name: 'a.txt', content: zeros, claims: { bytes: 1_000 } }]))).unreadable, [
    'broken a.txt',
  ]);
  // Seven hundredfold but honest, and small enough to be looked at.
  assert.deepEqual((await read(zip([{ name: 'a.txt', content: ' '.repeat(900_000) }]))).unreadable, []);
});

test('archives in archives in archives are opened once', async () => {
  let nested: Buffer = zip([{ name: '0.dll', content: Buffer.alloc(MB) }]);
  for (let depth = 0; depth < 5; depth += 1)
    nested = zip(Array.from({ length: 16 }, (_, n) => ({ name: `lib ${n}.zip`, content: nested })));
  const { unreadable } = await read(nested);
  assert.deepEqual(
    unreadable,
    Array.from({ length: 16 }, (_, n) => `too-deep lib ${n}.zip`),
  );
});

test('many large files in one archive are too much together', async () => {
  const content = `\0${'All work and no play. '.repeat(20_000)}`;
  const entries = Array.from({ length: 10 }, (_, n) => ({ name: `${n}.bin`, content }));
  const { unreadable, text } = await read(zip(entries), {}, { unpackedBytesMax: 2 * MB });
  assert.deepEqual(unreadable.slice(-2), ['too-large 8.bin', 'too-large 9.bin']);
  assert.ok(text.length < 200);
});

test('of a hundred thousand files the first are read, and no more than a few are named', async () => {
  const entries = Array.from({ length: 65_000 }, (_, n) => ({
    name: `${n}`,
    content: n === 0 ? 'First' : '\0',
    stored: true,
  }));
  const { text, unreadable } = await read(zip(entries));
  assert.ok(text.includes('First'));
  assert.equal(unreadable.filter((one) => one.startsWith('unknown-kind')).length, 20);
  assert.equal(unreadable.at(-1), 'too-large');
});

test('a document type swells nothing', async () => {
  assert.deepEqual((await read(laughingDocx())).unreadable, ['broken']);
  const { text } = await read(laughingSvg());
  assert.ok(text.length < 2_000);
  const outside = docx('', { 'word/header1.xml': '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>' });
  assert.deepEqual((await read(outside)).unreadable, ['broken']);
});

test('a document with a bomb beside its text is read, and the bomb named', async () => {
  const { text, unreadable } = await read(bombDocx(20_000_000));
  assert.ok(text.includes('Harmless'));
  assert.deepEqual(unreadable, ['too-large word/media/image1.bin']);
  assert.deepEqual((await read(lyingDocx())).unreadable, ['broken']);
});

test('a text that never ends, elements in elements, and attributes without end are bounded', async () => {
  const long = await read('word '.repeat(MB));
  assert.ok(long.text.length <= 4 * MB);
  assert.deepEqual(long.unreadable, ['too-large']);
  const deep = await read(
    openXml({ 'word/document.xml': part('w', Array.from({ length: 50_000 }, (_, n) => `<w:p>${n}`).join('')) }),
  );
  assert.deepEqual(deep.unreadable, ['broken']);
  const attributes = Array.from({ length: 50_000 }, (_, n) => `a${n}="${n}"`).join(' ');
  await read(openXml({ 'word/document.xml': part('w', `<w:p ${attributes}/>`) }));
  assert.deepEqual((await read(`<html>${'<div><b><i><table>'.repeat(20_000)}`)).unreadable, ['too-deep']);
  await read(`<html><!--${'<!-'.repeat(50_000)}`);
  await read(`<html><p ${'a='.repeat(50_000)}`);
});

test('time that runs out leaves what was read, and names the rest', async () => {
  const archive = zip([
    { name: 'a.txt', content: 'First' },
    ...Array.from({ length: 200 }, (_, n) => ({ name: `${n}.docx`, content: docx(runs('x '.repeat(50_000))) })),
  ]);
  const { text, unreadable } = await read(archive, {}, { partStepsMax: 1_000_000, partCharactersMax: 1e9 });
  assert.ok(text.includes('First'));
  assert.ok(unreadable.length > 0 && unreadable.every((one) => one.startsWith('too-slow')), unreadable.join());
});

test('no kind of file gets a reader out of its way when it is cut, turned or filled with noise', async () => {
  const good = [
    docx(runs('x'.repeat(3_000))),
    zip([{ name: 'a.txt', content: 'x'.repeat(3_000) }]),
    Buffer.from('{\\rtf1 x\\par}'),
  ];
  for (const file of good) {
    for (let n = 0; n < 40; n += 1) {
      const bytes = Buffer.from(file);
      // The same noise in every run.
      for (let k = 0; k < 8; k += 1) bytes[(n * 7_919 + k * 104_729) % bytes.length] = (n * 31 + k * 17) % 256;
      await read(n % 2 === 0 ? bytes : bytes.subarray(0, Math.floor((bytes.length * n) / 40)));
    }
  }
});
