// A database that is lost: right after a commit, before it can say so, while a connection is made, and for a while. What
// was taken in is whole when it comes again, and until then everybody is told when to.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { checkDatabase, openDatabase } from '../../server/db/engine.ts';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import { Visitor } from '../support/browser.ts';
import { signInByLink } from '../support/mailbox.ts';
import { mimeMail } from '../support/mime.ts';
import { postgresMissing, startPostgres } from '../support/postgres.ts';
import type { Postgres } from '../support/postgres.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';

describe('PostgreSQL lost', { skip: postgresMissing() ?? false }, () => {
  let postgres: Postgres;
  let line: Line;
  let running: Running;

  before(async () => {
    postgres = await startPostgres();
    line = await lineTo(await postgres.newDatabase());
    running = await startProgram({ env: { DATABASE_URL: line.url } });
  });
  after(async () => {
    await running.stop();
    await line.close();
    await postgres.close();
  });

  test('at a commit leaves no message without its files, however often it is sent', async () => {
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
    line.cutAt(COMMIT);
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
  });

  test('while connections are made takes no place from those that come later', async () => {
    const db = openDatabase({ kind: 'postgres', url: line.url });
    try {
      for (let lost = 0; lost < POOL_SIZE; lost += 1) {
        line.cutAt(SET_UP);
        await assert.rejects(checkDatabase(db), /Connection terminated/);
      }
      await checkDatabase(db);
    } finally {
      await db.destroy(); // would wait for them for ever
    }
  });

  test('for a while is 503 on every road, with the word when to come again, and no error of ours', async () => {
    const client = await makeClient(running);
    const bob = await signInByLink(running, 'bob@recipient.example');
    await postgres.stop('immediate');
    for (const answer of [await client.get('/messages'), await client.sendJson('/messages', { from: 'x' })]) {
      assertProblem(answer, 503, 'server/unavailable', /again in a moment/);
      assert.equal(answer.headers.get('retry-after'), '10');
    }
    for (const answer of [await bob.get('/messages'), await new Visitor(running.url).get('/sign-in')]) {
      assert.equal(answer.status, 503);
      assert.match(answer.text, /again in a moment/);
      assert.equal(answer.headers.get('retry-after'), '10');
    }
    assert.equal((await bob.get('/readyz')).status, 503);
    const failed = running.logged().split('\n');
    assert.ok(failed.some((one) => one.includes('"api.failed"') && one.includes('"reason":"weather"')));
    assert.ok(!failed.some((one) => /"level":"error".*"(?:api|request|problem)\.failed"/.test(one)));
    await postgres.start();
    assert.equal((await client.get('/messages')).status, 200);
    assert.equal((await bob.get('/messages')).status, 200);
  });
});

interface Line {
  readonly url: string;
  /** Cuts the next connection over which this goes, when its answer is on the way. */
  cutAt(sent: RegExp): void;
  close(): Promise<void>;
}

// PostgreSQL's protocol, "Message Formats": Query is 'Q', a length, and the text up to a zero byte. What sets a connection
// up names a setting that has "commit" in it.
const COMMIT = /Q[^]{4}commit\0/;
const SET_UP = /set_config\('synchronous_commit'/;
/** As many connections as the program makes at most. */
const POOL_SIZE = 10;

/** A line to the database that can be cut. */
async function lineTo(url: string): Promise<Line> {
  const { hostname, port: farPort } = new URL(url);
  let cutting: RegExp | undefined;
  const server = createServer((near) => {
    const far = connect(Number(farPort), hostname);
    let isLast = false;
    near.on('data', (bytes: Buffer) => {
      if (cutting?.test(bytes.toString('latin1')) === true) {
        isLast = true;
        cutting = undefined;
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
    cutAt: (sent) => {
      cutting = sent;
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
