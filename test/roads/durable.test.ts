// What is answered 250 is on the disk: the system calls of the running program between 354 and 250, in their order.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startChild } from '../support/child-program.ts';
import type { ChildProgram } from '../support/child-program.ts';
import { straceMissing, traceCalls } from '../support/strace.ts';
import type { SystemCall } from '../support/strace.ts';
import { plainMail, submit } from '../support/submit.ts';
import { ALICE, BOB, mailWith } from './mails.ts';

const skip = straceMissing() ?? false;

const RENAMES = ['rename', 'renameat', 'renameat2'];
const NAMES = ['fsync', 'fdatasync', ...RENAMES, 'pwrite64', 'write', 'writev', 'sendto', 'sendmsg'];
const ID = '[0-9a-z]{26}';
const STAGED = new RegExp(`<[^>]*/blobs/staging/${ID}>`);
const RENAMED = new RegExp(`/blobs/staging/(${ID})", .*"[^"]*/blobs/\\w\\w/\\1"`);
const FOLDER = /<[^>]*\/blobs\/\w\w>/;
const LOG = /<[^>]*\/sealpost\.db-wal>/;
const SYNC = /^f(?:data)?sync$/;

describe('before 250', { skip }, () => {
  let dataDir = '';
  let child: ChildProgram;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
    child = await startChild(dataDir);
  });
  after(async () => {
    await child.stop('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** The calls from the answer 354 on, and the one that said 250. */
  async function between(raw: string | Buffer): Promise<{ calls: SystemCall[]; said: SystemCall }> {
    const traced = await traceCalls(child.pid, NAMES, join(dataDir, 'trace'), async () => {
      assert.match(await submit(child.smtpPort, { from: ALICE, to: [BOB], raw }), /^250 2\.0\.0 /);
    });
    const go = traced.find(({ args }) => /"354 /.test(args));
    const said = traced.find(({ args }) => /"250 2\.0\.0 [0-9a-z]/.test(args));
    assert.ok(go !== undefined && said !== undefined, 'the dialogue was not traced');
    return { calls: traced.filter(({ began }) => began > go.ended), said };
  }

  test('the sealed file is synced, then renamed, then its folder synced, then the log of the database', async () => {
    const content = Buffer.alloc(300_000, 'a large file ');
    const { calls, said } = await between(mailWith({ attachments: [{ filename: 'film.bin', content }] }));
    const file = follow(calls, -1, 'sync of the file', SYNC, STAGED);
    const renamed = follow(calls, file.ended, 'rename', /^rename/, RENAMED);
    const folder = follow(calls, renamed.ended, 'sync of its folder', SYNC, FOLDER);
    const written = follow(calls, folder.ended, 'write of the log', /^pwrite64$/, LOG);
    const log = follow(calls, written.ended, 'sync of the log', SYNC, LOG);
    assert.ok(log.ended < said.began, '250 was said before the log was synced');
  });

  test('of a small mail the log of the database is synced', async () => {
    const { calls, said } = await between(plainMail({}));
    const written = follow(calls, -1, 'write of the log', /^pwrite64$/, LOG);
    const log = follow(calls, written.ended, 'sync of the log', SYNC, LOG);
    assert.ok(log.ended < said.began, '250 was said before the log was synced');
  });
});

/** The first such call that begins after that moment. */
function follow(calls: readonly SystemCall[], moment: number, what: string, name: RegExp, args: RegExp): SystemCall {
  const found = calls.find((call) => call.began > moment && name.test(call.name) && args.test(call.args));
  assert.ok(found, `no ${what} follows what has to come before it`);
  return found;
}
