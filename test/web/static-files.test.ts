// What browsers may keep of the style sheet and the scripts: for good under the version that pages name, not at all
// under any other.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadStaticFiles } from '../../server/http/static-files.ts';
import { Visitor } from '../support/browser.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

describe('files under /static', () => {
  let running: Running;
  let visitor: Visitor;

  before(async () => {
    running = await startProgram();
    visitor = new Visitor(running.url);
  });
  after(() => running.stop());

  test('are named by every page with their version, and kept under it', async () => {
    const page = (await visitor.get('/sign-in')).text;
    const named = [...page.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, path]) => path ?? '');
    assert.ok(named.length >= 2);
    for (const path of named) {
      assert.match(path, /\?v=[\w-]{10}$/);
      const answer = await visitor.get(path);
      assert.equal(answer.status, 200, path);
      assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    }
  });

  test('are not kept under another version, under none, or when they do not exist', async () => {
    for (const path of ['/static/portal.css', '/static/portal.css?v=', '/static/portal.css?v=AAAAAAAAAA']) {
      const answer = await visitor.get(path);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('cache-control'), 'no-cache', path);
    }
    const version = /portal\.css\?v=([\w-]+)/.exec((await visitor.get('/sign-in')).text)?.[1] ?? '';
    const missing = await visitor.get(`/static/nothing.css?v=${version}`);
    assert.equal(missing.status, 404);
    assert.doesNotMatch(missing.headers.get('cache-control') ?? '', /immutable|max-age/);
  });

  test('the version tells any change of any of them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sealpost-static-'));
    try {
      cpSync(join(import.meta.dirname, '../../static'), folder, { recursive: true });
      const before = loadStaticFiles(folder).version;
      assert.equal(loadStaticFiles(folder).version, before);
      writeFileSync(join(folder, 'seal.svg'), '<svg/>');
      assert.notEqual(loadStaticFiles(folder).version, before);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
