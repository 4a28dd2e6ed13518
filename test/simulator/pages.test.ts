// The simulator's pages: a mail that is pasted or uploaded, a draft, and the mails of the last days; for administrators alone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeClient } from '../roads/api-client.ts';
import { readAuditOf } from '../signin/audit-entries.ts';
import type { Answer, Visitor } from '../support/browser.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { mimeMail, send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail } from '../support/submit.ts';
import { allRows } from '../support/tables.ts';

const CARD = '4111 1111 1111 1111';
const page = '/admin/policy/simulate';
const replays = '/admin/policy/replays';

const policy = {
  format: 1,
  rules: [
    {
      id: 'cards',
      name: 'Cards',
      when: { detector: { is: 'payment-card', in: ['body', 'attachments'] } },
      then: [{ apply: 'do-not-forward' }],
    },
    { id: 'dan', name: 'Only Dan', when: { recipient: { is: ['dan@third.example'] } }, then: [{ deliver: 'portal' }] },
    { id: 'maybe', name: 'Maybe', state: 'shadow', then: [{ refuse: 'No.' }] },
  ],
};
const draft = JSON.stringify({
  format: 1,
  rules: [{ id: 'never', name: 'Never', then: [{ refuse: 'Not by mail.' }] }],
});

describe('the simulator’s pages', () => {
  let running: Running;
  let admin: Visitor;

  before(async () => {
    running = await startProgram({ env: { MESSAGE_BYTES_MAX: '5242880' } });
    const api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const saved = await api.sendJson('/policy', policy, { 'if-match': '*' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const blank = { from: '', to: '', document: '', mail: '', days: '7' };
  const ask = (fields: Record<string, string>, files: { name: string; content: Buffer }[] = []): Promise<Answer> =>
    admin.postMultipart(
      page,
      { ...blank, ...fields },
      files.map((file) => ({ ...file, field: 'file' })),
      page,
    );
  const card = plainMail({ body: `Please charge ${CARD}.` });

  test('a pasted mail is told rule by rule and recipient by recipient, masked', async () => {
    const { status, text } = await ask({ mail: card, to: 'carol@third.example, dan@third.example' });
    assert.equal(status, 200);
    assert.match(text, /Decided by the rule “Cards” \(cards\)\./);
    assert.match(
      text,
      /carol@third\.example[^]*do-not-forward<\/bdi>, by the portal[^]*dan@third\.example[^]*Only Dan/,
    );
    assert.match(text, /Matched, in shadow/);
    assert.match(text, /body:<\/span> <code><bdi>[^<]*1111/);
    // What was typed stands in the field again; what was found does not stand anywhere else.
    const [told = ''] = text.split('<form method="post" action="/admin/policy/simulate"');
    assert.doesNotMatch(told.replaceAll(/[\s-]/g, ''), /411111111111/);
  });

  test('a file counts in place of what is pasted, with its line ends as they are', async () => {
    const parts = [{ name: 'list.csv', type: 'text/csv', content: `a;${CARD}\n` }];
    const mail = mimeMail({ from: 'alice@example.com', to: 'bob@recipient.example', text: 'See the file.', parts });
    const file = { name: 'mail.eml', content: Buffer.from(mail.replaceAll('\r\n', '\n')) };
    const { status, text } = await ask({ mail: 'not this' }, [file]);
    assert.equal(status, 200);
    assert.match(text, /attachments › 1[^]*1111/);
  });

  test('a draft is tried and stays in its field, whether it comes from here or from the policy’s page', async () => {
    const tried = await ask({ mail: card, document: draft });
    assert.match(tried.text, /Refused by the rule “Never”: Not by mail\.[^]*which is not in force/);
    const from = '/admin/policy';
    const brought = await admin.postMultipart(page, { version: '1', document: draft, note: '', do: 'draft' }, [], from);
    assert.equal(brought.status, 200);
    assert.match(brought.text, /Not by mail\./);
    assert.doesNotMatch(brought.text, /What would become of it/);
  });

  test('nothing of it is stored', async () => {
    const rows = async () => ({ ...(await allRows(running)), sessions: [] }); // each visit notes when it was
    const earlier = await rows();
    await ask({ mail: card, document: draft });
    assert.deepEqual(await rows(), earlier);
  });

  test('what cannot be tried is said beside what was typed', async () => {
    const large = Buffer.alloc(5_242_881, 'x\n');
    for (const [fields, files, status, words] of [
      [{}, [], 422, /Paste a mail, or choose a file\./],
      [{ mail: 'no mail at all' }, [], 422, /role="alert"/],
      [{ mail: card, from: 'alice@elsewhere.example' }, [], 403, /author is not of a domain/],
      [{ mail: card, to: 'nobody' }, [], 422, /“nobody” is not a mail address/],
      [{ mail: plainMail({ to: 'undisclosed:;' }) }, [], 422, /names no recipient/],
      [{}, [{ name: 'large.eml', content: large }], 413, /5 MB/],
      [{ mail: card, document: 'a: [' }, [], 422, /cannot be read as YAML or JSON/],
      [{ mail: card, document: draft.replace('refuse', 'refuze') }, [], 422, /rules\[0\]\.then\[0\]/],
    ] as const) {
      const answer = await ask(fields, [...files]);
      assert.equal(answer.status, status, words.source);
      assert.match(answer.text, words);
      assert.doesNotMatch(answer.text, /What would become of it/);
    }
  });

  test('a file before what it is tried with is refused: a draft would be passed over', async () => {
    const body = new FormData();
    body.append('csrf', await admin.csrf(page));
    body.append('file', new Blob([card, 'x\r\n'.repeat(500_000)]), 'mail.eml');
    body.append('document', draft);
    assert.equal((await admin.send('POST', page, body)).status, 422);
  });

  test('the last days are tried in the background, counted, and on record', async () => {
    for (let n = 0; n < 3; n += 1) await send(running, { subject: 'Sehr geheim', text: 'Nothing special.' });
    const begun = await admin.postMultipart(replays, { ...blank, document: draft }, [], page);
    assert.equal(begun.status, 303);
    const path = begun.location ?? '';
    let text = '';
    do {
      await sleep(20);
      ({ text } = await admin.get(path));
    } while (text.includes('Under way'));
    assert.match(text, /3 messages would be refused \(was encrypt-only\)/);
    assert.match(text, /3 hits, 0 of them then as well/);
    assert.doesNotMatch(text, /Sehr geheim|recipient\.example|alice/);
    assert.ok((await admin.get(page)).text.includes(path));
    const [recorded] = await readAuditOf(running, 'mails-replayed');
    assert.deepEqual([recorded?.['actor'], recorded?.['days']], ['admin@example.com', 7]);
    for (const days of ['0', '91', 'x', '']) {
      assert.equal((await admin.postMultipart(replays, { ...blank, days }, [], page)).status, 422, days);
    }
    const wrong = await admin.postMultipart(replays, { ...blank, document: 'format: 2' }, [], page);
    assert.deepEqual([wrong.status, wrong.text.includes('<code><bdi>format</bdi></code>')], [422, true]);
    assert.equal((await admin.get(`${replays}/${'0'.repeat(26)}`)).status, 404);
  });

  test('to everybody else they do not exist', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    const rows = (await allRows(running)).replays;
    const [first] = rows as readonly { id: string }[];
    for (const path of [page, `${replays}/${first?.id ?? ''}`]) assert.equal((await alice.get(path)).status, 404, path);
    for (const path of [page, replays]) {
      const answer = await alice.postMultipart(path, { ...blank, mail: card }, [], '/sent');
      assert.equal(answer.status, 404, path);
    }
    assert.equal((await allRows(running)).replays.length, rows.length);
  });
});
