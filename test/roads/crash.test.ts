// The process is killed at any moment, again and again: what was answered 250 is there and can be read, what was
// not answered is taken in when it comes again, and nothing is there twice.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOUR_MS } from '../../server/core/clock.ts';
import { sha256 } from '../../server/crypto/digest.ts';
import { startChild } from '../support/child-program.ts';
import { eventually } from '../support/eventually.ts';
import { mailTo, signInByLink } from '../support/mailbox.ts';
import { startProgram, testClock } from '../support/program.ts';
import { submit } from '../support/submit.ts';
import { ALICE, BOB, mailWith } from './mails.ts';
import { rowsOf, withDatabase } from './stored.ts';

const MAILS = 20;
/** Of one life; then it goes on for a moment that ends anywhere in the next mail. */
const ANSWERS_MAX = 7;
const MORE_MS_MAX = 50;

interface TestMail {
  readonly text: string;
  readonly content: Buffer;
  readonly raw: Buffer;
  id?: string;
}

describe('a process that is killed', () => {
  test('loses none of the mails it answered for, and has each of them once', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
    const mails = Array.from({ length: MAILS }, (_, n) => makeMail(n));
    let kills = 0;
    for (let open = mails; open.length > 0; open = mails.filter(({ id }) => id === undefined)) {
      const child = await startChild(dataDir);
      // After a few answers it is in full swing; then any moment is as bad as any other.
      const few = 1 + Math.floor(Math.random() * ANSWERS_MAX);
      const answered = countdown(Math.min(few, open.length));
      const middle = Math.ceil(open.length / 2);
      const lines = [open.slice(0, middle), open.slice(middle)].map((part) =>
        handIn(child.smtpPort, part, answered.count),
      );
      await answered.done;
      await delay(Math.random() * MORE_MS_MAX);
      await child.stop('SIGKILL');
      await Promise.all(lines);
      kills += 1;
    }

    // The jobs that died under way are done again when their lease has run out.
    const clock = testClock();
    clock.forward(HOUR_MS);
    const running = await startProgram({ dataDir, clock });
    try {
      assert.equal(rowsOf(dataDir, 'messages'), MAILS);
      assert.equal(rowsOf(dataDir, 'recipients'), MAILS);
      const notices = withDatabase(dataDir, (db) =>
        db.prepare("select count(*) from outbox where kind = 'notice'").pluck().get(),
      );
      assert.equal(notices, MAILS);
      assert.ok((await mailTo(running, BOB)).length >= MAILS);
      const bob = await signInByLink(running, BOB);
      for (const { id, text, content } of mails) {
        const page = await bob.get(`/messages/${String(id)}`);
        assert.equal(page.status, 200);
        assert.ok(page.text.includes(text));
        const file = await bob.bytes(`/messages/${String(id)}/attachments/1`);
        assert.equal(sha256(file.content).toString('hex'), sha256(content).toString('hex'));
      }
      const litter = await orphans(dataDir);
      console.log(`crash: ${kills} kills, ${MAILS} mails kept, ${litter.length} sealed blobs without a message`);
      assert.ok(litter.length <= 2 * kills);
    } finally {
      await running.stop();
    }
  });

  test('leaves unfinished files behind, which the next start and its worker remove', async () => {
    const first = await startProgram({ keep: true });
    await first.stop();
    const staging = join(first.dataDir, 'blobs', 'staging');
    const spool = join(first.dataDir, 'spool');
    for (const folder of [staging, spool]) await writeFile(join(folder, '01jd0000000000000000000000'), 'left over');
    // Another process could be writing it, so a blob is left alone for a day.
    const clock = testClock();
    clock.forward(25 * HOUR_MS);
    const second = await startProgram({ dataDir: first.dataDir, clock, workerRuns: true });
    try {
      assert.deepEqual(await readdir(spool), []);
      await eventually(async () => (await readdir(staging)).length === 0);
    } finally {
      await second.stop();
    }
  });
});

/** Small ones lie in a row, larger ones in a blob, the largest are spooled on their way in. */
function makeMail(n: number): TestMail {
  const content = Buffer.alloc([1_000, 100_000, 1_500_000][n % 3] ?? 0, `content ${n} `);
  const text = `The secret text of mail ${n}.`;
  const raw = mailWith({ subject: `Mail ${n}`, text, attachments: [{ filename: `file-${n}.bin`, content }] });
  return { text, content, raw };
}

async function handIn(port: number, mails: readonly TestMail[], onAnswer: () => void): Promise<void> {
  for (const mail of mails) {
    let reply = '';
    try {
      reply = await submit(port, { from: ALICE, to: [BOB], raw: mail.raw });
    } catch {
      return; // killed
    }
    if (reply === '') return;
    assert.match(reply, /^250 2\.0\.0 [0-9a-z]{26}$/);
    mail.id = reply.split(' ')[2] ?? '';
    onAnswer();
  }
}

/** `done` resolves when `count` was called so many times. */
function countdown(times: number): { count: () => void; done: Promise<void> } {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let left = times;
  const count = (): void => {
    left -= 1;
    if (left === 0) resolve();
  };
  return { count, done };
}

/** Blobs that no row names: whoever made them was killed between the two. */
async function orphans(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  const named = withDatabase(dataDir, (db) => db.prepare('select blob_id from parts').pluck().all());
  return entries.filter((entry) => entry.isFile() && !named.includes(entry.name)).map(({ name }) => name);
}
