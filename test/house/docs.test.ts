// Keeps what the documents say of files true.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const documents = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

describe('the documents', () => {
  for (const name of documents) {
    test(`${name} names only files that exist`, () => {
      const text = readFileSync(join(root, name), 'utf8');
      const named = [...text.matchAll(/`((?:server|test|views|static|docs|bench)\/[\w./-]*)`/g)].map(
        ([, path]) => path ?? '',
      );
      const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(name, '..', path ?? ''));
      assert.deepEqual(
        [...named, ...linked].filter((path) => !existsSync(join(root, path))),
        [],
      );
    });
  }
});
