// Taking files out of a message: their names, their types, their bytes, and the end of a download whose right ends.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import type { TestPart } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

describe('the files of a message', () => {
  let running: Running;
  let bob: Visitor;

  before(async () => {
    running = await startProgram();
    await send(running, { text: 'Hello.' });
    bob = await signInByLink(running, 'bob@recipient.example');
  });
  after(() => running.stop());

  async function disposition(part: TestPart): Promise<string> {
    const id = await send(running, { text: 'See the file.', parts: [part] });
    const answer = await bob.get(`/messages/${id}/attachments/1`);
    assert.equal(answer.status, 200);
    return answer.headers.get('content-disposition') ?? '';
  }
  const named = (name: string): Promise<string> =>
    disposition({
      content: 'x',
      headers: [
        'Content-Type: text/plain',
        `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}`,
      ],
    });

  test('a name is a name: no folders, no line ends, nothing that turns the direction', async () => {
    assert.equal(await named('../../etc/passwd'), 'attachment; filename=passwd');
    assert.equal(await named('C:\\Windows\\system.ini'), 'attachment; filename=system.ini');
    assert.equal(await named('a\r\nSet-Cookie: sealpost=x.txt'), 'attachment; filename="aSet-Cookie: sealpost=x.txt"');
    assert.equal(await named('invoice\u202Etxt.exe'), 'attachment; filename=invoicetxt.exe');
    assert.equal(await named('say "hi".txt'), 'attachment; filename="say \\"hi\\".txt"');
    assert.equal(await named('..'), 'attachment; filename=attachment-1.txt');
  });

  test('a name in any script arrives whole, one without end is cut before its ending', async () => {
    const accents = await named('Übersicht – Ŝumo.pdf');
    assert.ok(accents.endsWith(`; filename*=UTF-8''${encodeURIComponent('Übersicht – Ŝumo.pdf')}`), accents);
    const long = await named(`${'a'.repeat(4_000)}.pdf`);
    assert.equal(long, `attachment; filename=${'a'.repeat(251)}.pdf`);
  });

  test('what a browser could run is plain bytes to it, whatever it is called', async () => {
    const script = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const [type, name] of [
      ['image/svg+xml', 'x.svg'],
      ['text/html', 'x.html'],
      ['application/xhtml+xml', 'x.xhtml'],
      ['text/xml', 'x.xml'],
      ['application/javascript', 'x.js'],
      ['text/html', 'x.pdf'],
    ] as const) {
      const id = await send(running, { text: 'See the file.', parts: [{ content: script, type, name }] });
      const answer = await bob.get(`/messages/${id}/attachments/1`);
      assert.equal(answer.headers.get('content-type'), 'application/octet-stream', `${type} ${name}`);
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment;/);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; sandbox");
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.text, script);
    }
  });

  test('markup in a name is text on the page', async () => {
    const id = await send(running, {
      text: 'See the file.',
      parts: [{ content: 'x', name: '<img src=x onerror=alert(1)>.txt' }],
    });
    const page = await bob.get(`/messages/${id}`);
    assert.doesNotMatch(page.text, /<img src=x/);
    assert.match(page.text, /&lt;img src/);
  });

  test('the length is said beforehand, and asking for the head alone takes and records nothing', async () => {
    const content = randomBytes(300_000);
    const id = await send(running, {
      text: 'See the file.',
      parts: [
        { content, name: 'data.bin' },
        { content: '', name: 'empty.txt' },
      ],
    });
    const head = await bob.send('HEAD', `/messages/${id}/attachments/1`);
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-length'), '300000');
    assert.equal(head.text, '');
    assert.equal((await bob.send('HEAD', `/messages/${id}`)).status, 200);
    assert.equal((await bob.send('HEAD', `/messages/${id}/body`)).status, 404);
    const reader = await running.store.db
      .selectFrom('recipients')
      .select('opened_at')
      .where('message_id', '=', id)
      .executeTakeFirstOrThrow();
    assert.equal(reader.opened_at, null);

    const whole = await bob.bytes(`/messages/${id}/attachments/1`);
    assert.equal(whole.headers.get('content-length'), '300000');
    assert.ok(whole.content.equals(content));
    const opened = await running.store.db
      .selectFrom('recipients')
      .select('opened_at')
      .where('message_id', '=', id)
      .executeTakeFirstOrThrow();
    assert.notEqual(opened.opened_at, null);
    assert.equal((await bob.bytes(`/messages/${id}/attachments/2`)).content.length, 0);
  });

  test('a number that names no file names nothing', async () => {
    const id = await send(running, { text: 'See the file.', parts: [{ content: 'x', name: 'x.txt' }] });
    for (const n of ['0', '2', '01', '1.0', '-1', '1e0', 'x', '%31%20']) {
      assert.equal((await bob.get(`/messages/${id}/attachments/${n}`)).status, 404, n);
    }
  });

  test('bytes changed in the store are an error page and an alert, and never handed out', async () => {
    const id = await send(running, { text: 'See the file.', parts: [{ content: 'The true bytes.', name: 'x.txt' }] });
    const row = await running.store.db
      .selectFrom('parts')
      .selectAll()
      .where('message_id', '=', id)
      .where('n', '=', 1)
      .executeTakeFirstOrThrow();
    const changed = Buffer.from(row.inline_bytes ?? []);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    await running.store.db
      .updateTable('parts')
      .set({ inline_bytes: changed })
      .where('message_id', '=', id)
      .where('n', '=', 1)
      .execute();
    const answer = await bob.get(`/messages/${id}/attachments/1`);
    assert.equal(answer.status, 500);
    assert.match(answer.text, /Something went wrong on our side/);
    assert.equal(answer.headers.get('content-disposition'), null);
    assert.match(running.logged(), /SealBroken/);
  });
});

describe('a download under way', () => {
  let running: Running;
  let bob: Visitor;
  const content = randomBytes(30 * 1024 * 1024);

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  /** Takes the first bytes and then stops reading. */
  function begin(path: string): Promise<{ response: IncomingMessage; first: Buffer }> {
    return new Promise((resolve, reject) => {
      const request = get(
        `${running.url}${path}`,
        { headers: { cookie: `sealpost=${bob.cookie('sealpost')}` } },
        (response) => {
          response.once('data', (first: Buffer) => {
            response.pause();
            resolve({ response, first });
          });
        },
      );
      request.on('error', reject);
    });
  }

  async function rest(response: IncomingMessage): Promise<number> {
    let bytes = 0;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.resume();
    await new Promise((resolve) => response.on('close', resolve).on('error', resolve));
    return bytes;
  }

  test('ends when the message is taken back from its reader, and when it is destroyed', async () => {
    const id = await send(running, { text: 'See the file.', parts: [{ content, name: 'large.bin' }] });
    bob = await signInByLink(running, 'bob@recipient.example');
    const alice = await signInByAddress(running, 'alice@example.com');
    const path = `/messages/${id}/attachments/1`;
    assert.ok((await bob.bytes(path)).content.equals(content));

    for (const destroy of [{}, { destroy: '1' }]) {
      const { response } = await begin(path);
      await wait(200); // until the buffers between us are full
      assert.equal((await alice.post(`/sent/${id}/revoke`, destroy, `/sent/${id}`)).status, 303);
      const after = await rest(response);
      assert.equal(response.complete, false);
      assert.ok(after < content.length / 2, `${after} bytes more`);
      assert.equal((await bob.get(path)).status, 410);
      if (!('destroy' in destroy)) await alice.post(`/sent/${id}/restore`, {}, `/sent/${id}`);
    }
  });
});
