import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DotUnstuffer } from '../../server/ingest/smtp-data.ts';

// Bytes that mean something, more often than not; no bare CR or LF, which the guard before it lets nobody send.
const mails = fc
  .array(fc.constantFrom('.', '..', '\r\n', 'a', '\0', '\u0085', 'line of text'), { maxLength: 60 })
  .map((pieces) => Buffer.from(`${pieces.join('')}\r\n`, 'latin1'));
const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 });
const behind = fc.constantFrom('', 'QUIT\r\n', 'MAIL FROM:<a@example.com>\r\n', '.\r\n', '\r\n.\r\n');

describe('a mail with its dots stuffed', () => {
  it('comes out as it was, and ends where it ended, however it is cut', () => {
    fc.assert(
      fc.property(mails, cuts, behind, (mail, sizes, next) => {
        const sent = Buffer.concat([stuff(mail), Buffer.from(`.\r\n${next}`)]);
        const { content, taken } = takeAll(pieces(sent, sizes));
        assert.equal(content.toString('latin1'), mail.toString('latin1'));
        assert.equal(sent.subarray(taken).toString('latin1'), next);
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not end before its end', () => {
    fc.assert(
      fc.property(mails, cuts, (mail, sizes) => {
        for (const unfinished of ['', '.', '.\r']) {
          const sent = Buffer.concat([stuff(mail), Buffer.from(unfinished)]);
          const { content, taken } = takeAll(pieces(sent, sizes));
          assert.equal(content.toString('latin1'), mail.toString('latin1'));
          assert.equal(taken, undefined);
        }
      }),
    );
  });

  it('may be empty', () => {
    assert.deepEqual(takeAll([Buffer.from('.\r\n')]), { content: Buffer.alloc(0), taken: 3 });
  });

  it('loses the dot of a line that another program forgot to stuff, as RFC 5321 section 4.5.2 says', () => {
    assert.equal(takeAll([Buffer.from('a\r\n.b\r\n.\r\n')]).content.toString(), 'a\r\nb\r\n');
  });

  it('does not end with a line end that is none', () => {
    for (const text of ['a\n.\r\n', 'a\r.\r\n', 'a\r\n..\r\n', 'a\r\n.b\r\n', 'a\r\n. \r\n', 'a\r\n\n.\r\n']) {
      assert.equal(takeAll([Buffer.from(text)]).taken, undefined, JSON.stringify(text));
    }
    assert.throws(() => takeAll([Buffer.from('a\r\n.\rb')]), /bare CR/);
  });
});

/** RFC 5321 section 4.5.2, as a client does it. */
function stuff(mail: Buffer): Buffer {
  return Buffer.from(mail.toString('latin1').replace(/(^|\r\n)\./g, '$1..'), 'latin1');
}

function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizes[cut.length % sizes.length] ?? 1;
    cut.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return cut;
}

/** What came out, and how many bytes had been taken when the mail ended. */
function takeAll(chunks: readonly Buffer[]): { content: Buffer; taken: number | undefined } {
  const unstuffer = new DotUnstuffer();
  const content: Buffer[] = [];
  let before = 0;
  for (const chunk of chunks) {
    const taken = unstuffer.take(chunk);
    content.push(taken.content);
    if (taken.end !== undefined) return { content: Buffer.concat(content), taken: before + taken.end };
    before += chunk.length;
  }
  return { content: Buffer.concat(content), taken: undefined };
}
