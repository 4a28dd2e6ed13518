// How a mail came is told to its sender, by page, API and proof; in no log and to no reader.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeClient } from '../roads/api-client.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

const CLEAR =
  'Received: from printer.corp.example (unknown [192.0.2.7])\r\n\tby relay.corp.example (Postfix) with ESMTP id 1;\r\n\tSat, 28 Nov 2026 10:00:00 +0000';
const TLS =
  'Received: from relay.corp.example (relay.corp.example [192.0.2.8])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\tby mail.corp.example (Postfix) with ESMTPS id 2; Sat, 28 Nov 2026 10:00:01 +0000';
const transit = {
  hops: 2,
  withTls: 1,
  withoutTls: 1,
  unsaid: 0,
  without: [{ from: 'printer.corp.example', by: 'relay.corp.example' }],
};

describe('the way by which a mail came', () => {
  let running: Running;
  let id = '';
  before(async () => {
    running = await startProgram();
    id = (await hand([TLS, CLEAR])).split(' ')[2] ?? '';
  });
  after(() => running.stop());

  const hand = (headers: readonly string[]): Promise<string> =>
    submit(running.smtpPort, {
      from: 'alice@example.com',
      to: ['bob@recipient.example'],
      raw: plainMail({ headers }),
    });

  test('is on the sender’s page, in their language', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    const page = await alice.get(`/sent/${id}`);
    assert.match(page.text, /<details class="fold" open>[^]*It came to us over 2 hops/);
    assert.match(page.text, /One was without TLS: \u2066printer\.corp\.example → relay\.corp\.example\u2069/);
    const proof: unknown = JSON.parse((await alice.get(`/sent/${id}/proof.json`)).text);
    assert.ok(JSON.stringify(proof).includes(JSON.stringify(transit)));
    assert.equal((await alice.get(`/sent/${id}/proof.pdf`)).status, 200);
  });

  test('is in the API’s view of the message, and null where nothing is said', async () => {
    const api = await makeClient(running, { scopes: ['messages:read'] });
    assert.deepEqual((await api.get(`/messages/${id}`)).json['transit'], transit);
    const without = (await hand([])).split(' ')[2] ?? '';
    assert.equal((await api.get(`/messages/${without}`)).json['transit'], null);
  });

  test('is told to no reader and no log, and lies sealed', async () => {
    const bob = await signInByLink(running, 'bob@recipient.example');
    assert.doesNotMatch((await bob.get(`/messages/${id}`)).text, /corp\.example/);
    assert.doesNotMatch(running.logged(), /corp\.example/);
    const rows = await running.store.db.selectFrom('messages').selectAll().execute();
    for (const { sealed_meta: sealed } of rows) {
      assert.doesNotMatch(Buffer.from(sealed ?? []).toString('latin1'), /corp\.example/);
    }
  });

  test('ends a mail that has gone round in circles, and stops at no hostile field', async () => {
    assert.match(await hand(Array.from({ length: 10_000 }, () => CLEAR)), /^554 5\./);
    const long = `Received: from a.example by b.example with SMTP\r\n\t${'(x '.repeat(33_000)}`;
    assert.match(await hand([long]), /^(?:250|554) /);
    assert.match(await hand(['Received: =?utf-8?q?from?= \u202e<script>\r\n by', 'Received:', TLS]), /^250/);
  });
});
