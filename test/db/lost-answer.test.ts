// A database that commits and is lost before it can say so: what was taken in then is whole when it comes again.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { signInByLink } from '../support/mailbox.ts';
import { mimeMail } from '../support/mime.ts';
import { postgresMissing, startPostgres } from '../support/postgres.ts';
import { startProgram } from '../support/program.ts';
import { submit } from '../support/submit.ts';

describe('PostgreSQL lost at a commit', { skip: postgresMissing() ?? false }, () => {
  test('leaves no message without its files, however often it is sent', async () => {
    const postgres = await startPostgres();
    const line = await lineTo(await postgres.newDatabase());
    const running = await startProgram({ env: { DATABASE_URL: line.url } });
    try {
      const file = Buffer.alloc(200_000, 'a');
      const mail = {
        from: 'alice@example.com',
        to: ['bob@recipient.example'],
        raw: mimeMail({
          from: 'alice@example.com',
          to: 'bob@recipient.example',
          text: 'Hello.',
          parts: [{ content: file, name: 'a.txt' }],
        }),
      };
      line.cutNextCommit();
      assert.match(await submit(running.smtpPort, mail), /^451 /);
      const again = await submit(running.smtpPort, mail);
      assert.match(again, /^250 /);
      const rows = await running.store.db.selectFrom('messages').select('id').execute();
      assert.deepEqual(
        rows.map(({ id }) => `250 2.0.0 ${id}`),
        [again],
        'it was committed the first time',
      );
      const bob = await signInByLink(running, 'bob@recipient.example');
      const taken = await bob.bytes(`/messages/${rows[0]?.id ?? ''}/attachments/1`);
      assert.ok(taken.content.equals(file));
    } finally {
      await running.stop();
      await line.close();
      await postgres.close();
    }
  });
});

/** A line to the database that can be cut right after a commit went over it, when its answer is on the way. */
async function lineTo(url: string): Promise<{ url: string; cutNextCommit(): void; close(): Promise<void> }> {
  const { hostname, port: farPort } = new URL(url);
  let isCutting = false;
  const server = createServer((near) => {
    const far = connect(Number(farPort), hostname);
    let isLast = false;
    near.on('data', (bytes: Buffer) => {
      if (isCutting && /commit/i.test(bytes.toString('latin1'))) {
        isLast = true;
        isCutting = false;
      }
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => (isLast ? near.destroy() : near.write(bytes)));
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      end.on('error', () => undefined).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: url.replace(`:${farPort}/`, `:${port}/`),
    cutNextCommit: () => {
      isCutting = true;
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
