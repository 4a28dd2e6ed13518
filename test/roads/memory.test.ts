// A large mail goes in and out without being held whole: how much memory the program ever had resident says so.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createSha256, sha256 } from '../../server/crypto/digest.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { createApiKey } from '../../server/signin/api-keys.store.ts';
import { memoryOf, startChild } from '../support/child-program.ts';
import type { ChildProgram } from '../support/child-program.ts';
import { signInByLink } from '../support/mailbox.ts';
import { submit } from '../support/submit.ts';
import { ApiClient } from './api-client.ts';
import { ALICE, BOB, mailWith } from './mails.ts';

const MB = 1024 * 1024;
const GROWTH_MAX = 200 * MB;
const skip = process.platform === 'linux' ? false : 'VmHWM is Linux only';

// 25 MB of file are 34 MB of mail. No two pieces of it are alike, so that none can stand for another.
const content = Buffer.alloc(25 * MB);
for (let at = 0; at + 4 <= content.length; at += 4) content.writeUInt32LE((at * 2_654_435_761) % 4_294_967_296, at);
const mail = { from: ALICE, to: [BOB], raw: mailWith({ attachments: [{ filename: 'film.bin', content }] }) };
const digest = sha256(content).toString('hex');

describe('a file of 25 MB', { skip }, () => {
  test('is taken in by SMTP and read out with less than 200 MB of memory', () => within('SMTP', submitted));

  test('is taken in as a raw mail over the API and read out with less than 200 MB of memory', () =>
    within('raw API', async (child) => {
      const answer = await (await clientOf(child)).sendRaw(mail);
      assert.equal(answer.status, 201, answer.text);
      return String(answer.json['id']);
    }));
});

async function submitted(child: ChildProgram): Promise<string> {
  const reply = await submit(child.smtpPort, mail);
  assert.match(reply, /^250 2\.0\.0 /);
  return reply.split(' ')[2] ?? '';
}

/** Hands it in, reads it out as the recipient does, and asserts by how much the resident memory ever grew. */
async function within(road: string, handIn: (child: ChildProgram) => Promise<string>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
  const child = await startChild(dataDir);
  try {
    const { now } = await memoryOf(child.pid);
    const grown = async (): Promise<number> => (await memoryOf(child.pid)).peak - now;
    const id = await handIn(child);
    const taken = await grown();
    await readOut(child, id);
    const read = await grown();
    console.log(`memory, ${road}: +${mb(taken)} taken in, +${mb(read)} with reading it out`);
    assert.ok(read < GROWTH_MAX);
  } finally {
    await child.stop('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function readOut(child: ChildProgram, id: string): Promise<void> {
  const visitor = await signInByLink(child, BOB);
  const cookie = `sealpost=${visitor.cookie('sealpost') ?? ''}`;
  const response = await fetch(`${child.url}/messages/${id}/attachments/1`, { headers: { cookie } });
  assert.equal(response.status, 200);
  assert.ok(response.body);
  const hash = createSha256();
  for await (const chunk of response.body) hash.update(chunk);
  assert.equal(hash.digest().toString('hex'), digest);
}

async function clientOf({ url, store }: ChildProgram): Promise<ApiClient> {
  const wanted = { name: 'test', scopes: ['messages:send'], senders: [] } as const;
  const { key } = await inTransaction(store.db, (tx) => createApiKey(store.vault, tx, wanted));
  return new ApiClient(url, key);
}

function mb(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
