// The simulator from the command line, and drafts by the API: the same answers, and nothing is stored.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem, makeClient, parseObject } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import { sealpost } from '../support/command.ts';
import { mimeMail, send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail } from '../support/submit.ts';
import { allRows } from '../support/tables.ts';

const CARD = '4111 1111 1111 1111';
const command = join(import.meta.dirname, '../../server/cli/sealpost.mjs');

const policy = {
  format: 1,
  rules: [
    {
      id: 'cards',
      name: 'Cards',
      when: { detector: { is: 'payment-card', in: ['body', 'attachments'] } },
      then: [{ apply: 'do-not-forward' }],
    },
    { id: 'carol', name: 'Carol', when: { recipient: { is: ['carol@third.example'] } }, then: [{ deliver: 'portal' }] },
    { id: 'maybe', name: 'Maybe', state: 'shadow', then: [{ refuse: 'No.' }] },
  ],
};
const draft = { format: 1, rules: [{ id: 'never', name: 'Never', then: [{ refuse: 'Not by mail.' }] }] };

describe('sealpost simulate', () => {
  let running: Running;
  let api: ApiClient;
  let file: string;
  let draftFile: string;
  const run = (...args: string[]) => sealpost({ DATA_DIR: running.dataDir }, 'simulate', ...args);
  const json = async (...args: string[]) => {
    const { code, out, err } = await run('--json', ...args);
    assert.equal(code, 0, err);
    return parseObject(out);
  };

  before(async () => {
    running = await startProgram();
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const saved = await api.sendJson('/policy', policy, { 'if-match': '*' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
    file = join(running.dataDir, 'mail.eml');
    // As an editor keeps it: LF alone.
    await writeFile(file, plainMail({ body: `Please charge ${CARD}.` }).replaceAll('\r\n', '\n'));
    draftFile = join(running.dataDir, 'draft.yaml');
    await writeFile(draftFile, JSON.stringify(draft));
  });
  after(() => running.stop());

  test('says what holds for whom, every rule, what matched and where, masked', async () => {
    const { code, out, err } = await run(file);
    assert.equal(code, 0, err);
    assert.match(out, /^Outcome: granted$/m);
    assert.match(out, /^Decided by: rule cards$/m);
    assert.match(out, /^ {2}bob@recipient\.example: do-not-forward, by the portal$/m);
    assert.match(out, /^ {2}cards \(Cards\): matched; protection do-not-forward$/m);
    assert.match(out, /^ {2}carol \(Carol\): did not match;/m);
    assert.match(out, /^ {2}maybe \(Maybe\): matched, in shadow; refused$/m);
    assert.match(out, /^ +body.*: .*1111$/m);
    assert.doesNotMatch(out.replaceAll(/[\s-]/g, ''), /411111111111/);
  });

  test('says the same as the API', async () => {
    const query = 'from=alice@example.com&to=bob@recipient.example';
    const body = plainMail({ body: `Please charge ${CARD}.` });
    const answer = await api.call('POST', `/simulate?${query}`, {
      headers: { 'content-type': 'message/rfc822' },
      body,
    });
    const told = await json(file);
    const timeless = (value: object) =>
      JSON.parse(JSON.stringify(value).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')) as unknown;
    assert.deepEqual(timeless(told), timeless(answer.json));
  });

  test('the sender and the recipients may be chosen, the mail come by standard input', async () => {
    const told = await json(file, '--from', 'pat@example.com', '--to', 'carol@third.example', 'dan@third.example');
    assert.match(JSON.stringify(told['decision']), /carol@third\.example.*dan@third\.example/);
    const out = await new Promise<string>((resolve, reject) => {
      const env = { PATH: process.env['PATH'], DATA_DIR: running.dataDir };
      const child = execFile(process.execPath, [command, 'simulate', '-'], { cwd: '/', env }, (error, text) =>
        error === null ? resolve(text) : reject(error),
      );
      child.stdin?.end(mimeMail({ from: 'alice@example.com', to: 'bob@recipient.example', text: CARD }));
    });
    assert.match(out, /^Decided by: rule cards$/m);
  });

  test('a draft is tried in place of what is in force, which stays', async () => {
    const { code, out } = await run(file, '--policy', draftFile);
    assert.deepEqual([code, /^Outcome: refused\. Refused by the rule “Never”: Not by mail\.$/m.test(out)], [0, true]);
    assert.doesNotMatch(out, /cards/);
    const mail = { from: 'alice@example.com', to: ['bob@recipient.example'], text: CARD };
    const tried = await api.sendJson('/simulate', { ...mail, policy: draft });
    assert.deepEqual([tried.json['outcome'], tried.json['decidedBy']], ['refused', { rule: 'never', name: 'Never' }]);
    assert.equal((await api.sendJson('/simulate', mail)).json['outcome'], 'granted');
    assert.equal((await api.sendJson('/messages', { ...mail, policy: draft })).status, 403);
    const sender = await makeClient(running);
    assertProblem(await sender.sendJson('/messages', { ...mail, policy: draft }), 422, 'request/malformed');
  });

  test('nothing of it is stored', async () => {
    const rows = async () => ({ ...(await allRows(running)), api_keys: [] });
    const earlier = await rows();
    assert.equal((await run(file, '--policy', draftFile)).code, 0);
    assert.deepEqual(await rows(), earlier);
  });

  test('the last days are counted, and who asked is on record', async () => {
    for (let n = 0; n < 3; n += 1) await send(running, { text: 'Nothing special.' });
    const { code, out, err } = await run('--days', '2', '--policy', draftFile);
    assert.equal(code, 0, err);
    assert.match(out, /^3 judged, 0 as before$/m);
    assert.match(out, /^ {2}3 messages would be refused \(was encrypt-only\)$/m);
    assert.match(out, /^ {2}never \(on\): 3 hits, 0 of them then as well$/m);
    const told = await json('--days', '2');
    assert.equal(told['state'], 'done');
    assert.deepEqual((await api.get(`/simulate/${String(told['id'])}`)).json, told);
    const events = (await allRows(running)).audit.map((row) => (row as { event: string }).event);
    assert.equal(events.filter((event) => event === 'mails-replayed').length, 2);
  });

  test('what cannot be is said in a line, with exit code 1', async () => {
    const broken = join(running.dataDir, 'broken.eml');
    await writeFile(broken, 'no mail at all');
    const large = join(running.dataDir, 'large.eml');
    await writeFile(large, plainMail({ body: 'x'.repeat(4 * 1024 * 1024 + 1) }));
    const wrong = join(running.dataDir, 'wrong.yaml');
    await writeFile(wrong, 'format: 1\nrules: [{ id: x, name: X, then: [{ apply: nowhere }] }]\nmore: 1\n');
    for (const [args, words] of [
      [[broken], /cannot be read|author/],
      [[large], /too (?:large|long)|larger/],
      [[join(running.dataDir, 'nowhere.eml')], /not there/],
      [[file, '--from', 'alice@elsewhere.example'], /author is not of a domain/],
      [[file, '--to', 'nobody'], /--to is not a mail address/],
      [[file, '--policy', wrong], /^Nothing was tried:\n {2}more is not known here$/m],
      [[], /Name a file, or say --days/],
      [[file, '--days', '3'], /not both/],
      [['--days', '91'], /from 1 to 90/],
    ] as const) {
      const { code, out, err } = await run(...args);
      assert.deepEqual([code, out], [1, ''], err);
      assert.match(err, words);
      assert.doesNotMatch(err, /\n {4}at /);
    }
  });
});
