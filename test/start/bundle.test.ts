// The server put together into one file: it is the same server, and it is started only where it is made of what lies here.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeBundle, sweepBuilds } from '../../server/cli/bundle.ts';
import { bundleFile } from '../../server/cli/bundle-file.ts';
import { sampleMail } from '../../server/try/sample-mail.ts';
import { systemClock } from '../../server/core/clock.ts';
import { parseAddress } from '../../server/core/address.ts';
import { startChild } from '../support/child-program.ts';
import { signInByLink } from '../support/mailbox.ts';
import { submit } from '../support/submit.ts';

const BOB = 'bob@recipient.example';

describe('the server in one file', () => {
  let dir = '';
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-bundle-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  test('is what starts once it is made, and finds its workers, its views and its painter', async () => {
    const file = await makeBundle();
    const loaded = join(dir, 'loaded');
    const child = await startChild(dir, { NODE_V8_COVERAGE: loaded });
    try {
      const raw = sampleMail({ from: box('alice@example.com'), to: [box(BOB)], at: new Date(systemClock.nowMs()) }).raw;
      const mail = `X-Sealpost-Protection: do-not-forward\r\n${raw.toString('latin1')}`;
      const reply = await submit(child.smtpPort, {
        from: 'alice@example.com',
        to: [BOB],
        raw: Buffer.from(mail, 'latin1'),
      });
      assert.match(reply, /^250 2\.0\.0 /);
      const bob = await signInByLink(child, BOB);
      const path = `/messages/${reply.split(' ')[2] ?? ''}`;
      assert.equal((await bob.get(path)).status, 200);
      assert.equal((await bob.get(`${path}/body`)).status, 200);
      assert.match((await bob.get(`${path}/attachments/1?view=1`)).text, /<img[^>]+\/attachments\/1\/pages\/1/);
    } finally {
      await child.stop('SIGTERM');
    }
    const reports = await readdir(loaded);
    const text = (await Promise.all(reports.map((name) => readFile(join(loaded, name), 'utf8')))).join('');
    assert.ok(text.includes(`file://${file}`), 'the one file was loaded');
    assert.doesNotMatch(text, /server\/compose\.ts/, 'the sources were not');
  });

  test('leaves the files of the one before it, of which a running server may read more, and of none older', async () => {
    const folder = join(dir, 'builds');
    await mkdir(folder);
    const builds = ['10-1-1', '9-2-2', '11-3-3'];
    for (const [n, build] of builds.entries()) {
      for (const name of [`${build}.mjs`, `${build}-ABCDEFGH.mjs`]) {
        await writeFile(join(folder, name), '');
        await utimes(join(folder, name), new Date(), new Date(2026, 0, 1 + n));
      }
    }
    await writeFile(join(folder, 'of-another-time.mjs'), '');
    await utimes(join(folder, 'of-another-time.mjs'), new Date(), new Date(2020, 0, 1));
    const left = ['11-3-3-ABCDEFGH.mjs', '11-3-3.mjs', '9-2-2-ABCDEFGH.mjs', '9-2-2.mjs'];
    // Made twice it pushes nothing out.
    for (let n = 0; n < 2; n += 1) {
      sweepBuilds(join(folder, '11-3-3.mjs'));
      assert.deepEqual((await readdir(folder)).toSorted(), left);
    }
  });

  test('is another one as soon as a source or a package is', async () => {
    const [server, packages] = [join(dir, 'server'), join(dir, 'node_modules')];
    for (const folder of [server, packages]) await mkdir(folder);
    const [source, lock] = [join(server, 'a.ts'), join(packages, '.package-lock.json')];
    await writeFile(source, 'one');
    const names = new Set<string>();
    const note = (): void => void names.add(bundleFile(dir));
    note(); // without what npm writes down, as other installers leave it
    await writeFile(lock, '{}');
    note();
    await utimes(source, new Date(), new Date('2100-01-01'));
    note();
    await writeFile(source, 'three');
    await utimes(source, new Date(), new Date('2100-01-01'));
    note();
    await writeFile(join(server, 'b.ts'), '');
    note();
    await writeFile(join(server, 'c.md'), 'no source');
    note();
    assert.equal(names.size, 5);
  });
});

function box(text: string) {
  const address = parseAddress(text);
  assert.ok(address);
  return { name: '', address };
}
