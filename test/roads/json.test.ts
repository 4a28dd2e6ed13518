// A message as JSON: what it may hold, how each fault is answered, and that it is the same message that a mail
// would have become.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { rawHttp } from '../support/raw-http.ts';
import { assertProblem, makeClient, makeKey } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { ALICE, BOB } from './mails.ts';
import { storedIn } from './stored.ts';

const BYTES_MAX = 256 * 1024;
const base64 = (bytes: number): string => Buffer.alloc(bytes, 'abc').toString('base64');
const file = (bytes: number, more: object = {}): object => ({ filename: 'a.bin', content: base64(bytes), ...more });
const least = { from: ALICE, to: [BOB] };

type Fault = readonly [what: string, body: unknown, status: number, code: string, detail?: RegExp];

const faults: readonly Fault[] = [
  ['an author outside the organisation', { ...least, from: 'mallory@elsewhere.example' }, 403, 'mail/author'],
  [
    'an author that only shows an address of the organisation',
    { ...least, from: `"${ALICE}" <m@elsewhere.example>` },
    403,
    'mail/author',
  ],
  ['two authors', { ...least, from: `${ALICE}, carol@example.com` }, 403, 'mail/author'],
  ['an author that is no address', { ...least, from: 'Alice' }, 403, 'mail/author'],
  ['no author', { to: [BOB] }, 422, 'request/malformed', /^from is missing/],
  ['a mail from our own address', { ...least, from: 'sealpost@example.com' }, 422, 'mail/loop'],
  ['no recipients', { from: ALICE }, 422, 'mail/recipients', /names no recipient/],
  ['a recipient that is no address', { ...least, to: ['bob'] }, 422, 'mail/recipients'],
  ['a line break in a recipient', { ...least, to: [`${BOB}\r\nBcc: eve@elsewhere.example`] }, 422, 'mail/recipients'],
  ['two addresses as one recipient', { ...least, to: [`${BOB},eve@elsewhere.example`] }, 422, 'mail/recipients'],
  [
    'more recipients than a message may have',
    { from: ALICE, to: many(251), cc: many(250, 'c') },
    422,
    'mail/recipients',
    /at most 500/,
  ],
  ['more than a list may hold', { from: ALICE, to: many(501) }, 422, 'request/malformed', /^to is too long/],
  [
    'an unknown protection',
    { ...least, protection: 'secret' },
    422,
    'policy/unknown-value',
    /^protection asks for something unknown/,
  ],
  ['an empty protection', { ...least, protection: '' }, 422, 'policy/unknown-value'],
  ['an unknown expiry', { ...least, expiresAt: '2027-02-31' }, 422, 'policy/unknown-value', /^expiresAt asks/],
  ['an unknown span', { ...least, expiresIn: 'a week' }, 422, 'policy/unknown-value', /^expiresIn asks/],
  ['an expiry that is over', { ...least, expiresAt: '1999-12-31' }, 422, 'policy/unknown-value', /in the future/],
  [
    'an expiry beyond EXPIRY_DAYS_MAX',
    { ...least, expiresIn: '731d' },
    422,
    'policy/unknown-value',
    /at most 730 days/,
  ],
  ['an unknown brand', { ...least, brand: 'nobody' }, 422, 'policy/unknown-value', /^brand asks/],
  ['an unknown delivery', { ...least, deliver: 'pigeon' }, 422, 'policy/unknown-value', /^deliver asks/],
  [
    'delivery by S/MIME',
    { ...least, deliver: 'smime' },
    422,
    'policy/refused',
    /^deliver: this server delivers by its portal only/,
  ],
  [
    'delivery by TLS',
    { ...least, deliver: 'tls' },
    422,
    'policy/refused',
    /^deliver: this server delivers by its portal only/,
  ],
  // A protection that cannot be applied refuses: the message must not go out without it.
  [
    'a short access phrase',
    { ...least, accessPhrase: 'sword' },
    422,
    'policy/unknown-value',
    /^accessPhrase asks .* 8 to/,
  ],
  ['an empty access phrase', { ...least, accessPhrase: '' }, 422, 'policy/unknown-value', /^accessPhrase asks/],
  [
    'an unknown sign-in',
    { ...least, signIn: 'retina' },
    422,
    'policy/unknown-value',
    /^signIn asks .* code, federated/,
  ],
  [
    'an unknown field',
    { ...least, protecton: 'do-not-forward' },
    422,
    'request/malformed',
    /has an unknown field protecton$/,
  ],
  [
    'an unknown field of a file',
    { ...least, attachments: [file(1, { name: 'x' })] },
    422,
    'request/malformed',
    /^attachments\.0 has an unknown field name$/,
  ],
  [
    'a field of another type',
    { ...least, subject: 7 },
    422,
    'request/malformed',
    /^subject is missing or of another type$/,
  ],
  [
    'a recipient for a list of them',
    { ...least, to: BOB },
    422,
    'request/malformed',
    /^to is missing or of another type$/,
  ],
  [
    'a file that is not base64',
    { ...least, attachments: [{ filename: 'a', content: 'not base64!' }] },
    422,
    'request/malformed',
    /^attachments\.0\.content/,
  ],
  ['a file without a name', { ...least, attachments: [{ filename: '', content: '' }] }, 422, 'request/malformed'],
  [
    'message.rpmsg',
    { ...least, attachments: [file(9), file(9, { filename: 'Message.RPMSG' })] },
    422,
    'mail/rights-protected',
  ],
  [
    'the content type of message.rpmsg',
    { ...least, attachments: [file(100_000), file(9, { contentType: 'Application/X-Microsoft-Rpmsg-Message; a=b' })] },
    422,
    'mail/rights-protected',
  ],
  [
    'files that are too large together',
    { ...least, attachments: [file(BYTES_MAX / 2), file(BYTES_MAX / 2 + 1)] },
    413,
    'mail/too-large',
    /MESSAGE_BYTES_MAX/,
  ],
  ['a body that is far too large', { ...least, subject: 'x'.repeat(3 * 1024 * 1024) }, 413, 'mail/too-large'],
  [
    'text and HTML that are too large together',
    { ...least, text: 'ä'.repeat(70_000), html: 'x'.repeat(BYTES_MAX - 140_000 + 1) },
    413,
    'mail/too-large',
  ],
  [
    'a line break in the name of a file',
    { ...least, attachments: [file(9, { filename: 'a.txt\r\nX: y' })] },
    422,
    'request/malformed',
    /^attachments\.0\.filename holds control characters$/,
  ],
  ...['text/html\r\nX: y', 'text', 'text/', 'text/html, text/plain', 'text/plain; a=ä'].map((contentType): Fault => [
    `the content type ${JSON.stringify(contentType)}`,
    { ...least, attachments: [file(9, { contentType })] },
    422,
    'request/malformed',
    /^attachments\.0\.contentType is no type\/subtype$/,
  ]),
  ...['subject', 'text', 'html'].map((field): Fault => [
    `half a character as ${field}`,
    { ...least, [field]: 'a\ud83db' },
    422,
    'request/malformed',
    new RegExp(`^${field} holds half a character$`),
  ]),
  [
    'half a character in the name of a file',
    { ...least, attachments: [file(9, { filename: '\udc00.txt' })] },
    422,
    'request/malformed',
  ],
  ['a list', [least], 422, 'request/malformed', /^The body has to be a JSON object$/],
  ['a word', 'hello', 422, 'request/malformed', /^The body has to be a JSON object$/],
];

describe('a message as JSON', () => {
  let running: Running;
  let api: ApiClient;

  before(async () => {
    running = await startProgram({ env: { MESSAGE_BYTES_MAX: String(BYTES_MAX) } });
    api = await makeClient(running);
    await good();
  });
  after(() => running.stop());

  const good = async (): Promise<void> => assert.equal((await api.sendJson('/messages', least)).status, 201);

  for (const [what, body, status, code, detail] of faults) {
    test(`with ${what} is refused, and nothing of it is kept`, async () => {
      const stored = await storedIn(running.dataDir);
      assertProblem(await api.sendJson('/messages', body), status, code, detail);
      assert.deepEqual(await storedIn(running.dataDir), stored);
      await good();
    });
  }

  for (const [what, headers, body] of [
    ['broken JSON', { 'content-type': 'application/json' }, '{"from":'],
    ['nothing', { 'content-type': 'application/json' }, ''],
  ] as const) {
    test(`as ${what} is refused with a problem`, async () => {
      assertProblem(await api.call('POST', '/messages', { headers, body }), 422, 'request/malformed');
    });
  }

  for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/mixed', 'nonsense']) {
    test(`as "${type}" is told what can be sent`, async () => {
      const answer = await api.call('POST', '/messages', {
        headers: { 'content-type': type },
        body: JSON.stringify(least),
      });
      assertProblem(answer, 422, 'request/malformed', /^Send application\/json, or a raw mail as message\/rfc822\.$/);
    });
  }

  test('takes no wishes from the query, where nobody would hear them', async () => {
    assertProblem(
      await api.sendJson('/messages?protection=do-not-forward', least),
      422,
      'request/malformed',
      /unknown field protection/,
    );
  });

  test('loses control characters from its text, as a mail does', async () => {
    const { json } = await api.sendJson('/messages', {
      ...least,
      to: ['gina@recipient.example'],
      text: 'one\u0000\u0007\r\ntwo',
    });
    const gina = await signInByLink(running, 'gina@recipient.example');
    const page = (await gina.get(`/messages/${String(json['id'])}`)).text;
    assert.match(page, /one\ntwo/);
  });

  test('reaches its readers with all it holds, and says how it is protected', async () => {
    const answer = await api.sendJson('/messages', {
      from: 'Alice Example <alice@example.com>',
      to: ['bob@recipient.example'],
      cc: ['Carol@Recipient.example'],
      bcc: ['dave@recipient.example', 'BOB@recipient.example'],
      subject: '[encrypt] The\r\nquarterly \u202efigures',
      text: 'As plain text.',
      html: '<p>As <b>HTML</b>.</p><script>alert(1)</script>',
      attachments: [
        {
          filename: '../../plan.pdf',
          contentType: 'application/pdf',
          content: Buffer.from('%PDF-1.4').toString('base64'),
        },
      ],
      protection: 'Encrypt-Only',
      expiresAt: new Date(running.clock.nowMs() + 60 * DAY_MS).toISOString(),
      expiresIn: '7d',
      brand: 'default',
      deliver: 'best',
    });
    assert.equal(answer.status, 201, answer.text);
    const { id, recipients, protection, expiresAt, subject } = answer.json;
    assert.equal(protection, 'encrypt-only');
    assert.equal(subject, 'The quarterly figures');
    const days = (Date.parse(String(expiresAt)) - running.clock.nowMs()) / DAY_MS;
    assert.equal(Math.round(days), 7);
    assert.deepEqual(
      Array.isArray(recipients) && recipients.map(({ address, delivery, status }) => [address, delivery, status]),
      ['bob@recipient.example', 'Carol@recipient.example', 'dave@recipient.example'].map((one) => [
        one,
        'portal',
        'queued',
      ]),
    );

    const dave = await signInByLink(running, 'dave@recipient.example');
    const page = (await dave.get(`/messages/${String(id)}`)).text;
    assert.match(page, /The quarterly figures/);
    assert.match(page, /plan\.pdf/);
    const body = (await dave.get(`/messages/${String(id)}/body`)).text;
    assert.match(body, /As <b>HTML<\/b>\./);
    assert.doesNotMatch(body, /script/);
    const taken = await dave.bytes(`/messages/${String(id)}/attachments/1`);
    assert.equal(taken.content.toString(), '%PDF-1.4');
  });

  test('of several protections the most restrictive holds', async () => {
    const answer = await api.sendJson('/messages', { ...least, subject: '[dnf] Hello', protection: 'encrypt-only' });
    assert.equal(answer.json['protection'], 'do-not-forward');
    assert.equal(answer.json['subject'], 'Hello');
  });
});

describe('a raw mail over the API', () => {
  let running: Running;
  let api: ApiClient;
  before(async () => {
    running = await startProgram();
    api = await makeClient(running);
  });
  after(() => running.stop());

  const mail = (...headers: string[]): string =>
    [`From: ${ALICE}`, `To: ${BOB}`, 'Subject: [secure] Hello', ...headers, '', 'Secret.', ''].join('\r\n');

  test('is protected by headers and tags as over SMTP', async () => {
    const raw = mail('X-Sealpost-Protection: do-not-forward', 'X-Sealpost-Expires: 36h', 'X-Sealpost-Brand: default');
    const { status, json } = await api.sendRaw({ from: ALICE, to: [BOB], raw });
    assert.equal(status, 201);
    assert.equal(json['protection'], 'do-not-forward');
    assert.equal(json['subject'], 'Hello');
    const leftMs = Date.parse(String(json['expiresAt'])) - Date.parse(String(json['createdAt']));
    assert.equal(Math.round(leftMs / HOUR_MS), 36);
    assert.deepEqual(json['reasons'], [
      'X-Sealpost-Protection: do-not-forward',
      'X-Sealpost-Expires: 36h',
      'X-Sealpost-Brand: default',
      'subject tag [secure]',
      'protection do-not-forward',
      `expiry ${String(json['expiresAt'])}`,
    ]);
  });

  test('goes to whom the query names, and to nobody its headers name', async () => {
    const query = `from=${ALICE}&to=eve@recipient.example,dave@recipient.example&to=frank@recipient.example`;
    const headers = { 'content-type': 'message/rfc822' };
    const { json } = await api.call('POST', `/messages?${query}`, { headers, body: mail() });
    const { recipients } = json;
    assert.ok(Array.isArray(recipients));
    assert.deepEqual(
      recipients.map(({ address }: { address: string }) => address.split('@')[0]),
      ['eve', 'dave', 'frank'],
    );
  });

  test('takes as many recipients as SMTP does', async () => {
    const everybody = Array.from({ length: 500 }, (_, n) => `to=somebody-with-a-long-name-${n}@recipient.example`);
    const headers = { 'content-type': 'message/rfc822' };
    const answer = await api.call('POST', `/messages?from=${ALICE}&${everybody.join('&')}`, { headers, body: mail() });
    assert.equal(answer.status, 201, answer.text);
    assert.ok(Array.isArray(answer.json['recipients']) && answer.json['recipients'].length === 500);
  });

  for (const [query, field] of [
    [`from=${ALICE}&to=${BOB}&protection=do-not-forward`, 'protection'],
    [`from=${ALICE}&to=${BOB}&cc=eve@recipient.example`, 'cc'],
  ]) {
    test(`takes no ${field} from the query, where nobody would hear it`, async () => {
      const stored = await storedIn(running.dataDir);
      const answer = await api.call('POST', `/messages?${query}`, {
        headers: { 'content-type': 'message/rfc822' },
        body: mail(),
      });
      assertProblem(answer, 422, 'request/malformed', new RegExp(`unknown field ${field}$`));
      assert.deepEqual(await storedIn(running.dataDir), stored);
    });
  }

  // A simple client writes all it has before it reads a word.
  test(
    'that is far too large is read to its end, and the next call on the same line is answered',
    { timeout: 20_000 },
    async () => {
      const { key } = await makeKey(running);
      const bytes = 2 * running.config.messageBytesMax;
      const head = ['Host: localhost', `Authorization: Bearer ${key}`];
      const { text } = await rawHttp(
        running.url,
        [
          `POST /api/v1/messages?from=${ALICE}&to=${BOB} HTTP/1.1`,
          ...head,
          'Content-Type: message/rfc822',
          `Content-Length: ${bytes}`,
          '\r\n',
        ].join('\r\n'),
        Buffer.alloc(bytes, 'a'),
        ['GET /api/v1/messages HTTP/1.1', ...head, 'Connection: close', '\r\n'].join('\r\n'),
      );
      assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 413', 'HTTP/1.1 200']);
    },
  );
});

function many(count: number, letter = 'r'): string[] {
  return Array.from({ length: count }, (_, n) => `${letter}${n}@recipient.example`);
}
