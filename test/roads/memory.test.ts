// The largest message there may be goes in by every road, and out again, without being held whole: how much memory the
// program ever had resident says so.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createSha256, sha256 } from '../../server/crypto/digest.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { createApiKey } from '../../server/signin/api-keys.store.ts';
import { memoryOf, startChild } from '../support/child-program.ts';
import type { ChildProgram } from '../support/child-program.ts';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { submit } from '../support/submit.ts';
import { ApiClient } from './api-client.ts';
import { ALICE, BOB, mailWith } from './mails.ts';

const MB = 1024 * 1024;
const MESSAGE_BYTES_MAX = 50 * MB;
const GROWTH_MAX = 150 * MB;
const skip = process.platform === 'linux' ? false : 'VmHWM is Linux only';

// No two pieces of it are alike, so that none can stand for another. The last kilobyte is for what stands around it.
const content = Buffer.alloc(MESSAGE_BYTES_MAX - 1024);
for (let at = 0; at < content.length; at += 4) content.writeUInt32LE((at * 2_654_435_761) % 4_294_967_296, at);
// As much of it as makes a mail of that size: 57 bytes are a line of 78.
const inMail = content.subarray(0, Math.floor((content.length - 1024) / 78) * 57);
const raw = mailWith({ attachments: [{ filename: 'film.bin', content: inMail }] });

describe('a message of MESSAGE_BYTES_MAX', { skip }, () => {
  let dataDir: string;
  let child: ChildProgram;
  let api: ApiClient;
  let before: number;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
    child = await startChild(dataDir);
    const wanted = { name: 'test', scopes: ['messages:send'], senders: [] } as const;
    const { key } = await inTransaction(child.store.db, (tx) => createApiKey(child.store.vault, tx, wanted));
    api = new ApiClient(child.url, key);
    before = (await memoryOf(child.pid)).now;
  });
  afterEach(async () => {
    await child.stop('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** The most since the start, or since the last time this was asked. */
  async function assertGrowth(what: string): Promise<void> {
    const { peak, now } = await memoryOf(child.pid);
    const grown = peak - before;
    console.log(`memory, ${what}: +${Math.round(grown / MB)} MB`);
    assert.ok(grown < GROWTH_MAX, `${what}: ${grown} bytes`);
    before = now;
    await writeFile(`/proc/${child.pid}/clear_refs`, '5'); // proc(5): the peak is what is resident now
  }

  async function assertReadOut(visitor: Visitor, id: string, expected: Buffer): Promise<void> {
    const cookie = `sealpost=${visitor.cookie('sealpost') ?? ''}`;
    const response = await fetch(`${child.url}/messages/${id}/attachments/1`, { headers: { cookie } });
    assert.equal(response.status, 200);
    assert.ok(response.body);
    const hash = createSha256();
    for await (const chunk of response.body) hash.update(chunk);
    assert.ok(hash.digest().equals(sha256(expected)));
  }

  test('is taken in as JSON over the API', async () => {
    const file = { content: content.toString('base64'), filename: 'film.bin' };
    const answer = await api.sendJson('/messages', { attachments: [file], from: ALICE, to: [BOB] });
    assert.equal(answer.status, 201, answer.text);
    await assertGrowth('JSON');
    await assertReadOut(await signInByLink(child, BOB), String(answer.json['id']), content);
    await assertGrowth('JSON, read out');
  });

  test('is taken in by SMTP', async () => {
    const reply = await submit(child.smtpPort, { from: ALICE, to: [BOB], raw });
    assert.match(reply, /^250 2\.0\.0 /);
    await assertGrowth('SMTP');
    await assertReadOut(await signInByLink(child, BOB), reply.split(' ')[2] ?? '', inMail);
    await assertGrowth('SMTP, read out');
  });

  test('is taken in as a raw mail over the API', async () => {
    const answer = await api.sendRaw({ from: ALICE, to: [BOB], raw });
    assert.equal(answer.status, 201, answer.text);
    await assertGrowth('raw mail');
  });

  test('is taken in as an answer in the portal', async () => {
    const { json } = await api.sendJson('/messages', { from: ALICE, to: [BOB] });
    const bob = await signInByLink(child, BOB);
    const page = `/messages/${String(json['id'])}`;
    const sent = await bob.postMultipart(
      `${page}/reply`,
      { text: 'See the film.' },
      [{ name: 'film.bin', content }],
      page,
    );
    assert.equal(sent.status, 303, sent.text);
    await assertGrowth('answer');
    const alice = await signInByAddress(child, ALICE);
    const thread = (await alice.get(`/sent/${String(json['id'])}`)).text;
    const [, answerId = ''] = /\/messages\/([0-9a-z]{26})\/attachments\/1/.exec(thread) ?? [];
    await assertReadOut(alice, answerId, content);
    await assertGrowth('answer, read out');
  });
});
