// Runs every vector file of ours, and those that SEALPOST_VECTORS names (separated by colons).

import { strict as assert } from 'node:assert';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { makeKeyringFile } from '../vectors/keyring-cases.ts';
import { makeSealedBytesFile } from '../vectors/sealed-bytes-cases.ts';
import { readVectorFile } from './vector-files.ts';
import type { VectorFile } from './vector-files.ts';
import { casesOf } from './vectors.ts';

const folder = join(import.meta.dirname, '../vectors');
const ours = (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
const given = (process.env['SEALPOST_VECTORS'] ?? '').split(':').filter((path) => path !== '');

for (const path of [...ours, ...given]) {
  const file = await readVectorFile(path);
  describe(`the vectors of ${basename(path)}`, () => {
    for (const { name, run } of casesOf(file)) it(name, run);
  });
}

describe('our vector files', () => {
  it('are what the generator makes, so that no byte of the format changes unseen', async () => {
    assert.deepEqual(plain(await readVectorFile(join(folder, 'sealed-bytes.json'))), plain(makeSealedBytesFile()));
    assert.deepEqual(plain(await readVectorFile(join(folder, 'keyring.json'))), plain(makeKeyringFile()));
  });

  it('cover each way of being wrong that they explain', async () => {
    for (const path of ours) {
      const file = await readVectorFile(path);
      const used = new Set(
        file.testGroups.flatMap((group): { flags: string[] }[] => group.tests).flatMap((test) => test.flags),
      );
      assert.deepEqual([...used].sort(), Object.keys(file.notes).sort());
    }
  });
});

// zlib may compress the same bytes otherwise on another machine; what counts is what comes out of it.
function plain(file: VectorFile): unknown {
  return JSON.parse(
    JSON.stringify(file, (member, value: unknown) =>
      member === 'ct' && typeof value === 'string' ? inflateSync(Buffer.from(value, 'hex')).toString('base64') : value,
    ),
  );
}
