// A policy at work in the whole program: what administrators decided holds on every road in, refusals name their rule,
// and nothing that a mail was judged by leaves again.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import { readDocumentText } from '../../server/policy/document-text.ts';
import { compilePolicy } from '../../server/policy/policy.ts';
import type { Policy } from '../../server/policy/policy.ts';
import { messageAudit } from '../../server/audit/audit-list.store.ts';
import { loadBody } from '../../server/messages/load-body.ts';
import { loadMessage, loadPart } from '../../server/messages/messages.store.ts';
import { openBody, openMessage } from '../../server/messages/open.ts';
import { BODY_PART } from '../../server/messages/seal.ts';
import type { Visitor } from '../support/browser.ts';
import { mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { assertProblem, makeClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { rowsOf, storedIn } from './stored.ts';

const ALICE = 'alice@example.com';
const BOB = 'bob@recipient.example';
const DORA = 'dora@third.example';
const TENANT = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const LABEL = '11111111-2222-4333-8444-555555555555';
const SECRET = 'the-secret-of-our-connector';

const templates = `templates:
  - { name: view-only, title: 'Legal, view only', rights: [reply], expiry: { days: 7 } }
  - { name: for-ever, title: Kept for good, rights: [reply, print], expiry: { days: 0 } }
labels:
  tenant: ${TENANT}
  secretHeader: { name: X-Our-Connector, value: ${SECRET} }
  map: [{ label: ${LABEL}, title: Strictly ours, template: view-only }]
  sensitivity: { private: do-not-forward }`;

const rules = `rules:
  - { id: no-cards, name: No cards by mail, when: { subject: { contains: card number } }, then: [{ refuse: Please call. }] }
  - { id: keep, name: Keep, when: { subject: { contains: for good } }, then: [{ apply: for-ever }] }`;

describe('a policy', () => {
  let running: Running;
  let api: ApiClient;
  let policy: Policy = policyOf(`${templates}\n${rules}`);

  before(async () => {
    running = await startProgram({ policy: () => policy });
    api = await makeClient(running);
  });
  after(() => running.stop());

  async function sent(raw: string, to = BOB): Promise<string> {
    const reply = await submit(running.smtpPort, { from: ALICE, to: [to], raw });
    const id = /^250 2\.0\.0 ([0-9a-z]{26})$/.exec(reply)?.[1];
    assert.ok(id, reply);
    return id;
  }

  test('refuses by a rule on every road, names it, and leaves nothing but what the audit log says', async () => {
    const raw = plainMail({ subject: 'My card number' });
    const apart = ['api_keys', 'audit', 'marks'];
    const was = await storedIn(running.dataDir, apart);
    const audited = rowsOf(running.dataDir, 'audit');
    const sentence = 'Refused by the rule “No cards by mail”: Please call.';
    assert.equal(
      await submit(running.smtpPort, { from: ALICE, to: [BOB], raw }),
      '554 5.7.1 Refused by the rule "No cards by mail": Please call.',
    );
    const pattern = new RegExp(`^${sentence}$`);
    assertProblem(await api.sendRaw({ from: ALICE, to: [BOB], raw }), 422, 'policy/refused', pattern);
    const json = { from: ALICE, to: [BOB], subject: 'my CARD number', text: 'x' };
    assertProblem(await api.sendJson('/messages', json), 422, 'policy/refused', pattern);
    assert.deepEqual(await storedIn(running.dataDir, apart), was);
    assert.equal(rowsOf(running.dataDir, 'audit'), audited + 3);
  });

  test('does not refuse what was taken in before: it comes again because its answer was lost', async () => {
    const raw = plainMail({ subject: 'Later forbidden' });
    const id = await sent(raw);
    policy = policyOf('rules: [{ id: a, name: A, when: { subject: { contains: later } }, then: [{ refuse: No. }] }]');
    try {
      assert.equal(await submit(running.smtpPort, { from: ALICE, to: [BOB], raw }), `250 2.0.0 ${id}`);
      const other = plainMail({ subject: 'Later forbidden' });
      assert.match(await submit(running.smtpPort, { from: ALICE, to: [BOB], raw: other }), /^554 5\.7\.1 /);
    } finally {
      policy = policyOf(`${templates}\n${rules}`);
    }
  });

  const label = `msip_labels: MSIP_Label_${LABEL}_Enabled=true; MSIP_Label_${LABEL}_SiteId=${TENANT};`;
  const ways: readonly [says: string, headers: readonly string[]][] = [
    ['its name in our header', ['X-Sealpost-Protection: view-only']],
    ['a label', [label, `X-Our-Connector: ${SECRET}`]],
  ];
  for (const [says, headers] of ways) {
    test(`lets its templates be asked for by ${says}; the page calls them by their titles and keeps to their rights`, async () => {
      const id = await sent(plainMail({ headers, subject: 'For your eyes' }));
      const bob = await signInByLink(running, BOB);
      const page = (await bob.get(`/messages/${id}`)).text;
      assert.match(page, /Legal, view only/);
      assert.match((await bob.get('/messages')).text, /Legal, view only/);
      assert.equal((await bob.bytes(`/messages/${id}/copy.eml`)).status, 403);
      assert.doesNotMatch(page, /name="to"/);
      const alice = await signInByAddress(running, ALICE);
      assert.match((await alice.get(`/sent/${id}`)).text, /Legal, view only/);
      assert.match((await alice.get('/sent')).text, /Legal, view only/);
    });
  }

  test('lets its templates be asked for over the API, by name', async () => {
    const json = { from: ALICE, to: [BOB], subject: 'x', text: 'x', protection: 'view-only' };
    const { status, json: message } = await api.sendJson('/messages', json);
    assert.equal(status, 201);
    assert.equal(message['protection'], 'view-only');
    const unknown = await api.sendJson('/messages', { ...json, protection: 'Legal, view only' });
    assertProblem(unknown, 422, 'policy/unknown-value', /or the name of a template\.$/);
  });

  test('can let a message last for ever: its mails and pages speak of no end, and it stays', async () => {
    const id = await sent(plainMail({ subject: 'Keep this for good' }), DORA);
    const dora = await signInByLink(running, DORA);
    const alice = await signInByAddress(running, ALICE);
    const { json } = await api.get(`/messages/${id}`);
    assert.equal(json['expiresAt'], null);
    assert.deepEqual(json['reasons'], ['rule “Keep”: protection for-ever', 'protection for-ever', 'expiry never']);
    const [notice] = (await mailTo(running, DORA)).filter(({ text }) => text.includes('/m/'));
    assert.match(notice?.text ?? '', /sealed message/);
    assert.doesNotMatch(notice?.text ?? '', /until/i);
    assert.match((await dora.get(`/messages/${id}`)).text, /Open without a last day\./);
    assert.match((await dora.get(`/messages/${id}`)).text, /Allowed: answering and printing\. Not allowed: /);
    const page = (await alice.get(`/sent/${id}`)).text;
    assert.match(page, /Open without a last day\./);
    assert.match(page, /<input id="expires"[^>]* value=""/);
    running.clock.forward(5 * 365 * 24 * 60 * 60 * 1000);
    await running.drain();
    const later = await signInByAddress(running, DORA);
    assert.match((await later.get(`/messages/${id}`)).text, /The very secret text\./);
    // It can be given an end all the same.
    const day = new Date(running.clock.nowMs() + 86_400_000).toISOString().slice(0, 10);
    const alsoLater = await signInByAddress(running, ALICE);
    const answer = await alsoLater.post(`/sent/${id}/expiry`, { expires: day }, `/sent/${id}`);
    assert.equal(answer.status, 303);
    assert.match((await later.get(`/messages/${id}`)).text, /Open until/);
  });

  test('gives an answer no more than what it answers, even when the template is gone or means something else', async () => {
    const id = await sent(plainMail({ headers: ['X-Sealpost-Protection: view-only'], subject: 'Answer me' }));
    const bob = await signInByLink(running, BOB);
    policy = policyOf(
      'templates: [{ name: view-only, title: Other, rights: [reply, forward, print, copy, download] }]',
    );
    try {
      await answer(bob, id);
      policy = policyOf('rules: []');
      await answer(bob, id);
      const rows = await running.store.db
        .selectFrom('messages')
        .select(['protection', 'rights'])
        .where('kind', '=', 'reply')
        .execute();
      assert.deepEqual(
        rows,
        Array.from({ length: 2 }, () => ({ protection: 'view-only', rights: 'reply' })),
      );
    } finally {
      policy = policyOf(`${templates}\n${rules}`);
    }
  });

  test('refuses an answer by its rules as well, and the page names the rule', async () => {
    const id = await sent(plainMail({ subject: 'Another matter' }));
    const bob = await signInByLink(running, BOB);
    policy = policyOf(
      'rules: [{ id: in, name: Nothing comes in, when: { direction: in }, then: [{ refuse: Not now. }] }]',
    );
    try {
      const { status, text } = await bob.postMultipart(
        `/messages/${id}/reply`,
        { text: 'Yes.' },
        [],
        `/messages/${id}`,
      );
      assert.equal(status, 422);
      assert.match(text, /Refused by the rule “Nothing comes in”: Not now\./);
    } finally {
      policy = policyOf(`${templates}\n${rules}`);
    }
  });

  async function answer(visitor: Visitor, id: string): Promise<void> {
    const { status, text } = await visitor.postMultipart(
      `/messages/${id}/reply`,
      { text: 'Yes.' },
      [],
      `/messages/${id}`,
    );
    assert.equal(status, 303, text);
  }

  const asking = [
    label,
    `X-Our-Connector: ${SECRET}`,
    `msip_label_${LABEL}_enabled: true`,
    'msip_justification: Because of the merger',
    'Sensitivity: Company-Confidential',
    'X-PostX-Reply-Enabled: true',
    'X-PostX-Reply-All-Enabled: true',
    'X-PostX-Forward-Enabled: true',
    'X-PostX-ExpirationDate: +48:00:00',
    'x-smenc: yes',
    'x-smplain: yes',
    'X-SophosEmailEncrypt-ExpiryPeriod: oneWeek',
    'Disposition-Notification-To: alice@example.com',
    'X-Microsoft-Classification: Highly Confidential',
    'X-Protective-Marking: SEC=OFFICIAL',
    'X-Internal-Host: exchange-7.inside.example.com',
  ];
  const traces =
    /msip_|x-our-connector|the-secret-of|merger|sensitivity|x-postx|x-sm(?:enc|plain)|sophos|disposition-notification|x-microsoft-class|x-protective|exchange-7|\[(?:priv|confidential|plain|encrypt)\]/i;

  test('keeps what a mail was judged by, sealed and without the secret, for trying out other rules', async () => {
    const id = await sent(plainMail({ headers: asking, subject: '[priv] Judged [plain]' }));
    const row = await loadMessage(running.store.db, id);
    assert.ok(row);
    const open = openMessage(running.store.vault, row);
    const part = await loadPart(running.store.db, id, BODY_PART);
    assert.ok(part);
    const { judged } = await openBody(running.store.vault, open, part);
    assert.equal(judged?.subject, '[priv] Judged [plain]');
    assert.equal(judged?.secretHeld, true);
    const names = judged?.headers.map(({ name }) => name) ?? [];
    for (const line of asking) {
      const name = (line.split(':')[0] ?? '').toLowerCase();
      assert.equal(names.includes(name), name !== 'x-our-connector', name);
    }
    assert.doesNotMatch(JSON.stringify(judged), new RegExp(SECRET));
    assert.deepEqual(Object.keys(await loadBody(running.store.db, running.store.vault, open)), ['text']);
  });

  test('takes headers and tags that ask for something off everything that leaves', async () => {
    policy = policyOf(templates.replace('template: view-only', 'template: encrypt-only'));
    const id = await sent(plainMail({ headers: asking, subject: '[priv] Stripped [confidential]' }));
    const bob = await signInByLink(running, BOB);
    const copy = await bob.bytes(`/messages/${id}/copy.eml`);
    assert.equal(copy.status, 200);
    assert.match(copy.content.toString(), /^Subject: Stripped\r$/m);
    const forwarded = await bob.post(
      `/messages/${id}/forward`,
      { to: 'carol@third.example', text: 'See this.' },
      `/messages/${id}`,
    );
    assert.equal(forwarded.status, 303, forwarded.text);
    await answer(bob, id);
    const alice = await signInByAddress(running, ALICE);
    const sentPage = (await alice.get(`/sent/${id}`)).text;
    const account = await bob.get('/account');
    const leaving: readonly (readonly [what: string, text: string])[] = [
      ['the copy as a mail', copy.content.toString()],
      ['the message’s page', (await bob.get(`/messages/${id}`)).text],
      ['its body', (await bob.get(`/messages/${id}/body`)).text],
      ['the inbox', (await bob.get('/messages')).text],
      ['the reader’s own data', account.text],
      ['the events', (await api.get(`/messages/${id}/events`)).text],
      ...(await mailTo(running, BOB)).map(({ raw, text }) => ['a mail to the reader', raw + text] as const),
      ...(await mailTo(running, 'carol@third.example')).map(({ raw, text }) => ['a forward', raw + text] as const),
      ...(await mailTo(running, ALICE)).map(({ raw, text }) => ['an answer', raw + text] as const),
    ];
    assert.ok(leaving.length > 9);
    for (const [what, text] of leaving) assert.doesNotMatch(text, traces, what);
    // The API and the sender's page tell which signals were heard, and none of the rest.
    assert.match(sentPage, /x-smenc: yes/);
    assert.doesNotMatch(sentPage, /msip_|x-our-connector|the-secret-of|merger|exchange-7|x-protective/i);
    const { reasons, ...others } = (await api.get(`/messages/${id}`)).json;
    assert.ok(Array.isArray(reasons) && reasons.includes('x-smenc: yes'));
    assert.doesNotMatch(JSON.stringify(others), traces);
    assert.doesNotMatch(JSON.stringify(reasons), /the-secret-of|merger|exchange-7|alice@/);
    for (const n of ['0', '-1', '1']) {
      assert.equal(
        (await bob.bytes(`/messages/${id}/attachments/${n}`)).status,
        404,
        'the body document is no attachment',
      );
    }
    policy = policyOf(`${templates}\n${rules}`);
  });

  test('writes what was asked for into the audit log, and nobody’s address or secret', async () => {
    const id = await sent(plainMail({ headers: asking, subject: 'For good' }));
    const { keyring, db } = running.store;
    const [accepted] = await messageAudit(keyring, db, id, 10);
    assert.equal(accepted?.event, 'message-accepted');
    const told = JSON.stringify(accepted.details);
    for (const words of [
      'label “Strictly ours”',
      'rule “Keep”: protection for-ever',
      'x-smenc: yes',
      'protection view-only',
    ]) {
      assert.ok(told.includes(words), words);
    }
    assert.doesNotMatch(told, /the-secret-of|merger|exchange-7/);
  });
});

function policyOf(text: string): Policy {
  return compilePolicy(parsePolicyDocument(readDocumentText(`format: 1\n${text}`), { brands: ['default'] }));
}
