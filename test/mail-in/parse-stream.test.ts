import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createMailParser } from '../../server/mail/parse.ts';
import type { PartSink } from '../../server/mail/mail-tree.ts';
import { FROM, keep, lines, multipart, refusedAs, source } from './mails.ts';

const parser = createMailParser({ workers: 1 });
after(() => parser.close());

const small = lines(FROM, '', 'x');
const MB = 1024 * 1024;

/** A mail with one base64 attachment of `bytes` decoded bytes, a piece at a time; `given` says how much was drawn. */
async function* large(
  bytes: number,
  onGiven: (given: number) => void = () => undefined,
): AsyncGenerator<Buffer, undefined> {
  yield Buffer.from(
    lines(
      FROM,
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: application/x; name=x.bin',
      'Content-Transfer-Encoding: base64',
      '',
      '',
    ),
  );
  const line = `${Buffer.alloc(57, 0xab).toString('base64')}\r\n`;
  const piece = Buffer.from(line.repeat(500));
  for (let given = 0; given < bytes; given += 57 * 500) {
    onGiven(given);
    yield piece;
  }
  yield Buffer.from('\r\n--b--\r\n');
}

test('how the source was cut makes no difference', async () => {
  const mail = multipart('mixed', [
    lines('', 'hello'),
    lines(
      'Content-Type: application/x',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.alloc(1_000, 7).toString('base64'),
    ),
  ]);
  const whole = keep();
  const tree = await parser.parse(source(mail), whole);
  for (const chunkBytes of [1, 2, 7, 100]) {
    const sink = keep();
    assert.deepEqual(await parser.parse(source(mail, chunkBytes), sink), tree);
    assert.deepEqual(sink.contents, whole.contents);
  }
});

test('a header that comes over several turns is read whole', async () => {
  const padding = Array.from({ length: 900 }, (_, n) => `X-${n}: ${'y'.repeat(280)}`);
  const tree = await parser.parse(source(lines(FROM, ...padding, 'Subject: last', '', 'x'), 10_000), keep());
  assert.equal(tree.subject, 'last');
});

test('a large attachment arrives in order and in pieces', async () => {
  let pieces = 0;
  let size = 0;
  let right = true;
  const sink: PartSink = {
    open: async () => ({
      write: async (chunk) => {
        pieces++;
        size += chunk.length;
        right &&= chunk.every((byte) => byte === 0xab);
      },
      close: async () => undefined,
    }),
  };
  const tree = await parser.parse(large(8 * MB), sink);
  assert.equal(tree.parts[0]?.size, size);
  assert.ok(size >= 8 * MB && right);
  assert.ok(pieces > 50);
});

test('the source is not drawn on while the sink waits', async () => {
  let given = 0;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let firstWrite = (): void => undefined;
  const writing = new Promise<void>((resolve) => (firstWrite = resolve));
  const sink: PartSink = {
    open: async () => ({
      write: async () => {
        firstWrite();
        await held;
      },
      close: async () => undefined,
    }),
  };
  const parsing = parser.parse(
    large(16 * MB, (bytes) => (given = bytes)),
    sink,
  );
  await writing;
  for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(given < 4 * MB, `drew ${given} bytes while the first write was still under way`);
  release();
  await parsing;
  assert.ok(given > 15 * MB);
});

test('what the source throws comes through, and the next mail is read', async () => {
  const fault = new Error('the connection broke');
  async function* broken(): AsyncGenerator<Buffer, undefined> {
    yield* large(3 * MB);
    throw fault;
  }
  async function* brokenAtOnce(): AsyncGenerator<Buffer, undefined> {
    yield Buffer.from(FROM);
    throw fault;
  }
  await assert.rejects(parser.parse(broken(), keep()), fault);
  await assert.rejects(parser.parse(brokenAtOnce(), keep()), fault);
  assert.equal((await parser.parse(source(small), keep())).text, 'x');
});

test('what the sink throws comes through, wherever it throws, and the next mail is read', async () => {
  const fault = new Error('the disk is full');
  const fail = async (): Promise<never> => {
    throw fault;
  };
  const fine = async (): Promise<void> => undefined;
  const sinks: PartSink[] = [
    { open: fail },
    { open: async () => ({ write: fail, close: fine }) },
    { open: async () => ({ write: fine, close: fail }) },
  ];
  for (const sink of sinks) {
    await assert.rejects(parser.parse(large(2 * MB), sink), fault);
    assert.equal((await parser.parse(source(small), keep())).text, 'x');
  }
});

test('a source that is not needed to its end is let go', async () => {
  let letGo = false;
  async function* endless(): AsyncGenerator<Buffer, undefined> {
    try {
      yield Buffer.from('no header here\r\n\r\n');
      for (;;) yield Buffer.alloc(64 * 1024, 0x61);
    } finally {
      letGo = true;
    }
  }
  await assert.rejects(parser.parse(endless(), keep()), refusedAs('mail/unreadable'));
  assert.ok(letGo);
});

test('a header or a text that never ends is refused as soon as it is too long', async () => {
  for (const start of ['Subject: ', `${FROM}\r\n\r\n`]) {
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer, undefined> {
      yield Buffer.from(start);
      for (; given < 64 * MB; given += MB) yield Buffer.alloc(MB, 'line\r\n ');
    }
    await assert.rejects(parser.parse(endless(), keep()), refusedAs('mail/unreadable'));
    assert.ok(given < 32 * MB, `drew ${given}`);
  }
});

test('many small mails at once are all read, and none gets the parts of another', async () => {
  const crowd = createMailParser({ workers: 2 });
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  await Promise.all(
    numbers.map(async (n) => {
      const sink = keep();
      const tree = await crowd.parse(
        source(multipart('mixed', [lines('', `text ${n}`), lines('Content-Type: application/x', '', `part ${n}`)])),
        sink,
      );
      assert.equal(tree.text, `text ${n}`);
      assert.equal(sink.contents[0]?.toString(), `part ${n}`);
    }),
  );
  await crowd.close();
});
