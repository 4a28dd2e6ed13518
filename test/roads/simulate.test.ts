// Asking what would become of a mail: the same answer as the road in gives, with every rule, and nothing of it stored.

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { mimeMail } from '../support/mime.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows } from '../support/tables.ts';
import { lockedPdf, pdf } from '../viewing/samples.ts';

const CARD = '4111 1111 1111 1111';
const mail = { from: 'alice@example.com', to: ['bob@recipient.example'], subject: 'Hello', text: 'Nothing special.' };

describe('POST /api/v1/simulate', () => {
  let running: Running;
  let admin: ApiClient;

  before(async () => {
    running = await startProgram();
    admin = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const cards = { detector: { is: 'payment-card', in: ['subject', 'body', 'attachments'] } };
    const rules = [
      { id: 'cards', name: 'Cards', when: cards, then: [{ apply: 'do-not-forward' }] },
      {
        id: 'maybe',
        name: 'Maybe',
        state: 'shadow',
        when: { subject: { contains: 'hello' } },
        then: [{ refuse: 'No.' }],
      },
      {
        id: 'wait',
        name: 'Wait',
        when: { subject: { contains: 'offer' } },
        then: [{ hold: { approvers: ['pat@example.com'] } }],
      },
      { id: 'no', name: 'Never', when: { subject: { contains: 'never' } }, then: [{ refuse: 'Not by mail.' }] },
    ];
    const saved = await admin.sendJson('/policy', { format: 1, rules }, { 'if-match': '*' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
  });
  after(() => running.stop());

  const ask = (change: object) => admin.sendJson('/simulate', { ...mail, ...change });
  const ruleIn = (json: Readonly<Record<string, unknown>>, id: string) => {
    assert.ok(Array.isArray(json['rules']));
    return json['rules'].find((rule: { readonly id: string }) => rule.id === id);
  };

  test('says what holds, which rule decided, and where, without giving the finding away', async () => {
    const answer = await ask({ text: `Please charge ${CARD}.` });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json['outcome'], 'granted');
    assert.match(answer.text, /"protection":"do-not-forward"/);
    assert.equal(ruleIn(answer.json, 'cards').matched, true);
    assert.equal(ruleIn(answer.json, 'maybe').matched, true);
    assert.doesNotMatch(answer.text.replaceAll(/[\s-]/g, ''), /411111111111/);
  });

  test('finds in a file what it finds in a text', async () => {
    const content = Buffer.from(`a;b\n${CARD};c\n`).toString('base64');
    const answer = await ask({ attachments: [{ filename: 'list.csv', contentType: 'text/csv', content }] });
    assert.equal(ruleIn(answer.json, 'cards').matched, true, answer.text);
    assert.equal(ruleIn((await ask({})).json, 'cards').matched, false);
  });

  test('tells a hold and a refusal as answers, and the refusal names its rule', async () => {
    assert.equal((await ask({ subject: 'An offer' })).json['outcome'], 'held');
    const refused = await ask({ subject: 'Never' });
    assert.deepEqual([refused.status, refused.json['outcome']], [200, 'refused']);
    assert.match(refused.text, /Refused by the rule “Never”: Not by mail\./);
  });

  test('takes a raw mail, and answers as the road in does where it cannot be read', async () => {
    const { from, to } = mail;
    const raw = await admin.call('POST', `/simulate?from=${from}&to=${to.join(',')}`, {
      headers: { 'content-type': 'message/rfc822' },
      body: plainMail({ subject: 'never' }),
    });
    assert.equal(raw.json['outcome'], 'refused', raw.text);
    assertProblem(await ask({ protection: 'no-such' }), 422, 'policy/unknown-value');
    assertProblem(await ask({ to: [] }), 422, 'mail/recipients');
  });

  /** A raw mail with a draft, as a form; `parts` name, content, and whether it is a file. */
  const askForm = (
    parts: readonly (readonly [name: string, content: string, isFile: boolean])[],
    query = `?from=${mail.from}&to=${mail.to.join(',')}`,
  ) => {
    const head = (name: string, isFile: boolean): string =>
      `--line\r\ncontent-disposition: form-data; name="${name}"${isFile ? '; filename="a"' : ''}\r\n${isFile ? 'content-type: application/octet-stream\r\n' : ''}\r\n`;
    const body = parts.map(([name, content, isFile]) => `${head(name, isFile)}${content}\r\n`).join('');
    return admin.call('POST', `/simulate${query}`, {
      headers: { 'content-type': 'multipart/form-data; boundary=line' },
      body: `${body}--line--\r\n`,
    });
  };

  test('tries a draft on a raw mail that comes with it', async () => {
    const raw = plainMail({ subject: 'never' });
    const rules = [
      { id: 'drafted', name: 'Drafted', when: { subject: { contains: 'never' } }, then: [{ refuse: 'No.' }] },
    ];
    const draft = JSON.stringify({ format: 1, rules });
    for (const isFile of [true, false]) {
      const answer = await askForm([
        ['policy', draft, isFile],
        ['mail', raw, true],
      ]);
      assert.deepEqual([answer.status, answer.json['outcome']], [200, 'refused'], answer.text);
      assert.match(answer.text, /Refused by the rule “Drafted”/);
      assert.equal(ruleIn(answer.json, 'cards'), undefined, 'the one in force is not asked');
    }
    const yaml = 'format: 1\nrules: []\n';
    const allowed = await askForm([
      ['policy', yaml, false],
      ['mail', raw, true],
    ]);
    assert.equal(allowed.json['outcome'], 'granted', allowed.text);
  });

  test('refuses a form that lacks a part, has them the wrong way round, or says something else', async () => {
    const raw = plainMail({ subject: 'never' });
    const yaml = 'format: 1\nrules: []\n';
    const policy = ['policy', yaml, false] as const;
    const file = ['mail', raw, true] as const;
    for (const parts of [
      [file],
      [policy],
      [],
      // A small one may be read whole before anybody looks; no policy is passed over.
      [['mail', plainMail({ subject: 'x', body: 'x\r\n'.repeat(700_000) }), true], policy],
      [policy, file, file],
      [['policy', yaml, true], policy, file],
    ] as const) {
      assertProblem(await askForm(parts), 422, 'request/malformed', /one policy, then one mail|cannot be read/);
    }
    assertProblem(await askForm([policy, ['protection', 'x', false], file]), 422, 'request/malformed', /nothing else/);
    assertProblem(await askForm([['policy', 'format: 2', false], file]), 422, 'request/malformed', /format/);
    assertProblem(await askForm([policy, file], '?from=nobody&to=x'), 403, 'mail/author');
    assertProblem(await askForm([['policy', `# ${'x'.repeat(3_000_000)}`, true], file]), 413, 'mail/too-large');
  });

  test('stores nothing', async () => {
    const rows = async () => ({ ...(await allRows(running)), api_keys: [] }); // each call notes when its key was used
    const files = async () =>
      (await readdir(join(running.dataDir, 'blobs'), { recursive: true, withFileTypes: true })).filter((one) =>
        one.isFile(),
      );
    const before = await rows();
    const content = Buffer.alloc(300_000, `${CARD} `).toString('base64');
    const answer = await ask({ attachments: [{ filename: 'a.txt', contentType: 'text/plain', content }] });
    assert.equal(answer.status, 200);
    assert.deepEqual(await rows(), before);
    assert.deepEqual(await files(), []);
  });

  test('is refused for an author whom the road in refuses', async () => {
    assertProblem(await ask({ from: 'alice@elsewhere.example' }), 403, 'mail/author');
    // The envelope as well, whatever stands in the mail: so does the road in.
    const call = (path: string, from: string, client = admin) =>
      client.call('POST', `${path}?from=${from}&to=${mail.to.join()}`, {
        headers: { 'content-type': 'message/rfc822' },
        body: plainMail({}),
      });
    const tried = await call('/simulate', 'm@elsewhere.example');
    const sent = await call('/messages', 'm@elsewhere.example', await makeClient(running));
    assertProblem(tried, 403, 'mail/author');
    assert.deepEqual([tried.status, tried.json['detail']], [sent.status, sent.json['detail']]);
    assert.match(
      await submit(running.smtpPort, { from: 'm@elsewhere.example', to: mail.to, raw: plainMail({}) }),
      /^550 5\.7\.1 /,
    );
    assert.equal((await call('/simulate', mail.from)).status, 200);
  });

  test('reads parts where a rule asks for nothing but whether they can be read', async () => {
    const locked = {
      id: 'locked',
      name: 'Locked',
      when: { unreadable: ['encrypted'] },
      then: [{ refuse: 'No locks.' }],
    };
    const saved = await admin.sendJson('/policy', { format: 1, rules: [locked] }, { 'if-match': '*' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
    const file = (content: Buffer) => [
      { filename: 'a.pdf', contentType: 'application/pdf', content: content.toString('base64') },
    ];
    assert.equal((await ask({ attachments: file(lockedPdf()) })).json['outcome'], 'refused');
    assert.equal((await ask({ attachments: file(pdf(['open'])) })).json['outcome'], 'granted');
    const parts = [{ content: lockedPdf(), name: 'a.pdf' }];
    const raw = mimeMail({ from: mail.from, to: mail.to.join(), subject: 'x', text: 'x', parts });
    assert.match(await submit(running.smtpPort, { from: mail.from, to: mail.to, raw }), /^554 5\.7\.1 .*Locked/);
  });

  test('is for administrators\u2019 keys', async () => {
    assert.equal((await (await makeClient(running)).sendJson('/simulate', mail)).status, 403);
  });
});
