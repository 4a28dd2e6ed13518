// A message as JSON while it arrives: its files are sealed before the rest of it is known, and whatever is then wrong
// with it leaves nothing behind.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { ApiClient, assertProblem, makeClient, makeKey } from './api-client.ts';
import type { ApiAnswer } from './api-client.ts';
import { ALICE, BOB } from './mails.ts';
import { storedIn } from './stored.ts';

const BYTES_MAX = 1024 * 1024;
// Large enough for a blob of its own, so that something lies in the store when the fault comes.
const content = Buffer.alloc(200_000, 'The secret bytes. ');
const large = content.toString('base64');
const rest = `"filename":"a.bin"}],"from":"${ALICE}","to":["${BOB}"]`;
const begin = `{"attachments":[{"content":"${large}",`;

type Fault = readonly [what: string, body: string | Buffer, detail: RegExp];

const NO_JSON = /^The body could not be read as JSON\.$/;
const file = (json: string): string => `${begin}${rest.replace('}]', `},{"filename":"b",${json}}]`)}}`;
const NO_BASE64 = /^attachments\.1\.content is not of the form it should have$/;

const faults: readonly Fault[] = [
  ['that ends too early', begin, NO_JSON],
  ['that ends within a file', begin.slice(0, 150_000), NO_JSON],
  ['that goes on after its end', `${begin}${rest}} {}`, NO_JSON],
  ['with a comma too many', `${begin}${rest},}`, NO_JSON],
  ['with a field without its colon', `{"attachments":[{"content" "${large}",${rest}}`, NO_JSON],
  ['with bytes that are no UTF-8', Buffer.from(`${begin}${rest},"subject":"\xff"}`, 'latin1'), NO_JSON],
  ['with a line end within a string', `${begin}${rest},"subject":"a\nb"}`, NO_JSON],
  ['nested without end', `${begin}${rest},"subject":${'['.repeat(200_000)}`, NO_JSON],
  ['with a number beyond all numbers', `${begin}${rest},"subject":1e999}`, /^subject is missing or of another type$/],
  ['with an unknown field', `${begin}${rest},"protecton":"x"}`, /has an unknown field protecton$/],
  ['with the prototype for a field', `${begin}${rest},"__proto__":{"subject":"x"}}`, /has an unknown field __proto__$/],
  ['that says twice whom it is for', `${begin}${rest},"to":[]}`, /^The call has the field to twice$/],
  ['with the bytes of one file twice', file('"content":"AAAA","c\\u006fntent":""'), /the field content twice$/],
  ['with two lists of files', `${begin}${rest},"attachments":[]}`, /the field attachments twice$/],
  ['with fields without end', file(many(200_000, (n) => `"f${n}":1`)), /too many fields$/],
  [
    'with files without end',
    `{"attachments":[${many(501, () => '{"filename":"a","content":""}')}]}`,
    /^attachments is/,
  ],
  ['with a file without bytes', file('"contentType":"text/plain"'), /^attachments\.1\.content is missing/],
  ['with a number for bytes', file('"content":7'), /^attachments\.1\.content is missing or of another type$/],
  ...[
    'AAA',
    'AAAAA',
    'A===',
    '====',
    'AA==AAAA',
    'AAAA=',
    'AA AA',
    'AAAA\\n',
    'AA-_',
    'AAAA"',
    'AAA\\u00c1',
    'AAA\\',
    'AAA\\u00',
    'AAAÁ',
  ].map((text): Fault => [`with the base64 ${text}`, file(`"content":"${text}"`), NO_BASE64]),
];

describe('a message as JSON that arrives piece by piece', () => {
  let running: Running;
  let key: string;
  let api: ApiClient;
  before(async () => {
    running = await startProgram({ env: { MESSAGE_BYTES_MAX: String(BYTES_MAX) } });
    ({ key } = await makeKey(running));
    api = new ApiClient(running.url, key);
  });
  after(() => running.stop());

  const send = (body: string | Buffer, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
    api.call('POST', '/messages', { headers: { 'content-type': 'application/json', ...headers }, body });

  test('may name its files after their bytes, and its author last', async () => {
    const answer = await send(`${begin}${rest}}`);
    assert.equal(answer.status, 201, answer.text);
    const bob = await signInByLink(running, BOB);
    const taken = await bob.bytes(`/messages/${String(answer.json['id'])}/attachments/1`);
    assert.ok(taken.content.equals(content));
    assert.match(taken.headers.get('content-disposition') ?? '', /a\.bin/);
  });

  for (const [what, body, detail] of faults) {
    test(`${what} is refused, and nothing of it is kept`, async () => {
      const stored = await storedIn(running.dataDir);
      assertProblem(await send(body), 422, 'request/malformed', detail);
      assert.deepEqual(await storedIn(running.dataDir), stored);
    });
  }

  test('of an author the key is not bound to is refused, and nothing of it is kept', async () => {
    const stored = await storedIn(running.dataDir);
    const bound = await makeClient(running, { senders: ['carol@example.com'] });
    const keys = await storedIn(running.dataDir);
    const answer = await bound.call('POST', '/messages', {
      headers: { 'content-type': 'application/json' },
      body: `${begin}${rest}}`,
    });
    assertProblem(answer, 403, 'request/forbidden');
    assert.deepEqual(await storedIn(running.dataDir), keys);
    assert.deepEqual(keys.files, stored.files);
  });

  test('in another coding is refused before it is read', async () => {
    const stored = await storedIn(running.dataDir);
    const answer = await send(`${begin}${rest}}`, { 'content-encoding': 'gzip' });
    assertProblem(answer, 422, 'request/malformed', /without a Content-Encoding/);
    assert.deepEqual(await storedIn(running.dataDir), stored);
  });

  test('is answered 413 as soon as its files are too large, and while it is still being sent', async () => {
    const stored = await storedIn(running.dataDir);
    const { call, answer } = beginCall();
    call.write('{"attachments":[{"content":"');
    call.write('A'.repeat(Math.ceil((BYTES_MAX * 4) / 3) + 64));
    assert.equal((await answer).statusCode, 413);
    call.destroy();
    assert.deepEqual(await storedIn(running.dataDir), stored);
  });

  test('lies sealed in the store while it arrives, and is gone when the caller hangs up', async () => {
    const stored = await storedIn(running.dataDir);
    const { call, answer } = beginCall();
    answer.catch(() => undefined);
    call.write(begin.slice(0, 200_000));
    await until(async () => (await storedIn(running.dataDir)).files.length > stored.files.length);
    call.destroy();
    await until(async () => (await storedIn(running.dataDir)).files.length === stored.files.length);
    assert.deepEqual(await storedIn(running.dataDir), stored);
  });

  function beginCall(): { call: ClientRequest; answer: Promise<IncomingMessage> } {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const call = request(`${running.url}/api/v1/messages`, { method: 'POST', headers });
    const answer = once(call, 'response').then(([response]: IncomingMessage[]) => {
      if (response === undefined) throw new Error('no response');
      return response.resume();
    });
    return { call, answer };
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(5);
}

function many(count: number, one: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => one(n)).join(',');
}
