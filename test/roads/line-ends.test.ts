// The line ends of a mail that is posted as a file, and the same mail over SMTP.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { withCrLf } from '../../server/mail/line-ends.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { ALICE, BOB } from './mails.ts';
import { storedIn } from './stored.ts';

describe('a raw mail over the API', () => {
  let running: Running;
  let api: ApiClient;
  before(async () => {
    running = await startProgram();
    api = await makeClient(running);
  });
  after(() => running.stop());

  test('whose lines end with LF is the mail that came over SMTP with CR LF', async () => {
    const raw = plainMail({ body: 'One\r\n\r\nTwo' });
    const reply = await submit(running.smtpPort, { from: ALICE, to: [BOB], raw });
    const answer = await api.sendRaw({ from: ALICE, to: [BOB], raw: raw.replaceAll('\r\n', '\n') });
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.json['id'], reply.split(' ')[2]);
  });

  for (const end of ['\r', '\r\r\n', '\n\r']) {
    test(`with a line that ends with ${JSON.stringify(end)} is refused, and nothing of it is kept`, async () => {
      const stored = await storedIn(running.dataDir);
      const answer = await api.sendRaw({ from: ALICE, to: [BOB], raw: plainMail({ body: `One${end}Two` }) });
      assertProblem(answer, 422, 'mail/unreadable', /CR alone/);
      assert.deepEqual(await storedIn(running.dataDir), stored);
    });
  }
});

describe('line ends', () => {
  test('become CR LF however the mail is cut', async () => {
    const texts = fc.array(fc.constantFrom('\n', '\r\n', 'a', '.', '\u00ff'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 5 }), async (pieces, size) => {
        const text = pieces.join('');
        assert.equal(await convert(text, size), text.replace(/\r?\n/g, '\r\n'));
      }),
    );
  });

  test('that are a CR alone are refused however the mail is cut', async () => {
    for (const text of ['a\rb', '\r', 'a\r', 'a\r\r\n', '\r\n\r', 'a\n\rb']) {
      for (const size of [1, 2, 3, 9]) await assert.rejects(convert(text, size), /CR alone/, JSON.stringify(text));
    }
  });
});

async function convert(text: string, size: number): Promise<string> {
  const bytes = Buffer.from(text, 'latin1');
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const converted: Buffer[] = [];
  for await (const piece of withCrLf(pieces())) converted.push(piece);
  return Buffer.concat(converted).toString('latin1');
}
