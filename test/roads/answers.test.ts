// Each row of the contract's answers, by each road in: SMTP, a raw mail over the API, and JSON. Whatever is
// refused leaves nothing behind, and the next good mail is taken in.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connectSmtp } from '../support/smtp-dialog-peer.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { ALICE, BOB, mailWith } from './mails.ts';
import { storedIn } from './stored.ts';

const MALLORY = 'mallory@elsewhere.example';
const BYTES_MAX = 256 * 1024;

interface Refusal {
  readonly what: string;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly raw: string | Buffer;
  /** How SMTP answers; absent where SMTP has no such mail. */
  readonly smtp?: RegExp;
  /** How a raw mail is answered over the API; absent where it is taken in. */
  readonly api?: readonly [status: number, code: string, detail?: RegExp];
}

const headerLine = (line: string): string => plainMail({ headers: [line] });
const unreadable = {
  smtp: /^554 5\.6\.0 This is not a mail that can be read$/,
  api: [422, 'mail/unreadable'],
} as const;
const stranger = {
  smtp: /^550 5\.7\.1 The author of this mail may not send from here$/,
  api: [403, 'mail/author'],
} as const;
const loop = { smtp: /^554 5\.4\.6 Mail loop: this mail has been here before$/, api: [422, 'mail/loop'] } as const;
/** Says of which header it was, and never what stood in it. */
const unknown = (said: string) =>
  ({
    smtp: new RegExp(`^554 5\\.6\\.0 ${said}$`),
    api: [422, 'policy/unknown-value', new RegExp(`^${said}$`)],
  }) as const;
const sealedAlready = {
  smtp: /^550 5\.6\.1 The mail is already rights-protected \(message\.rpmsg\)$/,
  api: [422, 'mail/rights-protected'],
} as const;

const refusals: readonly Refusal[] = [
  { what: 'an envelope sender outside the organisation', from: MALLORY, raw: plainMail({}), ...stranger },
  { what: 'an envelope sender in a subdomain', from: 'alice@sub.example.com', raw: plainMail({}), ...stranger },
  { what: 'the null sender', from: '', raw: plainMail({}), ...stranger },
  { what: 'a From outside the organisation', raw: plainMail({ from: `Alice <${MALLORY}>` }), ...stranger },
  {
    what: 'a From that only shows an address of the organisation',
    raw: plainMail({ from: `"${ALICE}" <${MALLORY}>` }),
    ...stranger,
  },
  { what: 'no From at all', raw: 'Subject: Hello\r\n\r\nWho am I?\r\n', ...unreadable },
  { what: 'two authors', raw: plainMail({ from: `${ALICE}, carol@example.com` }), ...unreadable },
  { what: 'two From lines', raw: headerLine(`From: ${ALICE}`), ...unreadable },
  { what: 'no header', raw: 'Good morning, this is no mail.\r\n', ...unreadable },
  { what: 'nothing', raw: '', ...unreadable },
  { what: 'a control character in the header', raw: headerLine('X-Odd: a\u0000b'), ...unreadable },
  {
    what: 'a multipart without its parts',
    raw: plainMail({}).replace('text/plain; charset=utf-8', 'multipart/mixed'),
    ...unreadable,
  },
  {
    what: 'a mail that is too large',
    raw: mailWith({ attachments: [{ filename: 'big.bin', content: Buffer.alloc(BYTES_MAX) }] }),
    smtp: /^552 5\.3\.4 The mail is larger than this server accepts$/,
    api: [413, 'mail/too-large', /MESSAGE_BYTES_MAX/],
  },
  {
    what: 'an attached message.rpmsg',
    raw: mailWith({ attachments: [{ filename: 'message.rpmsg', content: Buffer.from('x') }] }),
    ...sealedAlready,
  },
  {
    what: 'the content type of message.rpmsg behind a large file',
    raw: mailWith({
      attachments: [
        { filename: 'plan.pdf', content: Buffer.alloc(100_000), type: 'application/pdf' },
        { filename: 'a.bin', content: Buffer.from('x'), type: 'application/x-microsoft-rpmsg-message' },
      ],
    }),
    ...sealedAlready,
  },
  { what: 'the content class of message.rpmsg', raw: headerLine('Content-Class: rpmsg.message'), ...sealedAlready },
  {
    what: 'an unknown protection',
    raw: headerLine('X-Sealpost-Protection: secret'),
    ...unknown('X-Sealpost-Protection asks for something unknown; expected encrypt-only or do-not-forward\\.'),
  },
  {
    what: 'an unknown expiry',
    raw: headerLine('X-Sealpost-Expires: 2027-02-31'),
    ...unknown('X-Sealpost-Expires asks for something unknown; expected a time such as .*'),
  },
  {
    what: 'an expiry that is over',
    raw: headerLine('X-Sealpost-Expires: 1999-12-31'),
    ...unknown('X-Sealpost-Expires asks for something unknown; expected a time in the future\\.'),
  },
  {
    what: 'an expiry beyond EXPIRY_DAYS_MAX',
    raw: headerLine('X-Sealpost-Expires: 731d'),
    ...unknown('X-Sealpost-Expires asks for something unknown; expected at most 730 days\\.'),
  },
  {
    what: 'an unknown brand',
    raw: headerLine('X-Sealpost-Brand: nobody'),
    ...unknown('X-Sealpost-Brand asks for something unknown; expected the name of a brand that exists\\.'),
  },
  {
    what: 'an unknown delivery',
    raw: headerLine('X-Sealpost-Deliver: pigeon'),
    ...unknown('X-Sealpost-Deliver asks for something unknown; expected portal, smime, tls or best\\.'),
  },
  {
    what: 'a header for what only a field can carry',
    raw: headerLine('X-Sealpost-Access-Phrase: hunter2hunter2'),
    ...unknown('The header X-Sealpost-Access-Phrase is unknown; its name may be misspelt\\.'),
  },
  {
    what: 'a misspelt header of ours',
    raw: headerLine('X-Sealpost-Protetcion: do-not-forward'),
    ...unknown('The header X-Sealpost-Protetcion is unknown; its name may be misspelt\\.'),
  },
  {
    what: 'a header of ours that stands twice',
    raw: plainMail({ headers: ['X-Sealpost-Expires: 7d', 'X-Sealpost-Expires: 8d'] }),
    ...unreadable,
  },
  ...['smime', 'tls'].map((road) => ({
    what: `delivery by ${road}`,
    raw: headerLine(`X-Sealpost-Deliver: ${road}`),
    smtp: /^554 5\.7\.1 X-Sealpost-Deliver: this server delivers by its portal only\.$/,
    api: [422, 'policy/refused', /^X-Sealpost-Deliver: this server delivers by its portal only\.$/] as const,
  })),
  { what: 'our own mail coming back', raw: headerLine('X-Sealpost-Loop: example.com'), ...loop },
  {
    what: 'a mail from our own address',
    raw: plainMail({ from: 'Alice via Example <Sealpost@example.com>' }),
    ...loop,
  },
  {
    what: 'a mail that has passed 60 servers',
    raw: plainMail({ headers: Array<string>(60).fill('Received: by a.example') }),
    ...loop,
  },
  {
    what: 'no recipients',
    to: [],
    raw: plainMail({}),
    smtp: /^503 5\.5\.1 /,
    api: [422, 'request/malformed', /^to is missing/],
  },
  {
    what: 'an empty list of recipients',
    to: [''],
    raw: plainMail({}),
    smtp: /^501 /,
    api: [422, 'mail/recipients'],
  },
  {
    what: 'a recipient that is no address',
    to: [BOB, 'bob@localhost'],
    raw: plainMail({}),
    smtp: /^553 5\.1\.3 The recipient is not an address that mail can be sealed for$/,
    api: [422, 'mail/recipients'],
  },
  {
    what: 'more recipients than a message may have',
    to: Array.from({ length: 501 }, (_, n) => `r${n}@b.example`), // short, since they all stand in one URL
    raw: plainMail({}),
    smtp: /^452 /,
    api: [422, 'mail/recipients', /at most 500/],
  },
];

describe('what cannot be taken in', () => {
  let running: Running;
  let api: ApiClient;
  const good = async (): Promise<void> => {
    const reply = await submit(running.smtpPort, { from: ALICE, to: [BOB], raw: plainMail({}) });
    assert.match(reply, /^250 2\.0\.0 [0-9a-z]{26}$/);
  };

  before(async () => {
    running = await startProgram({ env: { MESSAGE_BYTES_MAX: String(BYTES_MAX) } });
    api = await makeClient(running);
    await good();
  });
  after(() => running.stop());

  for (const { what, from = ALICE, to = [BOB], raw, smtp, api: expected } of refusals) {
    if (smtp !== undefined) {
      test(`${what} is refused by SMTP, and nothing of it is kept`, async () => {
        const stored = await storedIn(running.dataDir);
        assert.match(await submit(running.smtpPort, { from, to, raw }), smtp);
        assert.deepEqual(await storedIn(running.dataDir), stored);
        await good();
      });
    }
    if (expected !== undefined) {
      test(`${what} is refused by the API, and nothing of it is kept`, async () => {
        const stored = await storedIn(running.dataDir);
        assertProblem(await api.sendRaw({ from, to, raw }), ...expected);
        assert.deepEqual(await storedIn(running.dataDir), stored);
        await good();
      });
    }
  }

  test('a refusal does not end the SMTP session: the next mail on the same line is taken in', async () => {
    const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
    await peer.reply();
    await peer.command('EHLO test.example');
    const send = async (raw: string): Promise<string> => {
      for (const line of [`MAIL FROM:<${ALICE}>`, `RCPT TO:<${BOB}>`, 'DATA']) await peer.command(line);
      return peer.command(`${raw}.`);
    };
    assert.match(await send(headerLine('X-Sealpost-Protection: secret')), /^554 5\.6\.0 /);
    assert.match(await send(plainMail({})), /^250 2\.0\.0 /);
    peer.destroy();
  });

  test('a size that is announced and too large is refused before a byte is sent', async () => {
    const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
    await peer.reply();
    await peer.command('EHLO test.example');
    assert.match(await peer.command(`MAIL FROM:<${ALICE}> SIZE=${BYTES_MAX + 1}`), /^552 5\.3\.4 /);
    assert.match(await peer.command(`MAIL FROM:<${ALICE}> SIZE=${BYTES_MAX}`), /^250 /);
    peer.destroy();
  });

  for (const [what, bytes] of [
    ['a bare LF', 'text\nmore\r\n.\r\n'],
    ['a bare CR', 'text\rmore\r\n.\r\n'],
    ['a dot between bare LFs', `text\n.\nMAIL FROM:<${ALICE}>\r\n.\r\n`],
  ] as const) {
    test(`${what} ends the SMTP session, and nothing of the mail is kept`, async () => {
      const stored = await storedIn(running.dataDir);
      const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
      await peer.reply();
      for (const line of ['EHLO test.example', `MAIL FROM:<${ALICE}>`, `RCPT TO:<${BOB}>`, 'DATA'])
        await peer.command(line);
      await peer.write(`${plainMail({})}${bytes}`);
      const [first] = await peer.closed();
      assert.match(first ?? '', /^521 5\.5\.2 /);
      assert.deepEqual(await storedIn(running.dataDir), stored);
      await good();
    });
  }

  test('a mail with bare LFs is a mail over HTTP, where no line end ends it', async () => {
    const answer = await api.sendRaw({
      from: ALICE,
      to: [BOB],
      raw: plainMail({ subject: 'By lines' }).replaceAll('\r\n', '\n'),
    });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json['subject'], 'By lines');
  });

  test('a mail that is cut off is nothing', async () => {
    const stored = await storedIn(running.dataDir);
    const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
    await peer.reply();
    for (const line of ['EHLO test.example', `MAIL FROM:<${ALICE}>`, `RCPT TO:<${BOB}>`, 'DATA'])
      await peer.command(line);
    await peer.write(plainMail({}));
    peer.destroy();
    await good();
    const kept = await storedIn(running.dataDir);
    assert.equal(kept.rows['messages'], (stored.rows['messages'] ?? 0) + 1);
    assert.deepEqual(kept.files, stored.files);
  });
});

describe('automatic mail', () => {
  let running: Running;
  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  const automatic = (headers: readonly string[]): Promise<string> =>
    submit(running.smtpPort, { from: ALICE, to: [BOB], raw: plainMail({ headers }) });

  test('twenty automatic answers between the same people are a few', async () => {
    const replies: string[] = [];
    for (let n = 0; n < 20; n += 1) replies.push(await automatic(['Auto-Submitted: auto-replied']));
    assert.equal(replies.filter((reply) => reply.startsWith('250 ')).length, 4);
    assert.ok(replies.slice(4).every((reply) => reply.startsWith('554 5.4.6 ')));
    assert.equal((await storedIn(running.dataDir)).rows['messages'], 4);
  });

  test('a refused one is no message, in no table and no file', async () => {
    const stored = await storedIn(running.dataDir);
    assert.match(await automatic(['Auto-Submitted: auto-generated']), /^554 5\.4\.6 /);
    assert.deepEqual(await storedIn(running.dataDir), stored);
  });

  test('people write to each other meanwhile', async () => {
    assert.match(await automatic([]), /^250 /);
    assert.match(await automatic(['Auto-Submitted: no']), /^250 /);
    assert.match(await automatic(['Auto-Submitted: No (written by hand)']), /^250 /);
  });

  test('to other people it goes on, and to the same ones after a day', async () => {
    const raw = plainMail({ headers: ['Auto-Submitted: auto-replied'] });
    assert.match(await submit(running.smtpPort, { from: ALICE, to: ['carol@recipient.example'], raw }), /^250 /);
    assert.match(
      await submit(running.smtpPort, { from: ALICE, to: [BOB.toUpperCase()], raw: `${raw}\r\n` }),
      /^554 5\.4\.6 /,
    );
    running.clock.forward(24 * 60 * 60 * 1000 + 1);
    assert.match(await automatic(['Auto-Submitted: auto-replied']), /^250 /);
  });

  test('one that was taken in and comes again is known, however many there were since', async () => {
    running.clock.forward(24 * 60 * 60 * 1000 + 1);
    const raw = plainMail({ headers: ['Auto-Submitted: auto-replied'], messageId: '<first@example.com>' });
    const first = await submit(running.smtpPort, { from: ALICE, to: [BOB], raw });
    for (let n = 0; n < 6; n += 1) await automatic(['Auto-Submitted: auto-replied']);
    assert.equal(await submit(running.smtpPort, { from: ALICE, to: [BOB], raw }), first);
  });
});
