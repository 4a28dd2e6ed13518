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
