// What a thief of the disk or of the log finds. The whole story is told once, with words that stand nowhere else,
// and then every file is read for them in every spelling we can think of.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { decodeJwt } from 'jose';
import { parseAddress } from '../../server/core/address.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { createApiKey, scopes } from '../../server/signin/api-keys.store.ts';
import { Visitor } from '../support/browser.ts';
import { codeFor, linkTo, signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';
import { findWords } from '../support/spellings.ts';
import { allRows } from '../support/tables.ts';

const SENDER = 'wilhelmina.quartz@example.com';
const READER = 'bartholomew.zephyr@faraway-reader.example';
const SECOND = 'Ottilie.Umbra@another-reader.example';
const FORWARDED = 'konstantin.vesper@third-reader.example';
const STRANGER = 'nobody.knows.me@unknown-stranger.example';

const secrets = new Set([
  'wilhelmina.quartz',
  'Wilhelmina Quartz',
  'bartholomew.zephyr',
  'faraway-reader',
  'Ottilie.Umbra',
  'another-reader',
  'konstantin.vesper',
  'nobody.knows.me',
  'unknown-stranger',
  'Merger with Obsidian',
  'Größenordnung',
  'the plaintext of heliotrope',
  'heliotrope in markup',
  'unterschriftsreif.pdf',
  'Gehälter-Übersicht',
  'contents of the little file',
  'contents of the endless file',
  'my answer is marzipan',
  'my draft is nougat',
  'antwort-anlage.txt',
  'attached to marzipan',
  'please look at pistachio',
  'told by the API alone',
  'connector of the treasury',
  'quartz-message-id',
]);

const found = (bytes: Buffer): string[] => findWords(secrets, bytes);

describe('everything that lies on the disk or in the log', () => {
  let running: Running;
  const references: string[] = [];

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  test('is sealed or hashed after the whole story, and while work is still to be done', async () => {
    const { id } = await handIn();
    const files = await read('the notices still wait');
    // As a check of this test itself: what it reads is there.
    assert.ok(files.some((file) => file.endsWith('.db-wal')) && files.some((file) => file.includes('/blobs/')));
    const reader = await signInAndKeepSecrets();
    await answerAndForward(reader, id);
    await askAsStranger();
    await read('the answer and the forward still wait');
    await useTheApi();
    await shapeTheBrand();
    await running.drain();
    await read('all is done');
    await takeBack(id);
    await read('it was destroyed');
  });

  test('shows no reference of a code either', async () => {
    assert.ok(references.length >= 2);
    for (const [table, rows] of Object.entries(await allRows(running))) {
      for (const row of rows) {
        for (const [column, value] of Object.entries(row ?? {})) {
          const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
          for (const reference of references) {
            assert.doesNotMatch(text, new RegExp(`(?<![\\w-])${reference}(?![\\w-])`), `${table}.${column}`);
          }
        }
      }
    }
  });

  test('and the reading of it would have found them', async () => {
    for (const secret of secrets) {
      const quoted = [...Buffer.from(secret)].map((byte) => `=${byte.toString(16).toUpperCase()}`).join('');
      for (const planted of [
        secret,
        secret.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
        `>>${Buffer.from(`x${secret}y`).toString('base64')}<<`,
        Buffer.from(`xy${secret}`).toString('base64url'),
        Buffer.from(secret, 'utf16le'),
        Buffer.from(secret).toString('hex'),
        quoted,
        encodeURIComponent(secret),
      ]) {
        const hidden = Buffer.concat([Buffer.from('before '), Buffer.from(planted), Buffer.from(' after')]);
        assert.ok(found(hidden).includes(secret), `${secret} as ${String(planted)}`);
      }
    }
    assert.deepEqual(found(Buffer.from('nothing of the kind')), []);
  });

  async function handIn(): Promise<{ id: string }> {
    const large = Buffer.from('contents of the endless file, line by line\r\n'.repeat(5_000));
    const raw = [
      `From: Wilhelmina Quartz <${SENDER}>`,
      `To: ${READER}`,
      `Cc: ${SECOND}`,
      'Subject: =?utf-8?Q?Merger_with_Obsidian:_Gr=C3=B6=C3=9Fenordnung?=',
      'Message-ID: <quartz-message-id@example.com>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      'Content-Type: multipart/alternative; boundary=a',
      '',
      '--a',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'This is the plaintext of heliotrope.',
      '--a',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>This is <b>heliotrope in markup</b>.</p>',
      '--a--',
      '--m',
      'Content-Type: application/pdf; name="unterschriftsreif.pdf"',
      'Content-Disposition: attachment; filename="unterschriftsreif.pdf"',
      '',
      'contents of the little file',
      '--m',
      'Content-Type: application/vnd.ms-excel',
      "Content-Disposition: attachment; filename*=utf-8''Geh%C3%A4lter-%C3%9Cbersicht.xls",
      'Content-Transfer-Encoding: base64',
      '',
      (large.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n'),
      '--m--',
      '',
    ].join('\r\n');
    const reply = await submit(running.smtpPort, { from: SENDER, to: [READER, SECOND], raw });
    assert.match(reply, /^250 /);
    return { id: reply.split(' ')[2] ?? '' };
  }

  async function signInAndKeepSecrets(): Promise<Visitor> {
    const link = await linkTo(running, READER);
    secrets.add(link.slice('/m/'.length));
    const reader = new Visitor(running.url);
    assert.equal((await reader.get(`${link}/more`)).status, 404);
    secrets.add(await reader.csrf(link));
    secrets.add(reader.cookie('sealpost-browser') ?? '');
    await reader.post(`${link}/passcode`, {}, link);
    references.push(referenceOn((await reader.get(`${link}/verify`)).text));
    await read('the code still waits to be sent');
    const code = await codeFor(running, READER);
    secrets.add(code);
    await reader.post(`${link}/verify`, { code: '12345678' }, `${link}/verify`);
    await reader.post(`${link}/verify`, { code }, `${link}/verify`);
    const session = reader.cookie('sealpost') ?? '';
    secrets.add(session).add(String(decodeJwt(session)['sid']));
    return reader;
  }

  async function answerAndForward(reader: Visitor, id: string): Promise<void> {
    assert.match((await reader.get(`/messages/${id}`)).text, /Größenordnung/);
    assert.equal((await reader.bytes(`/messages/${id}/attachments/2`)).status, 200);
    const files = [{ name: 'antwort-anlage.txt', content: Buffer.from('attached to marzipan') }];
    const replied = await reader.postMultipart(
      `/messages/${id}/reply`,
      { text: 'my answer is marzipan' },
      files,
      `/messages/${id}`,
    );
    assert.equal(replied.status, 303);
    const draft = await reader.post(`/messages/${id}/draft`, { text: 'my draft is nougat' }, `/messages/${id}`);
    assert.equal(draft.status, 303);
    const forwarded = { to: FORWARDED, text: 'please look at pistachio' };
    assert.equal((await reader.post(`/messages/${id}/forward`, forwarded, `/messages/${id}`)).status, 303);
  }

  async function askAsStranger(): Promise<void> {
    const stranger = new Visitor(running.url);
    await stranger.post('/sign-in/passcode', { address: STRANGER }, '/sign-in');
    references.push(referenceOn((await stranger.get('/sign-in/verify')).text));
  }

  async function useTheApi(): Promise<void> {
    const sender = parseAddress(SENDER);
    assert.ok(sender);
    const { key } = await inTransaction(running.store.db, (tx) =>
      createApiKey({ ...running.store, clock: running.clock }, tx, {
        name: 'connector of the treasury',
        scopes,
        senders: [sender],
      }),
    );
    secrets.add(key).add(key.split('_').slice(2).join('_'));
    const body = JSON.stringify({
      from: SENDER,
      to: [READER],
      subject: 'Merger with Obsidian',
      text: 'told by the API alone',
    });
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': 'quartz-message-id-of-the-api',
    };
    const answer = await new Visitor(running.url).send('POST', '/api/v1/messages', body, { headers });
    assert.equal(answer.status, 201, answer.text);
    // What is refused is logged or not, but not kept.
    await new Visitor(running.url).send('POST', '/api/v1/messages', body.slice(1), { headers });
  }

  async function shapeTheBrand(): Promise<void> {
    const admin = await signInByAddress(running, 'admin@example.com');
    const form = {
      name: 'A public name',
      colour: '#123456',
      'texts.any.introduction': 'Public',
      footer: '',
      version: '0',
      do: 'save',
    };
    assert.equal((await admin.postMultipart('/admin/brands/default', form, [], '/admin/brands/default')).status, 303);
  }

  async function takeBack(id: string): Promise<void> {
    const sender = await signInByAddress(running, SENDER);
    assert.equal((await sender.post(`/sent/${id}/revoke`, { recipient: '0' }, `/sent/${id}`)).status, 303);
    assert.equal((await sender.post(`/sent/${id}/revoke`, { destroy: '1' }, `/sent/${id}/destroy`)).status, 303);
  }

  /** Every file under DATA_DIR, the write-ahead log among them, and all that was logged. */
  async function read(moment: string): Promise<string[]> {
    const entries = await readdir(running.dataDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files) {
      assert.deepEqual(found(Buffer.from(file)), [], `${moment}: in the name of ${file}`);
      assert.deepEqual(found(await readFile(file)), [], `${moment}: in ${file}`);
    }
    assert.deepEqual(found(Buffer.from(running.logged())), [], `${moment}: in the log`);
    return files;
  }
});

function referenceOn(page: string): string {
  const reference = /class="reference">([A-Z]{4})</.exec(page)?.[1];
  assert.ok(reference);
  return reference;
}
