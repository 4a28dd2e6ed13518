// Message, recipients, parts, outbox and audit are stored together or not at all. Whatever fails on the way,
// the peer is told to come again, nothing is left behind, and when it comes again the mail is taken in.

import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mailTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { ALICE, BOB, mailWith } from './mails.ts';
import { storedIn, withDatabase } from './stored.ts';

const WEATHER = /^451 4\.3\.0 The mail could not be taken in just now, try again later$/;

describe('a mail that fails to be stored', () => {
  let running: Running;
  let api: ApiClient;

  before(async () => {
    running = await startProgram();
    api = await makeClient(running);
  });
  after(() => running.stop());

  const mail = (bytes: number): { from: string; to: string[]; raw: Buffer } => ({
    from: ALICE,
    to: [BOB, 'carol@recipient.example'],
    raw: mailWith({
      attachments: [
        { filename: 'small.bin', content: Buffer.alloc(100, 'a') },
        { filename: 'large.bin', content: Buffer.alloc(bytes, 'a') },
      ],
    }),
  });

  /** That both roads say "later" while it is broken and leave nothing, and that the same mail goes in once it is whole. */
  async function assertLater(bytes: number, breakIt: () => unknown, mendIt: () => unknown): Promise<void> {
    const sent = mail(bytes);
    const stored = await storedIn(running.dataDir);
    await breakIt();
    try {
      assert.match(await submit(running.smtpPort, sent), WEATHER);
      assertProblem(
        await api.sendRaw(sent),
        500,
        'server/failed',
        /^Something went wrong on our side\. Try again later\.$/,
      );
      const attachments = [{ filename: 'a.bin', content: Buffer.alloc(bytes).toString('base64') }];
      assertProblem(await api.sendJson('/messages', { from: ALICE, to: sent.to, attachments }), 500, 'server/failed');
    } finally {
      await mendIt();
    }
    assert.deepEqual(await storedIn(running.dataDir), stored);
    const notices = (await mailTo(running, BOB)).length;
    assert.match(await submit(running.smtpPort, sent), /^250 2\.0\.0 /);
    assert.equal((await mailTo(running, BOB)).length, notices + 1);
  }

  for (const table of ['messages', 'parts', 'recipients', 'outbox', 'audit']) {
    test(`because of its rows in ${table} is in no table and no file`, () =>
      assertLater(
        200_000,
        () =>
          withDatabase(running.dataDir, (database) =>
            database.exec(
              `create trigger broken before insert on ${table} begin select raise(abort, 'disk full'); end`,
            ),
          ),
        () => withDatabase(running.dataDir, (database) => database.exec('drop trigger broken')),
      ));
  }

  test('because of its second recipient is in no table and no file', () =>
    assertLater(
      200_000,
      () =>
        withDatabase(running.dataDir, (database) =>
          database.exec(
            `create trigger broken before insert on outbox when (select count(*) from outbox where message_id = new.message_id) > 0
             begin select raise(abort, 'disk full'); end`,
          ),
        ),
      () => withDatabase(running.dataDir, (database) => database.exec('drop trigger broken')),
    ));

  test('because of the folder of its attachments is in no table and no file', () => {
    const [staging, away] = [join(running.dataDir, 'blobs', 'staging'), join(running.dataDir, 'away')];
    return assertLater(
      200_000,
      () => rename(staging, away),
      () => rename(away, staging),
    );
  });

  test('because of the folder it is spooled in is in no table and no file', async () => {
    const [spool, away] = [join(running.dataDir, 'spool'), join(running.dataDir, 'away')];
    const sent = mail(2 * 1024 * 1024);
    const stored = await storedIn(running.dataDir);
    await rename(spool, away);
    try {
      assert.match(await submit(running.smtpPort, sent), WEATHER);
      assertProblem(await api.sendRaw(sent), 500, 'server/failed');
    } finally {
      await rename(away, spool);
    }
    assert.deepEqual(await storedIn(running.dataDir), stored);
    assert.match(await submit(running.smtpPort, sent), /^250 2\.0\.0 /);
  });

  test('says nothing of why to the peer, and something of it to the log', async () => {
    const logged = running.logged();
    assert.match(logged, /smtp\.mail-failed/);
    assert.match(logged, /api\.failed/);
    assert.doesNotMatch(logged, /bob@|carol@|alice@/);
  });
});
