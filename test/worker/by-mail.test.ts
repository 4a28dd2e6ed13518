// Mail that comes back to our own address: an answer that somebody writes to a notice, reports of mail servers, and what programs write.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { makeClient } from '../roads/api-client.ts';
import { approveFile, inventoryOf } from '../support/certificates-in.ts';
import { newest, signInByRelay } from '../support/answering.ts';
import { dkimSigned } from '../support/dkim.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { mailFolder, makeMailAuthority, makeMailCertificate, openssl } from '../support/mail-certificates.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { RelayedMail, TestRelay } from '../support/relay.ts';
import { submit } from '../support/submit.ts';
import { recipients } from './partner.ts';

const BOB = 'bob@recipient.example';
const ALICE = 'alice@example.com';
const OWN = 'secure@example.com';
const OTHER_NOTICE = '<01kb0000000000000000000000.1@example.com>';
const ANSWER = 'Yes, sell the harpsichord.';

interface Back {
  readonly from?: string;
  readonly author?: string;
  readonly to?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** What a mail server on its way does to it. */
  readonly passed?: (raw: string) => string;
}

let relay: TestRelay;
let running: Running;
let id: string;
let notice: RelayedMail;

async function begin(headers: readonly string[] = [], env: Record<string, string> = {}): Promise<void> {
  relay = await startRelay();
  running = await startProgram({ env: { ...relayEnv(relay, 'opportunistic'), ...env } });
  id = await send(running, { to: `Bob Recipient <${BOB}>`, subject: 'The matter', text: 'What do you say?', headers });
  await running.drain();
  notice = newest(relay, BOB);
}
async function end(): Promise<void> {
  await running.stop();
  await relay.close();
}

const noticeId = (): string => /^Message-ID: (<[^>]+>)/im.exec(notice.raw)?.[1] ?? '';

/** What Bob's mail program writes when he presses "Reply" at the notice, with what a test wants otherwise. */
async function handBack({
  from = BOB,
  author = BOB,
  to = OWN,
  headers = [],
  body = ANSWER,
  passed = (mail) => mail,
}: Back = {}): Promise<string> {
  const raw = [
    ...(author === '' ? [] : [`From: "Bob Recipient" <${author}>`]),
    `To: ${to}`,
    'Subject: Re: Alice Example sent you a sealed message',
    `Message-ID: <answer-${Math.random()}@recipient.example>`,
    'Date: Sat, 21 Nov 2026 11:00:00 +0000',
    ...(headers.some((line) => /^(?:In-Reply-To|X-No-Thread)/.test(line)) ? [] : [`In-Reply-To: ${noticeId()}`]),
    ...headers,
    'MIME-Version: 1.0',
    ...(headers.some((line) => line.startsWith('Content-Type')) ? [] : ['Content-Type: text/plain; charset=utf-8']),
    '',
    body,
    '',
  ].join('\r\n');
  const answer = await submit(running.smtpPort, { from, to: [to], raw: Buffer.from(passed(raw), 'latin1') });
  await running.drain();
  return answer;
}

const since = (count: number): readonly RelayedMail[] => relay.mails.slice(count);
const messages = async (): Promise<number> =>
  (await running.store.db.selectFrom('messages').select('id').execute()).length;

describe('an answer that somebody writes to the notice by ordinary mail', () => {
  let sent: readonly RelayedMail[];

  before(async () => {
    await begin();
    const count = relay.mails.length;
    assert.match(await handBack(), /^250 /);
    sent = since(count);
  });
  after(end);

  test('is sealed for the sender, and nothing of it leaves in the open', () => {
    assert.doesNotMatch(readable(relay.seen()), /harpsichord/);
    assert.doesNotMatch(running.logged(), /harpsichord|recipient\.example/);
    // To a relay without TLS no answer goes as it is.
    assert.match(sent.find(({ to }) => to === ALICE)?.raw ?? '', /\/m\/[A-Za-z0-9_-]{22}/);
  });

  test('is told to its author once, with the way to answer safely, to a sender that nothing answers', () => {
    const told = sent.filter(({ to }) => to === BOB);
    assert.equal(told.length, 1);
    const { raw = '', from = '?' } = told[0] ?? {};
    assert.equal(from, '');
    assert.match(raw, /^Auto-Submitted: auto-/m);
    assert.match(readable(raw), /Your answer to Alice Example was passed on/);
    assert.match(readable(raw), /\/m\/[A-Za-z0-9_-]{22}/);
    assert.doesNotMatch(readable(raw), /The matter/);
  });

  test('lies in the sender’s portal under its own subject, marked as what it is', async () => {
    const alice = await signInByRelay(running, relay, ALICE);
    const path = /\/messages\/[0-9a-z]{26}/.exec((await alice.get('/messages')).text)?.[0] ?? '';
    const { text } = await alice.get(path);
    assert.match(text, /harpsichord/);
    assert.match(text, /Re: The matter/);
    assert.match(text, /This answer came by ordinary mail\. It is not proved to be from .*bob@recipient\.example/);
    // Who wrote it nobody knows, so nobody has answered: neither under Bob's name nor in his state.
    assert.doesNotMatch(text.slice(0, text.indexOf('harpsichord')), /Bob Recipient/);
    assert.equal((await recipients({ running }, id))[0]?.['status'], 'notified');
  });

  test('stands in the audit log, and in nobody’s own data', async () => {
    const rows = await running.store.db
      .selectFrom('audit')
      .select('person_index')
      .where('event', '=', 'answer-unproved')
      .execute();
    assert.deepEqual(rows, [{ person_index: null }]);
  });

  test('a second is passed on as well, and its author is told no more that day', async () => {
    const count = relay.mails.length;
    assert.match(await handBack(), /^250 /);
    assert.deepEqual(
      since(count).map(({ to }) => to),
      [ALICE],
    );
  });

  test('too many in a day are refused', async () => {
    let last = '';
    for (let n = 0; n < 12; n += 1) last = await handBack();
    assert.match(last, /^450 4\.7\.0 /);
    running.clock.forward(DAY_MS + 1);
    assert.match(await handBack(), /^250 /);
  });
});

test('an answer is encrypted to the sender’s certificate, with the caution before it, also one in HTML alone', async () => {
  // Made first: the program's clock stands from its start on.
  const authority = makeMailAuthority();
  const alice = makeMailCertificate({ authority, address: ALICE });
  await begin();
  try {
    for (const text of [authority.certPem, alice.certPem]) await approveFile(inventoryOf(running), text);
    const headers = ['Content-Type: text/html; charset=utf-8'];
    assert.match(await handBack({ headers, body: '<p>Yes, sell the <b>harpsichord</b>.</p>' }), /^250 /);
    const file = join(mailFolder(), 'mail.eml');
    writeFileSync(file, newest(relay, ALICE).raw);
    const opened = openssl('cms', '-decrypt', '-in', file, '-inkey', alice.keyFile, '-recip', alice.certFile);
    const inner = readable(opened.toString('latin1'));
    assert.match(inner, /This answer came by ordinary mail\.[^]*Yes, sell the harpsichord\./);
    assert.match(inner, /^In-Reply-To: <test-\d+-\d+@example\.com>/m);
    assert.doesNotMatch(readable(relay.seen()), /harpsichord/);
  } finally {
    await end();
  }
});

describe('who wrote an answer is', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
  const fields = ['from', 'to', 'subject', 'content-type'];
  const signing = { domain: 'recipient.example', selector: 's1', privateKey, fields };
  // What Bob wrote long ago to somebody else, which whoever has it makes into an answer by adding lines before those that are signed.
  const added = (lines: string, raw: string): string => `${lines}\r\n${raw}`;
  const toCarol = (raw: string): string => raw.replace(`To: ${OWN}`, 'To: carol@third.example');
  const withoutThread = (raw: string): string => raw.replace(/^In-Reply-To: .*\r\n/m, '');
  let dns: TestDns;
  let alice: Awaited<ReturnType<typeof signInByRelay>>;
  before(async () => {
    dns = await startDns({
      's1._domainkey.recipient.example': { txt: [record] },
      'away._domainkey.recipient.example': { fails: 'broken' },
      'reports._domainkey.recipient.example': { txt: [`${record}; s=tlsrpt`] },
      's1._domainkey.mail.recipient.example': { txt: [record] },
      's1._domainkey.mallory.example': { txt: [record] },
    });
    await begin([], { DNS_RESOLVER: `127.0.0.1:${dns.port}` });
    alice = await signInByRelay(running, relay, ALICE);
  });
  after(async () => {
    await end();
    await dns.close();
  });

  // So many a day from one reader are for another test.
  beforeEach(() => running.store.db.deleteFrom('counters').execute());

  async function shown(answer: string): Promise<{ readonly text: string; readonly status: unknown }> {
    const { text } = await alice.get(`/messages/${/^250 2\.0\.0 ([0-9a-z]{26})/.exec(answer)?.[1] ?? ''}`);
    assert.match(text, /harpsichord/);
    return { text, status: (await recipients({ running }, id))[0]?.['status'] };
  }

  const cases: readonly (readonly [string, (raw: string) => string])[] = [
    ['another key signed it', (raw) => dkimSigned(raw, { ...signing, privateKey: other })],
    ['another domain signed it', (raw) => dkimSigned(raw, { ...signing, domain: 'mallory.example' })],
    ['a host below their domain signed it', (raw) => dkimSigned(raw, { ...signing, domain: 'mail.recipient.example' })],
    ['it was changed on its way', (raw) => dkimSigned(raw, signing).replace('sell', 'keep')],
    ['a part of it is signed', (raw) => dkimSigned(raw, { ...signing, tags: 'l=4; ' })],
    ['its author is not signed', (raw) => dkimSigned(raw, { ...signing, fields: ['to', 'subject'] })],
    ['the key is for reports alone', (raw) => dkimSigned(raw, { ...signing, selector: 'reports' })],
    ['it leaves out its type', (raw) => dkimSigned(raw, { ...signing, fields: ['from', 'to', 'in-reply-to'] })],
    ['a second type was added', (raw) => added('Content-Type: text/plain; charset=us-ascii', dkimSigned(raw, signing))],
    [
      'it leaves out to whom it was written',
      (raw) => dkimSigned(raw, { ...signing, fields: ['from', 'content-type'] }),
    ],
    ['it was written to somebody else', (raw) => dkimSigned(toCarol(raw), signing)],
    [
      'somebody added our address and the notice to what was written to somebody else',
      (raw) =>
        added(
          `To: ${OWN}\r\nIn-Reply-To: ${noticeId()}`,
          dkimSigned(toCarol(withoutThread(raw)), { ...signing, fields: [...fields, 'in-reply-to'] }),
        ),
    ],
    [
      'it answers another mail of ours',
      (raw) =>
        added(
          `In-Reply-To: ${noticeId()}`,
          dkimSigned(added(`References: ${OTHER_NOTICE}`, toCarol(withoutThread(raw))), {
            ...signing,
            fields: ['from', 'references', 'content-type'],
          }),
        ),
    ],
    ['nobody knows the key', (raw) => dkimSigned(raw, { ...signing, selector: 'away' })],
    [
      'a header says that it was checked',
      (raw) => `Authentication-Results: mx.example.com; dkim=pass; dmarc=pass\r\n${raw}`,
    ],
  ];
  for (const [name, passed] of cases) {
    test(`not proved where ${name}: it is passed on with that said, and is nobody’s answer`, async () => {
      const { text, status } = await shown(await handBack({ passed }));
      assert.match(text, /It is not proved to be from .*bob@recipient\.example/);
      assert.doesNotMatch(text, /confirm that it is from/);
      assert.equal(status, 'notified');
    });
  }

  test('proved where their domain signed it: it is their answer, and says by whom that is vouched for', async () => {
    const { text, status } = await shown(await handBack({ passed: (raw) => dkimSigned(raw, signing) }));
    assert.match(text, /The mail servers of .*recipient\.example.* confirm that it is from .*bob@recipient\.example/);
    assert.match(text, /Bob Recipient/);
    assert.equal(status, 'replied');
  });

  const signedYes: readonly (readonly [string, (raw: string) => string])[] = [
    [
      'that it answers the notice, whomever else it names',
      (raw) => dkimSigned(toCarol(raw), { ...signing, fields: ['from', 'in-reply-to', 'content-type'] }),
    ],
    [
      'that a copy was for us',
      (raw) =>
        dkimSigned(added(`Cc: Sealpost <${OWN.toUpperCase()}>`, toCarol(raw)), {
          ...signing,
          fields: ['from', 'cc', 'content-type'],
        }),
    ],
    [
      'that it was for us, and it has no type',
      (raw) => dkimSigned(raw.replace(/^Content-Type: .*\r\n/m, ''), { ...signing, fields: ['from', 'to'] }),
    ],
  ];
  for (const [name, passed] of signedYes) {
    test(`proved where their domain signed ${name}`, async () => {
      assert.match((await shown(await handBack({ passed }))).text, /confirm that it is from/);
    });
  }
});

describe('what reaches nobody is refused, so that its author hears of it, and nothing is kept or sent:', () => {
  beforeEach(() => begin());

  const cases: readonly (readonly [string, Back])[] = [
    ['without a word of which notice it answers', { headers: ['X-No-Thread: 1'] }],
    ['with a notice’s id that never was', { headers: [`In-Reply-To: ${OTHER_NOTICE}`] }],
    ['from somebody else than the notice was for', { author: 'mallory@third.example', from: 'mallory@third.example' }],
  ];
  for (const [name, back] of cases) {
    test(name, async () => {
      try {
        const count = relay.mails.length;
        assert.match(await handBack(back), /^554 5\.7\.1 Nobody reads this mailbox, and your mail was not passed on/);
        assert.deepEqual([since(count).length, await messages()], [0, 1]);
      } finally {
        await end();
      }
    });
  }

  test('after the message was taken back', async () => {
    try {
      await (await makeClient(running)).sendJson(`/messages/${id}/revoke`, {});
      assert.match(await handBack(), /^554 5\.7\.1 /);
      assert.equal(await messages(), 1);
    } finally {
      await end();
    }
  });

  test('to anybody but us, from outside, with our address beside or not', async () => {
    try {
      for (const from of [BOB, '']) {
        for (const to of [[ALICE], [OWN, ALICE], ['carol@third.example'], ['secure+other@example.com']]) {
          const answer = await submit(running.smtpPort, { from, to, raw: `From: ${BOB}\r\n\r\nHello` });
          assert.match(answer, /^550 5\.7\.1 /, `${from} ${to.join(' ')}`);
        }
      }
      assert.equal(await messages(), 1);
    } finally {
      await end();
    }
  });
});

describe('what a program writes ends here, without an answer:', () => {
  before(() => begin());
  after(end);

  const cases: readonly (readonly [string, Back])[] = [
    ['a vacation note', { headers: ['Auto-Submitted: auto-replied (vacation)'] }],
    ['one of earlier days', { headers: ['Precedence: bulk'] }],
    ['a list', { headers: ['List-Id: <a.example>'] }],
    ['the null sender', { from: '' }],
    ['a server that names no author', { from: '', author: '' }],
    ['our own mail coming back', { headers: ['X-Sealpost-Loop: example.com'] }],
    ['our own address', { author: OWN, from: OWN }],
  ];
  for (const [name, back] of cases) {
    test(name, async () => {
      const count = relay.mails.length;
      assert.match(await handBack(back), /^250 2\.0\.0 [0-9a-z]{26}$/);
      assert.deepEqual([since(count).length, await messages()], [0, 1]);
      assert.equal((await recipients({ running }, id))[0]?.['status'], 'notified');
    });
  }
});

describe('a report of a mail server', () => {
  beforeEach(() => begin());

  const report = (action: string, status: string): Back => ({
    from: '',
    author: '',
    to: notice.from,
    headers: [
      'From: MAILER-DAEMON (Mail Delivery System)',
      'Auto-Submitted: auto-replied',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    ],
    body: [
      '--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.',
      '--b\r\nContent-Type: message/delivery-status\r\n',
      'Reporting-MTA: dns; mx.recipient.example\r\n',
      `Final-Recipient: rfc822; ${BOB}\r\nAction: ${action}\r\nStatus: ${status}`,
      `Diagnostic-Code: smtp; ${status[0]}50 ${status} <${BOB}>: no such user at harpsichord`,
      '--b--',
    ].join('\r\n'),
  });

  test('finds its recipient, and the sender hears of it once, in words', async () => {
    try {
      const count = relay.mails.length;
      assert.match(await handBack(report('failed', '5.1.1')), /^250 /);
      assert.match(await handBack(report('failed', '5.1.1')), /^250 /);
      const [row] = await recipients({ running }, id);
      assert.deepEqual([row?.['status'], row?.['failure']], ['bounced', 'RETURNED 550 5.1.1']);
      const told = since(count);
      assert.deepEqual(
        told.map(({ to }) => to),
        [ALICE],
      );
      assert.match(
        readable(told[0]?.raw ?? ''),
        /A mail server for recipient\.example sent it back\. Its answer: 550 5\.1\.1\./,
      );
      assert.doesNotMatch(readable(relay.seen()) + running.logged(), /harpsichord/);
    } finally {
      await end();
    }
  });

  test('changes nothing for somebody who has read it', async () => {
    try {
      const now = new Date(running.clock.nowMs()).toISOString();
      await running.store.db.updateTable('recipients').set({ opened_at: now }).execute();
      assert.match(await handBack(report('failed', '5.1.1')), /^250 /);
      assert.equal((await recipients({ running }, id))[0]?.['status'], 'opened');
    } finally {
      await end();
    }
  });

  for (const [name, back] of [
    ['that it goes on trying', () => report('delayed', '4.4.1')],
    ['that it was delivered', () => report('delivered', '2.0.0')],
    [
      'about a mail of nobody',
      () => ({ ...report('failed', '5.1.1'), to: 'secure+b-01kb0000000000000000000000@example.com' }),
    ],
    ['to our plain address', () => ({ ...report('failed', '5.1.1'), to: OWN })],
  ] as const) {
    test(`changes nothing when it says ${name}`, async () => {
      try {
        const count = relay.mails.length;
        assert.match(await handBack(back()), /^250 /);
        assert.equal((await recipients({ running }, id))[0]?.['status'], 'notified');
        assert.equal(since(count).length, 0);
      } finally {
        await end();
      }
    });
  }
});
