// The road of an answer into the sender's own mailbox: in clear only over verified TLS, else as a notice.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { FILE, SECRET, answerOne, newest } from '../support/answering.ts';
import { makeCertificate } from '../support/certificates.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { RelayedMail, TestRelay } from '../support/relay.ts';

describe('an answer whose sender has a mail server with a good certificate', () => {
  let relay: TestRelay;
  let running: Running;
  let answer: RelayedMail;

  before(async () => {
    const certificate = makeCertificate({ names: ['localhost'] });
    // What NODE_EXTRA_CA_CERTS does for a process at its start.
    setDefaultCACertificates([...getCACertificates('default'), certificate.caPem]);
    relay = await startRelay(certificate);
    running = await startProgram({ env: relayEnv(relay, 'verified') });
    await answerOne(running, relay);
    answer = newest(relay, 'alice@example.com');
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });

  test('comes as an ordinary mail over TLS, text and files whole', () => {
    assert.equal(answer.tls, true);
    assert.match(readable(answer.raw), new RegExp(SECRET));
    assert.match(answer.raw, /^Subject: Re: The matter/m);
    assert.match(answer.raw, /filename="?plan\.bin"?/);
    assert.ok(answer.raw.replace(/\r\n/g, '').includes(FILE.toString('base64')));
    // With its host: the file in base64 may well hold something like the path alone.
    assert.doesNotMatch(answer.raw, /:\/\/[^/\s]+\/m\//);
  });

  test("continues the sender's own thread, and says who wrote it and where an answer goes", () => {
    assert.match(answer.raw, /^In-Reply-To: <test-\d+-\d+@example\.com>/m);
    assert.match(answer.raw, /^References: <earlier@example\.com>\s+<test-\d+-\d+@example\.com>/m);
    assert.match(answer.raw, /^Message-ID: <[0-9a-z]{26}@example\.com>/im);
    assert.match(answer.raw, /^From: Bob Recipient via Example Ltd <secure@example\.com>/m);
    assert.match(answer.raw, /^Reply-To: Bob Recipient <bob@recipient\.example>/m);
    assert.match(answer.from, /^secure\+b-[0-9a-z]{26}@example\.com$/);
  });

  test('stays readable in the portal, where the sender sees it as sent', async () => {
    assert.deepEqual(await announced(running), [true]);
    const events = await running.store.db
      .selectFrom('audit')
      .select('event')
      .where('event', '=', 'answer-sent')
      .execute();
    assert.equal(events.length, 1);
  });
});

describe('an answer whose road cannot be verified', () => {
  for (const [name, relayOf] of [
    ['for want of TLS', () => startRelay()],
    ['for a certificate nobody vouches for', () => startRelay(makeCertificate({ names: ['localhost'] }))],
    ['for a certificate of another name', () => startRelay(trusted(makeCertificate({ names: ['mail.example.org'] })))],
    [
      'for a certificate that has run out',
      () => startRelay(trusted(makeCertificate({ names: ['localhost'], expiredDays: 1 }))),
    ],
  ] as const) {
    test(`is announced with a link, and not one byte of it leaves, ${name}`, async () => {
      const relay = await relayOf();
      const running = await startProgram({ env: relayEnv(relay, 'opportunistic') });
      try {
        await answerOne(running, relay);
        const notice = newest(relay, 'alice@example.com');
        assert.match(notice.raw, /\/m\/[A-Za-z0-9_-]{22}/);
        assert.match(notice.raw, /^Subject: Bob Recipient has answered you/m);
        assert.match(notice.raw, /^In-Reply-To: <test-\d+-\d+@example\.com>/m);
        assert.doesNotMatch(readable(relay.seen()), new RegExp(`${SECRET}|The matter|plan\\.bin`));
        assert.ok(!relay.seen().replace(/\r\n/g, '').includes(FILE.toString('base64').slice(0, 60)));
        assert.deepEqual(await announced(running), [true]);
      } finally {
        await running.stop();
        await relay.close();
      }
    });
  }

  test('goes to a reader outside as a notice, however good the connection', async () => {
    const relay = await startRelay(trusted(makeCertificate({ names: ['localhost'] })));
    const running = await startProgram({ env: relayEnv(relay, 'verified') });
    try {
      await answerOne(running, relay, 'dave@third.example');
      assert.match(newest(relay, 'dave@third.example').raw, /\/m\/[A-Za-z0-9_-]{22}/);
      assert.doesNotMatch(readable(newest(relay, 'dave@third.example').raw), new RegExp(SECRET));
    } finally {
      await running.stop();
      await relay.close();
    }
  });
});

/** Of each recipient of the answer, whether something reached their mailbox. */
async function announced(running: Running): Promise<boolean[]> {
  const rows = await running.store.db
    .selectFrom('recipients')
    .innerJoin('messages', 'messages.id', 'recipients.message_id')
    .select(['notified_at'])
    .where('messages.kind', '=', 'reply')
    .execute();
  return rows.map((row) => row.notified_at !== null);
}

function trusted(certificate: ReturnType<typeof makeCertificate>): ReturnType<typeof makeCertificate> {
  setDefaultCACertificates([...getCACertificates('default'), certificate.caPem]);
  return certificate;
}
