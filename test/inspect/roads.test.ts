// Mails whose content a rule asks about, by every road in: attachments are looked through where they were sealed, in files
// and in S3, and of what is refused nothing stays.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import { ALICE, BOB, mailWith } from '../roads/mails.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startS3 } from '../support/s3.ts';
import { submit } from '../support/submit.ts';
import { docx, runs } from './office-samples.ts';
import { zip } from './zip.ts';

const CARD = '4111 1111 1111 1111';

const policy = {
  format: 1,
  rules: [
    {
      id: 'cards',
      name: 'No card numbers',
      when: { detector: { is: 'payment-card', in: ['attachments'] } },
      then: [{ refuse: 'Card numbers do not leave by mail.' }],
    },
    {
      id: 'locked',
      name: 'Nothing locked',
      when: { unreadable: ['encrypted'] },
      then: [{ refuse: 'Locked files do not leave by mail.' }],
    },
    {
      id: 'programs',
      name: 'No programs',
      when: { attachment: { types: ['application/x-msdownload'] } },
      then: [{ refuse: 'Programs do not leave by mail.' }],
    },
  ],
};

// Bytes that no packing makes smaller: too many for a row, or for one part of an S3 upload.
function noise(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) content.writeUInt32LE((at * 2_654_435_761) % 4_294_967_296, at);
  return content;
}

const document = (text: string, bytes: number): Buffer => docx(runs(text), { 'word/media/image1.png': noise(bytes) });
const program = Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1');
const locked = zip([{ name: 'a.txt', content: noise(100_000), claims: { flags: 1 } }]);

for (const store of ['files', 'S3'] as const) {
  describe(`with blobs in ${store}`, () => {
    let running: Running;
    let api: ApiClient;
    let blobs: () => Promise<readonly string[]>;
    let end: () => Promise<void>;

    before(async () => {
      if (store === 'S3') {
        const s3 = await startS3();
        running = await startProgram({ env: s3.env });
        blobs = () => s3.keys();
        end = () => s3.close();
      } else {
        running = await startProgram();
        const folder = join(running.dataDir, 'blobs');
        blobs = async () =>
          readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-z]{26}$/.test(name));
        end = () => Promise.resolve();
      }
      api = await makeClient(running, { scopes: ['messages:send', 'admin:read', 'admin:write'] });
      const answer = await api.sendJson('/policy', policy, { 'if-match': '"0"' }, 'PUT');
      assert.equal(answer.status, 200, answer.text);
    });
    after(async () => {
      await running.stop();
      await end();
    });

    for (const [what, bytes] of [
      ['in a row', 1_000],
      ['in a blob', 200_000],
      ['in a blob of several parts', 6 * 1024 * 1024],
    ] as const) {
      test(`a card number in a document that lies ${what} is found, and the document gone`, async () => {
        const earlier = await blobs();
        const raw = mailWith({ attachments: [{ filename: 'a.docx', content: document(CARD, bytes) }] });
        const reply = await submit(running.smtpPort, { from: ALICE, to: [BOB], raw });
        assert.match(reply, /^554 5\.7\.1 .*Card numbers do not leave by mail\./);
        assert.deepEqual(await blobs(), earlier);
      });
    }

    test('a document without one goes its way whole', async () => {
      const content = document('Nothing to see', 200_000);
      const raw = mailWith({
        attachments: [{ filename: 'a.docx', content }],
        text: `Cards in the body are fine: ${CARD}`,
      });
      const reply = await submit(running.smtpPort, { from: ALICE, to: [BOB], raw });
      assert.match(reply, /^250 /);
      await running.drain();
      const bob = await signInByLink(running, BOB);
      const read = await bob.get(`/messages/${reply.split(' ')[2] ?? ''}/attachments/1`);
      assert.equal(read.status, 200);
      assert.equal(read.headers.get('content-length'), String(content.length));
    });

    test('a locked archive is refused, whatever is looked for', async () => {
      const earlier = await blobs();
      const raw = mailWith({ attachments: [{ filename: 'a.zip', content: locked }] });
      assert.match(await submit(running.smtpPort, { from: ALICE, to: [BOB], raw }), /^554 5\.7\.1 .*Locked files/);
      assert.deepEqual(await blobs(), earlier);
    });

    for (const [what, filename, content] of [
      ['by its bytes', 'report.pdf', program],
      ['by its name', 'setup.exe', Buffer.from('x')],
      ['by its bytes within an archive', 'a.zip', zip([{ name: 'in/report.pdf', content: program }])],
      ['by its name within an archive', 'a.zip', zip([{ name: 'setup.exe', content: 'x' }])],
    ] as const) {
      test(`a program is known ${what}, whatever it is declared to be`, async () => {
        const raw = mailWith({ attachments: [{ filename, content, type: 'application/pdf' }] });
        assert.match(await submit(running.smtpPort, { from: ALICE, to: [BOB], raw }), /^554 5\.7\.1 .*Programs do not/);
      });
    }

    test('the API and the portal are no way around', async () => {
      const earlier = await blobs();
      const content = document(CARD, 100_000);
      const json = await api.sendJson('/messages', {
        from: ALICE,
        to: [BOB],
        text: 'x',
        attachments: [{ filename: 'a.txt', content: content.toString('base64') }],
      });
      assert.equal(json.status, 422, json.text);
      const raw = mailWith({ attachments: [{ filename: 'a.docx', content }] });
      assert.equal((await api.sendRaw({ from: ALICE, to: [BOB], raw })).status, 422);
      assert.deepEqual(await blobs(), earlier);

      const { json: sent } = await api.sendJson('/messages', { from: ALICE, to: [BOB], text: 'x' });
      await running.drain();
      const bob = await signInByLink(running, BOB);
      const page = `/messages/${String(sent['id'])}`;
      const answer = await bob.postMultipart(
        `${page}/reply`,
        { text: 'See there.' },
        [{ name: 'a.docx', content }],
        page,
      );
      assert.notEqual(answer.status, 303);
      assert.deepEqual(await blobs(), earlier);
    });

    test('the log says nothing of what was in them', () => {
      assert.doesNotMatch(running.logged(), /4111|a\.docx|a\.zip/);
    });
  });
}
