import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { QuotedPrintableDecoder } from '../../server/mail/quoted-printable.ts';

async function decode(chunks: readonly string[]): Promise<string> {
  const bytes = await buffer(
    Readable.from(chunks.map((chunk) => Buffer.from(chunk, 'latin1'))).pipe(new QuotedPrintableDecoder()),
  );
  return bytes.toString('latin1');
}

for (const [encoded, decoded] of [
  ['a=3Db', 'a=b'],
  ['a=3db', 'a=b'],
  ['soft=\r\nbreak', 'softbreak'],
  ['soft=\nbreak', 'softbreak'],
  ['soft=  \t\r\nbreak', 'softbreak'],
  ['kept =\r\nblank', 'kept blank'],
  ['trailing  \t\r\nblanks', 'trailing\r\nblanks'],
  ['inner  blanks', 'inner  blanks'],
  ['at the end   ', 'at the end'],
  ['broken =ZZ =4 =', 'broken =ZZ =4 '],
  ['=3', '=3'],
  ['==3D', '=='],
  ['=\r=\n', ''],
  ['=  x', '=  x'],
  [`${' '.repeat(5_000)}x`, `${' '.repeat(5_000)}x`],
] as const) {
  test(`quoted-printable is decoded: ${JSON.stringify(encoded.slice(0, 40))}`, async () => {
    assert.equal(await decode([encoded]), decoded);
    assert.equal(await decode([...encoded]), decoded, 'byte by byte');
  });
}

test('where the stream was cut makes no difference', async () => {
  const piece = fc
    .array(fc.constantFrom('=', '3', 'D', 'a', ' ', '\t', '\r', '\n', 'x'), { maxLength: 8 })
    .map((characters) => characters.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      assert.equal(await decode(pieces), await decode([pieces.join('')]));
    }),
    { numRuns: 300 },
  );
});
