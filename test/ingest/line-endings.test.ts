import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineEndingGuard } from '../../server/ingest/line-endings.ts';

describe('the line ending guard', () => {
  it('lets lines that end with CR LF pass', () => {
    assert.equal(findIn('EHLO a\r\nNOOP\r\n'), -1);
    assert.equal(findIn('\r\n\r\n.\r\n'), -1);
    assert.equal(findIn(''), -1);
  });

  it('finds a bare LF and a bare CR where they stand', () => {
    assert.equal(findIn('ab\ncd\r\n'), 2);
    assert.equal(findIn('\n'), 0);
    assert.equal(findIn('a\r\n\nb'), 3);
    assert.equal(findIn('ab\rcd\r\n'), 2);
    assert.equal(findIn('a\r\r\n'), 1);
    assert.equal(findIn('a\n\r'), 1);
  });

  it('judges a CR at the end of a chunk by the start of the next', () => {
    const split = new LineEndingGuard();
    assert.equal(split.findBare(Buffer.from('a\r')), -1);
    assert.equal(split.findBare(Buffer.alloc(0)), -1);
    assert.equal(split.findBare(Buffer.from('\nb\r')), -1);
    assert.equal(split.findBare(Buffer.from('b\n')), 0);
  });

  it('finds the same with every byte a chunk of its own as in one piece', () => {
    const letters = ['a', '.', '\r', '\n'];
    const texts = letters.flatMap((a) =>
      letters.flatMap((b) => letters.flatMap((c) => letters.map((d) => a + b + c + d))),
    );
    for (const text of texts) {
      const byByte = new LineEndingGuard();
      const bare = [...text].some((byte) => byByte.findBare(Buffer.from(byte)) !== -1);
      assert.equal(bare, findIn(text) !== -1, JSON.stringify(text));
      assert.equal(bare, /(?<!\r)\n|\r(?!\n|$)/.test(text), JSON.stringify(text));
    }
  });
});

function findIn(text: string): number {
  return new LineEndingGuard().findBare(Buffer.from(text));
}
