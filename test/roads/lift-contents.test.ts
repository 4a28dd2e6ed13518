// Files are lifted out of a call's JSON wherever they stand and however they are written; all else is left as it was.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ContentLifter } from '../../server/api/lift-contents.ts';

const FIELD_BYTES_MAX = 100_000;

describe('contents lifted out of JSON', () => {
  test('are the bytes that were meant, however the JSON is written and cut', () => {
    const files = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(10_000)), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(files, cuts, fc.nat(5), fc.string({ unit: 'binary' }), (bytes, sizes, style, text) => {
        const attachments = bytes.map((one, n) => fileAs(style + n, Buffer.from(one).toString('base64'), text));
        const message = style % 2 === 0 ? { attachments, from: text } : { from: text, attachments };
        const { value, lifted } = lift(write(message, style), sizes);
        const expected = { ...message, attachments: attachments.map((one) => ({ ...one, content: '' })) };
        assert.deepEqual(value, JSON.parse(JSON.stringify(expected)));
        assert.deepEqual(
          lifted,
          bytes.map((one) => Buffer.from(one).toString('hex')),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('leave any other JSON as it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        // Twice the same name is not written by anybody's program, and refused.
        const once = JSON.stringify(JSON.parse(json));
        for (const size of [1, 5, 10_000]) {
          const { value, lifted } = lift(once, [size]);
          assert.deepEqual(value, JSON.parse(once));
          assert.deepEqual(lifted, []);
        }
      }),
    );
  });

  test('are base64 and nothing else, also where it is cut', () => {
    for (const text of ['AA==AAAA', 'AAA=A', 'AAAA=', 'AA=', 'A', 'AA-_', 'AAAA\\n', 'A\\u00c1AA', 'AAAA ']) {
      for (const size of [1, 2, 3, 4, 5, 100]) {
        const json = JSON.stringify({ attachments: [{ content: 'X' }] }).replace('X', text);
        assert.throws(() => lift(json, [size]), /attachments\.0\.content is not of the form/, `${text} ${size}`);
      }
    }
  });

  test('are only those of the files, in their place', () => {
    for (const json of [
      '{"content":"AAAA"}',
      '{"attachments":{"content":"AAAA"}}',
      '{"attachments":[["content","AAAA"]]}',
      '{"attachments":[{"a":{"content":"AAAA"}}]}',
      '{"a":[{"content":"AAAA"}]}',
      '[{"content":"AAAA"}]',
      '[[{"content":"AAAA"}]]',
      '{"attachments":[{"content":["AAAA"]}]}',
      '{"a":{"attachments":[{"content":"AAAA"}]}}',
    ]) {
      const { value, lifted } = lift(json, [3]);
      assert.deepEqual(value, JSON.parse(json), json);
      assert.deepEqual(lifted, [], json);
    }
  });
});

function fileAs(style: number, content: string, text: string): { content: string } {
  return style % 2 === 0 ? { content, ...{ filename: text } } : { ...{ filename: text }, content };
}

/** The same value in the spellings that programs use. */
function write(value: unknown, style: number): string {
  const json = JSON.stringify(value, undefined, style % 3);
  if (style < 2) return json;
  if (style < 4) return json.replaceAll('/', '\\/').replace('"attachments"', '"\\u0061ttachments"');
  return json.replaceAll('+', '\\u002B').replaceAll('=', '\\u003d').replaceAll('"content"', '"cont\\u0065nt"');
}

function lift(json: string, sizes: readonly number[]): { value: unknown; lifted: string[] } {
  const lifter = new ContentLifter(FIELD_BYTES_MAX);
  const bytes = Buffer.from(json);
  const lifted: string[] = [];
  let under: Buffer[] | undefined;
  let n = 0;
  for (let at = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    for (const one of lifter.take(bytes.subarray(at, at + size))) {
      if (one.kind === 'open') {
        assert.equal(under, undefined);
        assert.equal(one.index, lifted.length);
        under = [];
      } else if (one.kind === 'bytes') {
        under?.push(one.bytes);
      } else {
        assert.ok(under);
        lifted.push(Buffer.concat(under).toString('hex'));
        under = undefined;
      }
    }
    at += size;
  }
  return { value: lifter.value(), lifted };
}
