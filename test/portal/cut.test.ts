// A download whose right ends is cut off: how many bytes more the server takes out of its store says so, since the
// buffers of two ends of a connection tell nothing.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOUR_MS } from '../../server/core/clock.ts';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BLOB_PIECE_BYTES = 128 * 1024;

describe('a download under way', () => {
  let running: Running;
  let bob: Visitor;
  let alice: Visitor;
  let id: string;
  let bytesRead = 0;
  // More than the buffers between the two ends hold.
  const content = randomBytes(24 * 1024 * 1024);

  before(async () => {
    running = await startProgram({
      around: (store) => {
        async function* counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
          for await (const piece of source) {
            bytesRead += piece.length;
            yield piece;
          }
        }
        const { blobs } = store.vault;
        const counting = { ...blobs, read: (...asked: Parameters<typeof blobs.read>) => counted(blobs.read(...asked)) };
        return { ...store, vault: { ...store.vault, blobs: counting } };
      },
    });
    id = await send(running, {
      text: 'See the file.',
      parts: [{ content, name: 'large.bin' }],
    });
    alice = await signInByAddress(running, 'alice@example.com');
  });
  after(() => running.stop());

  /** Takes the first bytes, and then no more, until the server has stopped reading. @returns what takes the rest. */
  async function begin(headers: Record<string, string>): Promise<() => Promise<unknown>> {
    const cookie = `sealpost=${bob.cookie('sealpost')}`;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const url = `${running.url}/messages/${id}/attachments/1`;
      get(url, { headers: { cookie, ...headers } }, resolve).on('error', reject);
    });
    const ended = new Promise((resolve) => response.on('error', resolve).on('end', () => resolve('in good order')));
    response.once('data', () => response.pause());
    // A busy machine pauses as well: it has stopped when nothing came for half a second.
    for (let [before, looks] = [-1, 0]; looks < 10; looks += 1, await delay(50)) {
      if (before !== bytesRead) [before, looks] = [bytesRead, 0];
    }
    assert.ok(bytesRead < content.length, 'the file is too small for this test');
    return () => {
      response.resume();
      return ended;
    };
  }

  const expireAt = (at: string): Promise<unknown> =>
    running.store.db.updateTable('messages').set({ expires_at: at }).where('id', '=', id).execute();
  for (const [what, end, undo] of [
    ['when its reader signs out', () => bob.post('/sign-out', {}, '/messages')],
    [
      'when the hours of the session are over',
      async () => {
        running.clock.forward(13 * HOUR_MS);
        alice = await signInByAddress(running, 'alice@example.com');
      },
    ],
    [
      'when the message is taken back from its reader',
      () => alice.post(`/sent/${id}/revoke`, { recipient: '0' }, `/sent/${id}`),
      () => alice.post(`/sent/${id}/restore`, {}, `/sent/${id}`),
    ],
    [
      'when the message expires',
      () => expireAt('2026-01-01T00:00:00.000Z'),
      () => expireAt('2126-01-01T00:00:00.000Z'),
    ],
    [
      'when its sender sets a phrase',
      () => alice.post(`/sent/${id}/phrase`, { phrase: 'Correct Horse' }, `/sent/${id}`),
      () => running.store.db.updateTable('messages').set({ demands: '' }).where('id', '=', id).execute(),
    ],
    ['when the message is destroyed', () => alice.post(`/sent/${id}/revoke`, { destroy: '1' }, `/sent/${id}/destroy`)],
  ] as const) {
    test(`ends ${what}, the whole file and a range of it`, async () => {
      bob = await signInByLink(running, 'bob@recipient.example');
      bytesRead = 0;
      const downloads = [await begin({}), await begin({ range: 'bytes=100000-' })];
      const readBefore = bytesRead;
      await end();
      for (const ending of await Promise.all(downloads.map((rest) => rest()))) assert.match(String(ending), /aborted/);
      // What was being sent to each when the right ended.
      assert.ok(bytesRead - readBefore <= 2 * BLOB_PIECE_BYTES, `${bytesRead - readBefore} bytes more`);
      await undo?.();
    });
  }
});
