// Forms with files that are cut off, too large, lying or hostile. Whatever comes, the program answers or hangs
// up, goes on serving others, and nothing of it is left.

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Visitor } from '../support/browser.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { bodyOf, multipartType } from '../support/multipart.ts';
import type { Part } from '../support/multipart.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { rawHttp } from '../support/raw-http.ts';
import type { RawAnswer } from '../support/raw-http.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows, gained } from '../support/tables.ts';
import type { Contents } from '../support/tables.ts';

const BOB = 'bob@recipient.example';
const BYTES_MAX = 1024 * 1024;

describe('a form with files', () => {
  let running: Running;
  let visitor: Visitor;
  let id: string;
  let csrf: string;
  let before_: Contents;
  let filesBefore: readonly string[];

  before(async () => {
    running = await startProgram({ env: { MESSAGE_BYTES_MAX: String(BYTES_MAX) } });
    id =
      (await submit(running.smtpPort, { from: 'alice@example.com', to: [BOB], raw: plainMail({}) })).split(' ')[2] ??
      '';
    visitor = await signInByAddress(running, BOB);
    csrf = await visitor.csrf(`/messages/${id}`);
  });
  after(() => running.stop());
  beforeEach(async () => {
    before_ = await allRows(running);
    filesBefore = await dataFiles();
  });

  test('that is whole is taken, its names as they were written', async () => {
    const answer = await send([
      token(),
      { name: 'text', content: 'Grüße' },
      { name: 'files', filename: 'Größe – 計画.pdf', type: 'application/pdf', content: '%PDF' },
      { name: 'files', filename: '../../etc/passwd', content: 'x' },
      { name: 'files', filename: 'C:\\Users\\bob\\plan.txt', content: 'y' },
      { name: 'files', filename: '', content: '' },
    ]);
    assert.equal(answer.status, 303, answer.text);
    const page = (await visitor.get(`/messages/${id}`)).text;
    assert.match(page, /Grüße/);
    assert.match(page, /Größe – 計画\.pdf/);
    assert.match(page, /passwd/);
    assert.doesNotMatch(page, /etc\/|Users/);
    assert.match(page, /plan\.txt/);
    // Accepted and replied; the page was looked at a moment before, so that is no new reading.
    assert.deepEqual(await added(), { messages: 1, recipients: 1, parts: 4, outbox: 1, audit: 2 });
  });

  test('whose files are too many, or too large, is told the limit', async () => {
    const many = Array.from({ length: 51 }, (_, n): Part => ({ name: 'files', filename: `${n}.txt`, content: 'x' }));
    await refusedWith(422, /At most 50 files can be sent at once/, [token(), ...many]);
    const half = Buffer.alloc(BYTES_MAX / 2 + 1, 'x');
    await refusedWith(413, /at most 1 MB in all/, [token(), file(half), file(half)]);
    await refusedWith(413, /at most 1 MB in all/, [token(), file(Buffer.alloc(BYTES_MAX + 1, 'x'))]);
    await refusedWith(413, /a text of at most 195 kB/, [token(), { name: 'text', content: 'x'.repeat(200_001) }]);
    const texts = Array.from({ length: 3 }, (_, n): Part => ({ name: `text${n}`, content: 'x'.repeat(70_000) }));
    await refusedWith(413, /a text of at most 195 kB/, [token(), ...texts]);
    const fields = Array.from({ length: 60 }, (_, n): Part => ({ name: `field${n}`, content: 'x' }));
    await refusedWith(422, /could not be read to its end/, [token(), ...fields]);
  });

  test('that says beforehand that it is too large is read up to its first file, and its text shown again', async () => {
    const begun = bodyOf([token(), { name: 'text', content: 'Typed with care' }, file('x')]).subarray(0, -20);
    const answer = await rawHttp(running.url, head({ 'Content-Length': '99999999', Connection: 'close' }), begun);
    assert.equal(answer.status, 413);
    assert.match(answer.text, /Typed with care/);
    await nothingIsLeft();
  });

  test('that never says how large it is is still cut off at the limit', async () => {
    const body = bodyOf([token(), file(Buffer.alloc(BYTES_MAX * 2, 'x'))]);
    const chunked = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
    const answer = await rawHttp(running.url, head({ 'Transfer-Encoding': 'chunked', Connection: 'close' }), chunked);
    assert.equal(answer.status, 413);
    await nothingIsLeft();
  });

  test('without its token before the first file has no file read', async () => {
    await refusedWith(403, /was not sent from our page/, [file('x')]);
    await refusedWith(403, /was not sent from our page/, [file(Buffer.alloc(BYTES_MAX / 2, 'x')), token()]);
    await refusedWith(403, /was not sent from our page/, [{ name: 'csrf', content: 'A'.repeat(43) }, file('x')]);
    await refusedWith(403, /was not sent from our page/, [
      { name: 'csrf', filename: 'csrf', content: csrf },
      file('x'),
    ]);
    await refusedWith(403, /was not sent from our page/, [{ name: 'text', content: 'Hello' }]);
    await refusedWith(403, /was not sent from our page/, []);
  });

  test('that ends too early is told so', async () => {
    const whole = bodyOf([token(), { name: 'text', content: 'Hello' }, file(Buffer.alloc(100_000, 'x')), file('y')]);
    for (const bytes of [0, 1, 20, 150, 200, 400, 50_000, whole.length - 200, whole.length - 30, whole.length - 4]) {
      const body = whole.subarray(0, bytes);
      const answer = await rawHttp(
        running.url,
        head({ 'Content-Length': String(body.length), Connection: 'close' }),
        body,
      );
      assert.ok([403, 422].includes(answer.status), `${bytes} bytes: ${answer.status}`);
    }
    await nothingIsLeft();
  });

  test('whose sender hangs up leaves nothing, wherever it was', async () => {
    const whole = bodyOf([token(), file(Buffer.alloc(900_000, 'x')), file('y')]);
    for (const bytes of [10, 300, 70_000, 200_000, 899_000]) {
      for (const way of ['reset', 'end'] as const) {
        const socket = connect(running.config.http.port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(head({ 'Content-Length': String(whole.length) }));
        await new Promise((resolve) => socket.write(whole.subarray(0, bytes), resolve));
        await sleep(20);
        if (way === 'reset') socket.resetAndDestroy();
        else socket.end();
      }
    }
    await quiet();
    await nothingIsLeft();
  });

  test('that is no such form, or has lost its boundary, is told so', async () => {
    for (const type of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'multipart/form-data; boundary=other',
      'multipart/mixed; boundary=x',
      'application/octet-stream',
      'text/plain',
      '',
    ]) {
      const body = bodyOf([token(), file('x')]);
      const headers = { 'Content-Type': type, 'Content-Length': String(body.length), Connection: 'close' };
      const answer = await rawHttp(running.url, head(headers), body);
      assert.ok([403, 422].includes(answer.status), `${type}: ${answer.status}`);
    }
    await nothingIsLeft();
  });

  test('with field names of the language’s own insides is a form like any other', async () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      '__proto__[isAdmin]',
      '',
      'text\u0000',
      'a'.repeat(10_000),
    ];
    const answer = await send([
      token(),
      ...names.map((name): Part => ({ name, content: 'polluted' })),
      { name: 'text', content: 'Fine' },
    ]);
    assert.equal(answer.status, 303, answer.text);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.equal(Object.hasOwn(Object.prototype, 'isAdmin'), false);
  });

  test('with broken parts is passed over or refused, and never a failure of ours', async () => {
    const broken: readonly Part[] = [
      { head: '', content: 'no headers' },
      { head: 'Content-Disposition: form-data', content: 'no name' },
      { head: 'Content-Disposition: attachment; name=text', content: 'no form' },
      { head: 'Content-Disposition: form-data; name="files"; filename="a\r\nb"', content: 'folded' },
      { head: 'Content-Disposition: form-data; name="files"; filename*=utf-8\'\'%ff%fe%00', content: 'broken name' },
      { head: 'Content-Disposition: form-data; name="files"; filename="x"\r\nContent-Type: ', content: 'no type' },
      {
        head: 'Content-Disposition: form-data; name="files"; filename="x"\r\nContent-Type: a/b; charset="\u0001"',
        content: 'odd type',
      },
      { head: `Content-Disposition: form-data; name="files"; filename="${'x'.repeat(5_000)}"`, content: 'long name' },
      {
        head: 'Content-Disposition: form-data; name="text"\r\nContent-Type: text/plain; charset=utf-16le',
        content: 'odd charset',
      },
      { head: 'Content-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64', content: '!!!' },
      { head: `Content-Disposition: form-data; name="text"${'\r\nX-More: y'.repeat(3_000)}`, content: 'many headers' },
    ];
    for (const part of broken) {
      const answer = await send([token(), part, { name: 'text', content: 'Fine' }]);
      assert.ok([303, 422].includes(answer.status), `${part.head}: ${answer.status}`);
      assert.doesNotMatch(answer.text, / at .*\.ts:\d+/);
    }
  });

  test('with broken ones among them goes on for the others at the same time', async () => {
    const good = Array.from({ length: 4 }, () =>
      send([token(), { name: 'text', content: 'Good' }, file(Buffer.alloc(200_000, 'g'))]),
    );
    const bad = Array.from({ length: 4 }, () => send([token(), file(Buffer.alloc(BYTES_MAX + 1, 'b'))]));
    assert.deepEqual(
      (await Promise.all(good)).map(({ status }) => status),
      [303, 303, 303, 303],
    );
    assert.deepEqual(
      (await Promise.all(bad)).map(({ status }) => status),
      [413, 413, 413, 413],
    );
    assert.deepEqual(await added(), { messages: 4, recipients: 4, parts: 8, outbox: 4, audit: 8 });
    assert.equal((await dataFiles()).length - filesBefore.length, 4, 'one blob for each that was taken');
  });

  test('of a brand are held to one logo', async () => {
    const admin = await signInByAddress(running, 'admin@example.com');
    const own = await admin.csrf('/admin/brands/default');
    const rows = await allRows(running);
    const form = new FormData();
    form.append('csrf', own);
    for (const name of ['a.png', 'b.png']) form.append('logo', new Blob(['x']), name);
    const answer = await admin.send('POST', '/admin/brands/default', form);
    assert.equal(answer.status, 422);
    assert.deepEqual(gained(rows, await allRows(running)), {});
  });

  function token(): Part {
    return { name: 'csrf', content: csrf };
  }

  function file(content: string | Buffer): Part {
    return { name: 'files', filename: 'file.bin', type: 'application/octet-stream', content };
  }

  async function refusedWith(status: number, words: RegExp, parts: readonly Part[]): Promise<void> {
    const answer = await send(parts);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, words);
    await nothingIsLeft();
  }

  function send(parts: readonly Part[]): Promise<RawAnswer> {
    const body = bodyOf(parts);
    return rawHttp(running.url, head({ 'Content-Length': String(body.length), Connection: 'close' }), body);
  }

  function head(headers: Record<string, string>): string {
    const cookies = ['sealpost', 'sealpost-browser'].map((name) => `${name}=${visitor.cookie(name)}`).join('; ');
    const all = {
      Host: 'localhost',
      Cookie: cookies,
      'Content-Type': multipartType,
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `POST /messages/${id}/reply HTTP/1.1\r\n${lines.join('')}\r\n`;
  }

  async function added(): Promise<Record<string, number>> {
    return gained(before_, await allRows(running));
  }

  async function nothingIsLeft(): Promise<void> {
    assert.deepEqual(gained(before_, { ...(await allRows(running)), sessions: before_.sessions }), {});
    assert.deepEqual(await dataFiles(), filesBefore);
    assert.equal((await visitor.get('/messages')).status, 200);
    assert.doesNotMatch(running.logged(), /"event":"request\.failed"/);
  }

  // Sealed parts, staged or kept; not the database's own files.
  async function dataFiles(): Promise<string[]> {
    const entries = await readdir(running.dataDir, { recursive: true, withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
    return names.filter((name) => !/\.db(-\w+)?$/.test(name)).toSorted();
  }

  /** Waits until no connection is open: the server has noticed that they are gone. */
  async function quiet(): Promise<void> {
    for (let n = 0; n < 200; n += 1) {
      if ((await dataFiles()).length === filesBefore.length) return;
      await sleep(25);
    }
  }
});
