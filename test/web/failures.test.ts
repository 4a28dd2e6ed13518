// What is answered when something is wrong with us: a table is gone, as after a botched repair.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { Visitor } from '../support/browser.ts';
import { linkTo, signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { INSIDES } from './insides.ts';

const BOB = 'bob@recipient.example';

describe('a failure of our own', () => {
  test('is one neutral page; the log has the place of it and nothing of the visitor', async () => {
    const running = await startProgram();
    try {
      await submit(running.smtpPort, { from: 'alice@example.com', to: [BOB], raw: plainMail({}) });
      const link = await linkTo(running, BOB);
      await sql`drop table recipients`.execute(running.store.db);
      const answer = await new Visitor(running.url).get(link);
      assert.equal(answer.status, 500);
      assert.match(answer.text, /Something went wrong on our side/);
      assert.match(answer.text, /Try it once more in a minute/);
      assert.doesNotMatch(answer.text, INSIDES);
      assert.doesNotMatch(answer.text, /class="button"/);
      const line =
        running
          .logged()
          .split('\n')
          .find((one) => one.includes('"request.failed"')) ?? '';
      assert.match(line, /"frames":\[/);
      assert.ok(!line.includes(link.slice(3)) && !line.includes('recipient'), line);
    } finally {
      await running.stop();
    }
  });

  test('where a file was asked for is a page all the same, and no download', async () => {
    const running = await startProgram();
    try {
      const mail = [
        'From: alice@example.com',
        `To: ${BOB}`,
        'Message-ID: <file@example.com>',
        'Content-Type: text/plain',
        'Content-Disposition: attachment; filename=plan.txt',
        '',
        'The plan.',
      ].join('\r\n');
      const id =
        (await submit(running.smtpPort, { from: 'alice@example.com', to: [BOB], raw: mail })).split(' ')[2] ?? '';
      const bob = await signInByAddress(running, BOB);
      assert.equal((await bob.get(`/messages/${id}/attachments/1`)).status, 200);
      await sql`drop table audit`.execute(running.store.db);
      const answer = await bob.get(`/messages/${id}/attachments/1`);
      assert.equal(answer.status, 500);
      assert.equal(answer.headers.get('content-disposition'), null);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
      assert.doesNotMatch(answer.text, /The plan/);
    } finally {
      await running.stop();
    }
  });

  test('that does not even let a page be made is a sentence without one', async () => {
    const running = await startProgram();
    try {
      const visitor = await signInByAddress(running, 'alice@example.com');
      for (const [table, path] of [
        ['brand_names', '/'],
        ['brand_names', '/brand/default/0/style.css'],
        ['brand_names', '/nothing'],
        ['sessions', '/messages'],
        ['sessions', '/nothing'],
      ] as const) {
        await sql`drop table if exists ${sql.table(table)}`.execute(running.store.db);
        const answer = await visitor.get(path);
        assert.equal(answer.status, 500, path);
        assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
        assert.match(answer.text, /^Nothing of yours is lost/);
        assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
        assert.doesNotMatch(answer.text, INSIDES);
      }
      assert.equal((await visitor.get('/healthz')).status, 200);
    } finally {
      await running.stop();
    }
  });

  test('shows in the probe that asks whether the work can be done', async () => {
    const running = await startProgram();
    try {
      const visitor = new Visitor(running.url);
      const ready = await visitor.get('/readyz');
      assert.deepEqual(
        [ready.status, JSON.parse(ready.text)],
        [200, { database: 'ok', keyring: 'ok', blobs: 'ok', policy: 'ok', queueAgeSeconds: 0 }],
      );
      await sql`drop table outbox`.execute(running.store.db);
      const broken = await visitor.get('/readyz');
      assert.equal(broken.status, 503);
      assert.doesNotMatch(broken.text, INSIDES);
      assert.equal((await visitor.get('/healthz')).status, 200);
    } finally {
      await running.stop();
    }
  });
});
