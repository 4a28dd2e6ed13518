// sealpost verify and sealpost doctor on a store that is whole, and on one that is not, in files and in S3.

import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, rm, truncate, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newId } from '../../server/crypto/random.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { newestBlobs } from '../../server/messages/parts.store.ts';
import { blobFaults } from '../../server/messages/verify-blobs.ts';
import { verifyMessage } from '../../server/messages/verify-message.ts';
import { mailWith } from '../roads/mails.ts';
import { sealpost } from '../support/command.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startS3 } from '../support/s3.ts';
import type { TestS3 } from '../support/s3.ts';
import { submit } from '../support/submit.ts';

const ID = '[0-9a-z]{26}';
const PAGE_BYTES = 4096;
const WHOLE_FILE = 'looked   database  its file is whole\n';

for (const where of ['files', 'S3'] as const) {
  describe(`verify, of a store with blobs in ${where}`, () => {
    let s3: TestS3 | undefined;
    let running: Running;
    const run = (...args: string[]) => sealpost({ DATA_DIR: running.dataDir, ...s3?.env }, ...args);
    const ids: Record<string, string> = {};
    const fileOf = async (id: string, n = 1): Promise<string> => {
      const { blob_id: blobId } = await running.store.db
        .selectFrom('parts')
        .select('blob_id')
        .where('message_id', '=', id)
        .where('n', '=', n)
        .executeTakeFirstOrThrow();
      const name = String(blobId);
      return s3?.fileOf(`portal/${name}`) ?? join(running.dataDir, 'blobs', name.slice(-2), name);
    };

    before(async () => {
      if (where === 'S3') s3 = await startS3();
      running = await startProgram({ env: s3?.env ?? {} });
      for (const name of ['whole', 'missing', 'short', 'flipped', 'meta', 'recipient', 'body', 'rowless', 'gone']) {
        ids[name] = await handIn(running, name);
      }
      await signInByLink(running, 'bob@recipient.example');
      await running.store.vault.blobs.stage(newId(running.clock)).then((staged) => staged.commit());
    });
    after(async () => {
      await running.stop();
      await s3?.close();
    });
    const id = (name: string): string => ids[name] ?? '';

    test('finds nothing in a whole one, and counts what belongs to no message', async () => {
      assert.match((await run('message', 'revoke', id('gone'), '--destroy')).out, /Destroyed/);
      const quick = await run('verify');
      assert.deepEqual([quick.code, quick.err], [0, '']);
      assert.match(quick.out, /^looked {3}database +its file is whole\nlooked {3}blobs +8 of messages looked at\n/);
      assert.match(quick.out, /^looked {3}orphans +blobs without a message: 1; the server removes/m);
      assert.match(quick.out, /^looked {3}audit +the chain of \d+ entries holds\nNothing is damaged\.\n$/m);
      assert.doesNotMatch(quick.out, /records/);

      const deep = await run('verify', '--read-data');
      assert.equal(deep.code, 0, deep.out);
      assert.match(deep.out, /^looked {3}messages +9, 1 of them destroyed; 16 parts opened, 0\.8 MB$/m);
      assert.match(deep.out, /^looked {3}records +[1-9]\d* looked at$/m);
      const doctor = await run('doctor');
      assert.equal(doctor.code, 0, doctor.out);
      assert.match(doctor.out, /^ok +keyring +1 key; /m);
      assert.match(doctor.out, /^ok +contents +all 8 blobs of messages are there$/m);
      assert.match(doctor.out, /^ok +viewing +files are opened (?:in|without) isolation/m);
    });

    test('names each thing that is damaged by its place, and nothing of its content', async () => {
      const { db } = running.store;
      await unlink(await fileOf(id('missing')));
      await truncate(await fileOf(id('short')), 50_000);
      await flip(await fileOf(id('flipped')), 70_000);
      const junk = Buffer.from('not what was sealed');
      await db.updateTable('messages').set({ sealed_meta: junk }).where('id', '=', id('meta')).execute();
      await db.updateTable('recipients').set({ sealed: junk }).where('message_id', '=', id('recipient')).execute();
      await db
        .updateTable('parts')
        .set({ inline_bytes: junk })
        .where('message_id', '=', id('body'))
        .where('n', '=', 0)
        .execute();
      await db.deleteFrom('parts').where('message_id', '=', id('rowless')).where('n', '=', 0).execute();
      await db.updateTable('sessions').set({ sealed_address: junk }).execute();
      await db.updateTable('audit').set({ event: 'signed-in' }).where('seq', '=', 2).execute();
      const chain = 'the chain of the audit log is broken at entry 2';

      const found = ['missing part 1 is missing', 'short part 1 has another size'];
      const quick = await run('verify');
      assert.equal(quick.code, 1);
      assert.deepEqual(damaged(quick.out).sort(), [...lines(found), chain].sort());
      assert.match(quick.out, /^Damaged: 3\.$/m);

      const deep = await run('verify', '--read-data');
      assert.equal(deep.code, 1);
      const opened = [
        'missing part 1 is missing',
        'short part 1 does not open',
        'flipped part 1 does not open',
        'meta key or meta does not open',
        'recipient recipient 0 does not open',
        'body part 0 does not open',
        'rowless part 0 has no row',
      ];
      const records = damaged(deep.out).filter((line) => line.startsWith('record '));
      assert.match(records.join('\n'), /^record session [\w-]{43} does not open$/);
      assert.deepEqual(damaged(deep.out).sort(), [...lines([...found, ...opened]), ...records, chain].sort());
      assert.doesNotMatch(deep.out + deep.err, /secret|bob@|alice@|film|\n +at /);

      const doctor = await run('doctor');
      assert.equal(doctor.code, 1);
      assert.match(doctor.out, new RegExp(`^failed +contents +of all 8 blobs.*, 2 are damaged: ${ID} part 1 `, 'm'));
    });

    function lines(named: readonly string[]): string[] {
      return named.map((line) => line.replace(/^\w+/, (name) => id(name)));
    }
  });
}

describe('verify', () => {
  test('makes nothing where nothing is, and says what it looked for', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sealpost-verify-'));
    try {
      const { code, out, err } = await sealpost({ DATA_DIR: dir }, 'verify', '--read-data');
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^\S+keyring\.json is not there, or not for this user; sealpost start makes it\n$/);
      assert.deepEqual(await readdir(dir), []);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('is refused with the keyring of another store, before it calls all of it damaged', async () => {
    const [one, other] = [await startProgram(), await startProgram()];
    try {
      const env = { DATA_DIR: one.dataDir, KEYRING: join(other.dataDir, 'keyring.json') };
      const { code, out, err } = await sealpost(env, 'verify', '--read-data');
      assert.deepEqual([code, out], [1, WHOLE_FILE]);
      assert.match(err, /^the keyring is not the one that this database was begun with\n$/);
      assert.match((await sealpost(env, 'doctor')).out, /^failed +database +the keyring is not the one/m);
    } finally {
      await one.stop();
      await other.stop();
    }
  });

  test('names the file of the database when it is damaged itself, and goes no further', async () => {
    const running = await startProgram();
    try {
      await handIn(running, 'whole');
      await running.program.close();
      const file = join(running.dataDir, 'sealpost.db');
      const handle = await open(file, 'r+');
      const { size } = await handle.stat();
      for (let page = 10; page < size / PAGE_BYTES; page += 10)
        await handle.write(Buffer.alloc(64, 7), 0, 64, page * PAGE_BYTES);
      await handle.close();
      const { code, out, err } = await sealpost({ DATA_DIR: running.dataDir }, 'verify');
      assert.deepEqual([code, err], [1, '']);
      assert.match(out, /^(?:damaged {2}the database \S+\/sealpost\.db: .+\n){1,20}Damaged: \d+\.\n$/);
    } finally {
      await rm(running.dataDir, { recursive: true, force: true });
    }
  });

  test('does not call missing what was destroyed while it looked', async () => {
    const running = await startProgram();
    try {
      const { db, vault } = running.store;
      const id = await handIn(running, 'whole');
      const [row, parts] = [await loadMessage(db, id), await newestBlobs(db, 9)];
      assert.ok(row !== undefined && parts.length === 1);
      await sealpost({ DATA_DIR: running.dataDir }, 'message', 'revoke', id, '--destroy');
      assert.deepEqual(await blobFaults({ db, blobs: vault.blobs }, parts), []);
      assert.deepEqual((await verifyMessage({ db, vault }, row)).faults, []);
    } finally {
      await running.stop();
    }
  });

  test('says in one line that S3 is not there, and calls nothing missing', async () => {
    const s3 = await startS3();
    const running = await startProgram({ env: s3.env });
    try {
      await handIn(running, 'whole');
      await s3.close();
      const { code, out, err } = await sealpost({ DATA_DIR: running.dataDir, ...s3.env }, 'verify', '--read-data');
      assert.deepEqual([code, out], [1, WHOLE_FILE]);
      assert.match(err, /^S3 did not do what was asked \(.*ECONNREFUSED\)\.\n$/);
    } finally {
      await running.stop();
    }
  });
});

function damaged(out: string): string[] {
  return [...out.matchAll(/^damaged {2}(.*)$/gm)].map(([, line]) => line ?? '');
}

async function flip(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
  await handle.close();
}

async function handIn(running: Running, name: string): Promise<string> {
  const content = Buffer.alloc(100_000, `secret ${name} `);
  const reply = await submit(running.smtpPort, {
    from: 'alice@example.com',
    to: ['bob@recipient.example'],
    raw: mailWith({ attachments: [{ filename: 'film.bin', content }] }),
  });
  assert.match(reply, /^250 /);
  return reply.split(' ')[2] ?? '';
}
