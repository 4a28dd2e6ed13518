// On a machine without a single font the text is drawn, and so is the mark: Sealpost brings one along.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { canIsolate } from '../../server/viewing/locked-process.ts';

const skip = (await canIsolate()) ? false : 'SKIPPED: this machine lets nobody hide its fonts (unshare)';
if (skip !== false) console.warn(skip);

test('without fonts, text and mark are drawn', { skip }, async () => {
  const hide = 'for d in /usr/share/fonts /usr/local/share/fonts; do [ ! -d $d ] || mount -t tmpfs none $d; done';
  const command = ['--user', '--map-root-user', '--mount', 'sh', '-c', `${hide}; exec "$0" "$1"`];
  const script = join(import.meta.dirname, 'without-fonts-process.ts');
  const { stdout } = await promisify(execFile)('unshare', [...command, process.execPath, script]);
  const { families, text, marked } = z
    .object({ families: z.number(), text: z.number(), marked: z.number() })
    .parse(JSON.parse(stdout));
  assert.equal(families, 0);
  assert.ok(text > 1_000, `${text}`);
  assert.ok(marked > text * 2, `${marked}`);
});
