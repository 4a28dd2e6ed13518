// A whole mail on its way through the workers: what is told of it, and what when one of them is lost.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { deflateSync } from 'node:zlib';
import { after, describe, test } from 'node:test';
import { createLog } from '../../server/core/log.ts';
import type { Look, Seen } from '../../server/detect/look.ts';
import { createInspector } from '../../server/inspect/inspect.ts';
import type { InspectedMail, InspectedPart, Inspector } from '../../server/inspect/inspect.ts';
import type { InspectLimits } from '../../server/inspect/limits.ts';
import { refusedAs } from '../mail-in/mails.ts';
import { pdf } from '../viewing/samples.ts';
import { docx, runs } from './office-samples.ts';
import { patient } from './read.ts';
import { zip } from './zip.ts';

const VISA = '4111 1111 1111 1111';
const MASTERCARD = '5500 0000 0000 0004';

const looks: readonly Look[] = [
  { id: 'cards', what: { kind: 'detector', name: 'payment-card' } },
  { id: 'project', what: { kind: 'words', words: ['Nimbus'] } },
  { id: 'case', what: { kind: 'pattern', pattern: 'AZ-\\d{6}', ignoreCase: false } },
];

const output = new PassThrough();
const log = createLog({ level: 'debug', pretty: false, output });

const opened: Inspector[] = [];
after(() => Promise.all(opened.map((inspector) => inspector.close())));

function inspectorWith(limits: Partial<InspectLimits> = {}, script?: URL): Inspector {
  const inspector = createInspector({
    log,
    limits: { ...patient, ...limits },
    ...(script === undefined ? {} : { script }),
  });
  opened.push(inspector);
  return inspector;
}

let reads = 0;

function partOf(n: number, content: Buffer | string, filename = `${n}.txt`): InspectedPart {
  const bytes = Buffer.from(content);
  return {
    n,
    filename,
    contentType: 'application/octet-stream',
    size: bytes.length,
    read: async function* () {
      for (let at = 0; at < bytes.length; at += 64 * 1024) {
        reads += 1;
        yield bytes.subarray(at, at + 64 * 1024);
      }
    },
  };
}

function mailOf(more: Partial<InspectedMail> = {}): InspectedMail {
  return { subject: 'Figures', text: undefined, html: undefined, parts: [], ...more };
}

const counts = ({ hits }: Seen): string[] => hits.map(({ look, source, count }) => `${look} ${source} ${count}`);
const named = ({ unreadable }: Seen): string[] =>
  unreadable.map(({ part, path, why }) => [part, why, ...path].join(' '));

describe('what is told of a mail', () => {
  const inspector = inspectorWith();

  test('counts of each source, in the order of what was asked', async () => {
    const seen = await inspector.inspect(
      mailOf({
        subject: 'Nimbus',
        text: `AZ-123456 ${VISA}`,
        html: `<p>${VISA}, ${MASTERCARD}</p>`,
        parts: [partOf(1, 'Nimbus'), partOf(2, docx(runs(VISA)))],
      }),
      looks,
    );
    assert.deepEqual(counts(seen), [
      'cards body 2',
      'cards attachments 1',
      'project subject 1',
      'project attachments 1',
      'case body 1',
    ]);
    assert.deepEqual(seen.unreadable, []);
  });

  test('where it was, and never what it was', async () => {
    const archive = zip([{ name: 'in/a.docx', content: docx(runs(VISA)) }]);
    const seen = await inspector.inspect(mailOf({ text: `card ${VISA}`, parts: [partOf(7, archive, 'a.zip')] }), looks);
    const [body, attached] = seen.hits;
    assert.deepEqual(
      body?.places.map(({ part, path }) => [part, path]),
      [[0, []]],
    );
    assert.deepEqual(
      attached?.places.map(({ part, path }) => [part, path]),
      [[7, ['in/a.docx']]],
    );
    assert.doesNotMatch(JSON.stringify(seen), /4111/);
  });

  test('a value in several attachments counts once, and another one beside it', async () => {
    const parts = [
      partOf(1, VISA),
      partOf(2, `${VISA}; ${MASTERCARD}`),
      partOf(3, docx(runs(VISA))),
      partOf(4, 'Nimbus'),
    ];
    const seen = await inspector.inspect(mailOf({ parts }), looks);
    assert.deepEqual(counts(seen), ['cards attachments 2', 'project attachments 1']);
    assert.equal(seen.hits[0]?.places.length, 2);
  });

  test('names of files are looked at', async () => {
    const seen = await inspector.inspect(mailOf({ parts: [partOf(1, '\0', 'Nimbus.exe')] }), looks);
    assert.deepEqual(counts(seen), ['project attachments 1']);
    assert.deepEqual(named(seen), ['1 unknown-kind']);
  });

  test('nothing is looked for: whether a part can be read is found out by reading it', async () => {
    reads = 0;
    assert.deepEqual(await inspector.inspect(mailOf({ parts: [partOf(1, VISA)] }), []), {
      hits: [],
      unreadable: [],
      files: [{ part: 1, path: [], types: ['text/plain'], sizeBytes: 19 }],
    });
    assert.equal(reads, 1);
  });

  test('other rules get other answers from the same worker', async () => {
    const mail = mailOf({ text: `Nimbus ${VISA}` });
    for (const some of [looks.slice(0, 1), looks.slice(1, 2), looks, looks.slice(0, 1)]) {
      const seen = await inspector.inspect(mail, some);
      assert.deepEqual(
        seen.hits.map(({ look }) => look),
        some.map(({ id }) => id).filter((id) => id !== 'case'),
      );
    }
  });

  test('many mails at once are not mixed up', async () => {
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        inspector.inspect(
          mailOf({ text: n % 2 === 0 ? VISA : 'x', parts: [partOf(1, n % 3 === 0 ? 'Nimbus' : 'x')] }),
          looks,
        ),
      ),
    );
    for (const [n, seen] of all.entries()) {
      const expected = [...(n % 2 === 0 ? ['cards body 1'] : []), ...(n % 3 === 0 ? ['project attachments 1'] : [])];
      assert.deepEqual(counts(seen), expected, String(n));
    }
  });

  test('a film is known by its beginning, however large; a text is read to its limit', async () => {
    reads = 0;
    const film = Buffer.alloc(30 * 1024 * 1024);
    film.write('\0\0\0\x20ftypisom', 'latin1');
    const text = Buffer.from(`${VISA}\n${'A long text. '.repeat(1_800_000)}`);
    const parts = [partOf(1, film, 'a.mp4'), partOf(2, text)];
    const seen = await inspector.inspect(mailOf({ parts }), looks);
    assert.deepEqual(named(seen), ['1 unknown-kind', '2 too-large']);
    assert.deepEqual(counts(seen), ['cards attachments 1']);
    assert.ok(reads < 200, String(reads));
  });

  test('a file that is larger than any that is read is named and not gathered', async () => {
    const large = zip([{ name: 'a', content: Buffer.alloc(21 * 1024 * 1024, 'x'), stored: true }]);
    assert.deepEqual(named(await inspector.inspect(mailOf({ parts: [partOf(1, large)] }), looks)), ['1 too-large']);
  });

  test('what cannot be fetched is nobody’s finding', async () => {
    const lost = new Error('the store is gone');
    const part: InspectedPart = {
      ...partOf(1, 'x'),
      read: async function* () {
        yield Buffer.from('x');
        throw lost;
      },
    };
    await assert.rejects(inspector.inspect(mailOf({ parts: [part] }), looks), lost);
    assert.deepEqual(counts(await inspector.inspect(mailOf({ text: VISA }), looks)), ['cards body 1']);
  });
});

describe('a worker that is lost', () => {
  const script = new URL('./misbehaving-worker.ts', import.meta.url);
  const limits = { workerHeapMb: 40, workerExternalMb: 48 };
  const inspector = inspectorWith(limits, script);
  const hurried = inspectorWith({ ...limits, partMs: 1_000 }, script);

  for (const [wish, why] of [
    ['fill', 'too-large'],
    ['inflate', 'too-large'],
    ['crash', 'broken'],
    ['exit', 'broken'],
  ] as const) {
    test(`leaves the part that made it ${wish} unreadable, and nothing else`, async () => {
      const parts = [partOf(1, VISA), partOf(2, wish), partOf(3, MASTERCARD)];
      const seen = await inspector.inspect(mailOf({ text: 'Nimbus', parts }), looks);
      assert.deepEqual(named(seen), [`2 ${why}`]);
      assert.deepEqual(counts(seen), ['cards attachments 2', 'project body 1']);
    });
  }

  test('for its time is one that is too slow, in an attachment as in a body', async () => {
    const seen = await hurried.inspect(mailOf({ text: 'hang', parts: [partOf(1, VISA)] }), looks);
    assert.deepEqual(named(seen), ['0 too-slow']);
    assert.deepEqual(counts(seen), ['cards attachments 1']);
    const attached = await hurried.inspect(mailOf({ text: VISA, parts: [partOf(1, 'hang')] }), looks);
    assert.deepEqual(named(attached), ['1 too-slow']);
    assert.deepEqual(counts(attached), ['cards body 1']);
  });

  test('leaves its part known by its bytes, and so those that are not tried', async () => {
    const program = 'MZ\x90\0\x03\0';
    const slow = inspectorWith({ ...limits, partMs: 500, mailMs: 500 }, script);
    const parts = [partOf(1, 'hang'), partOf(2, program, 'invoice.txt'), partOf(3, '')];
    const types = ({ files = [] }: Seen): unknown[] => files.map(({ part, types: [type] }) => [part, type]);
    assert.deepEqual(types(await slow.inspect(mailOf({ parts }), looks)), [
      [1, 'text/plain'],
      [2, 'application/vnd.microsoft.portable-executable'],
      [3, undefined],
    ]);
  });

  test('keeps no other mail from being looked through', async () => {
    const [lost, ...others] = await Promise.all([
      inspector.inspect(mailOf({ parts: [partOf(1, 'crash')] }), looks),
      ...Array.from({ length: 6 }, () => inspector.inspect(mailOf({ text: VISA }), looks)),
    ]);
    assert.deepEqual(named(lost), ['1 broken']);
    for (const seen of others) assert.deepEqual(counts(seen), ['cards body 1']);
  });

  test('is replaced a few times for one mail; then the rest is named', async () => {
    const parts = [partOf(1, VISA), ...[2, 3, 4, 5].map((n) => partOf(n, 'crash')), partOf(6, VISA)];
    const seen = await inspector.inspect(mailOf({ parts }), looks);
    assert.deepEqual(named(seen), ['2 broken', '3 broken', '4 broken', '5 too-slow', '6 too-slow']);
    assert.deepEqual(counts(seen), ['cards attachments 1']);
  });

  test('and all time is used up: what was not tried is named', async () => {
    const slow = inspectorWith({ ...limits, partMs: 500, mailMs: 500 }, script);
    const seen = await slow.inspect(mailOf({ parts: [partOf(1, 'hang'), partOf(2, VISA)] }), looks);
    assert.deepEqual(named(seen), ['1 too-slow', '2 too-slow']);
  });

  test('leaves nothing of a mail in the log', () => {
    const logged = String(output.read());
    assert.match(logged, /inspect\.worker-lost/);
    assert.doesNotMatch(logged, /secret|Nimbus|4111|\.txt/);
  });
});

test('a page that inflates without end costs its worker, and not the machine', async () => {
  const inspector = inspectorWith({ workerExternalMb: 64 });
  const packed = deflateSync(Buffer.alloc(150 * 1024 * 1024, ' '), { level: 9 }).toString('latin1');
  const bomb = pdf(['x']).toString('latin1');
  const page = bomb.replace(
    /<< \/Length \d+ >>\nstream\n.*\nendstream/,
    () => `<< /Filter /FlateDecode /Length ${packed.length} >>\nstream\n${packed}\nendstream`,
  );
  const seen = await inspector.inspect(mailOf({ text: VISA, parts: [partOf(1, Buffer.from(page, 'latin1'))] }), looks);
  assert.equal(named(seen).length, 1, named(seen).join());
  assert.deepEqual(counts(seen), ['cards body 1']);
});

test('a mail that finds too many waiting is told to come again', async () => {
  const inspector = inspectorWith({ waitingMax: 1 });
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, () => inspector.inspect(mailOf({ text: VISA }), looks)),
  );
  const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  assert.equal(refused.length, 7);
  assert.ok(refused.every(refusedAs('server/busy')));
});
