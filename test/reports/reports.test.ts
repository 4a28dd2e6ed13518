// The reports: what they say is so in the running system, and who may not see them learns nothing of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { DAY_MS } from '../../server/core/clock.ts';
import { openPdf } from '../../server/viewing/paint/pdf.ts';
import { makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { patient, startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { setRoster } from '../support/staff.ts';
import { plainMail, submit } from '../support/submit.ts';

const policy = {
  format: 1,
  templates: [
    { name: 'used', title: 'Used', rights: ['reply'] },
    { name: 'asked', title: 'Asked for by a mail', rights: [] },
    { name: 'unused', title: 'Unused <i>', rights: [] },
  ],
  groups: [
    { name: 'nobody', members: [] },
    { name: 'strays', members: ['alice@example.com'] },
  ],
  lists: [
    { name: 'birds', words: ['bluebird'] },
    { name: 'fish', words: ['haddock'] },
  ],
  rules: [
    { id: 'all', name: 'All', then: [{ apply: 'used' }] },
    { id: 'some', name: 'Some', when: { subject: { contains: 'hello' } }, then: [{ apply: 'used' }] },
    { id: 'mild', name: 'Mild', when: { subject: { contains: 'hello' } }, then: [{ apply: 'encrypt-only' }] },
    { id: 'quiet', name: 'Quiet', when: { list: { is: 'birds' } }, then: [{ apply: 'do-not-forward' }] },
    { id: 'never', name: 'Never', when: { senderGroup: 'nobody' }, then: [{ apply: 'do-not-forward' }] },
    { id: 'asleep', name: 'Asleep', state: 'off', when: { list: { is: 'fish' } }, then: [{ refuse: 'No.' }] },
    { id: 'watch', name: 'Watch', state: 'shadow', then: [{ refuse: 'No.' }] },
  ],
};

interface Section {
  readonly id: string;
  readonly findings: readonly { readonly subject: string; readonly words: string; readonly state: string }[];
}

describeEngines('the reports', (engine) => {
  let running: Running;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase(), viewing: patient });
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    admin = await signInByAddress(running, 'admin@example.com');
    await setRoster(running, {
      staff: [
        { address: 'carol@example.com', role: 'auditor' },
        { address: 'dora@example.com', role: 'help-desk' },
      ],
    });
    const made = await api.sendJson('/policy', policy, { 'if-match': '*' }, 'PUT');
    assert.equal(made.status, 200, made.text);
    await signInByAddress(running, 'carol@example.com');
    const raw = plainMail({ subject: 'Hello' }).replace('Subject:', 'X-Sealpost-Protection: asked\nSubject:');
    assert.match(
      await submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw }),
      /^250 /,
    );
  });
  after(() => running.stop());

  async function sections(report: string): Promise<ReadonlyMap<string, Section['findings']>> {
    const { json, status, text } = await api.get(`/reports/${report}`);
    assert.equal(status, 200, text);
    const list = json['sections'];
    assert.ok(Array.isArray(list));
    return new Map(list.map(({ id, findings }: Section) => [id, findings]));
  }
  const subjects = (findings: Section['findings'] = []): string[] => findings.map(({ subject }) => subject).toSorted();

  test('review what is there and does nothing: rules, templates, lists and groups', async () => {
    const found = await sections('policy-review');
    assert.deepEqual(subjects(found.get('without-hits')), ['Never (never)', 'Quiet (quiet)']);
    assert.match(found.get('without-hits')?.[0]?.words ?? '', /only so since .* \(version 1\)/);
    // The mail itself asked for less than the rules, and the two that ask for the same are idle, each by itself.
    assert.deepEqual(subjects(found.get('overruled')), ['All (all)', 'Mild (mild)', 'Some (some)']);
    assert.deepEqual(subjects(found.get('shadowed')), ['Never (never)', 'Some (some)']);
    assert.deepEqual(subjects(found.get('off')), ['Asleep (asleep)', 'Watch (watch)']);
    assert.deepEqual(subjects(found.get('templates')), ['unused']);
    assert.deepEqual(subjects(found.get('lists')), ['fish', 'strays']);
  });

  test('review who and what was not seen: people, API keys, keys', async () => {
    const found = await sections('policy-review');
    assert.deepEqual(subjects(found.get('people')), ['dora@example.com']);
    assert.deepEqual(found.get('api-keys'), []);
    assert.deepEqual(found.get('ages'), []);
    const idle = await makeClient(running, { scopes: ['messages:send'] });
    assert.ok(idle);
    running.clock.forward(400 * DAY_MS);
    const later = await sections('policy-review');
    assert.deepEqual(subjects(later.get('people')), ['admin@example.com', 'carol@example.com', 'dora@example.com']);
    assert.equal(later.get('api-keys')?.length, 1);
    assert.match(later.get('ages')?.[0]?.words ?? '', /the key that seals, 400 days old/);
    assert.ok(subjects(later.get('without-hits')).includes('All (all)'), 'the mail lies before the period');
  });

  test('say of each requirement what was read here, and not met where it is not', async () => {
    const found = await sections('compliance');
    assert.deepEqual([...found.keys()], ['hipaa', 'pci-dss', 'glba', 'gdpr']);
    const state = (id: string, paragraph: string): string =>
      found.get(id)?.find(({ subject }) => subject === paragraph)?.state ?? 'none';
    // Try-out mode, over plain HTTP, with a key of 400 days: nothing of that is called met.
    assert.equal(state('hipaa', '§ 164.312(d)'), 'not-met');
    assert.equal(state('hipaa', '§ 164.312(e)(1), (e)(2)(ii)'), 'not-met');
    assert.equal(state('pci-dss', '3.7.4'), 'not-met');
    assert.equal(state('gdpr', 'Art. 5(1)(f), 32(1)(a)'), 'not-met');
    assert.equal(state('hipaa', '§ 164.312(b)'), 'met');
    assert.equal(state('hipaa', '§ 164.308(b)(1)'), 'own-duty');
  });

  test('tell an audit log that was edited', async () => {
    const { db } = running.store;
    const row = await db.selectFrom('audit').select(['seq', 'at']).where('seq', '=', 2).executeTakeFirstOrThrow();
    await db.updateTable('audit').set({ at: '2020-01-01T00:00:00.000Z' }).where('seq', '=', row.seq).execute();
    const found = await sections('compliance');
    const whole = found.get('pci-dss')?.find(({ subject }) => subject === '10.3.2, 10.3.4');
    assert.equal(whole?.state, 'not-met');
    assert.match(JSON.stringify(whole), /broken at entry 2/);
    await db.updateTable('audit').set({ at: row.at }).where('seq', '=', row.seq).execute();
  });

  test('are pages, and PDFs with a language and a title, and taking one along is in the audit log', async () => {
    admin = await signInByAddress(running, 'admin@example.com');
    const page = await admin.get('/admin/reports/policy-review');
    assert.match(page.text, /Rules that can make no difference/);
    assert.match(page.text, /Unused &lt;i&gt;/);
    for (const [report, words] of [
      ['policy-review', /RULES WITHOUT HITS[\s\S]*Quiet/],
      ['compliance', /HIPAA[\s\S]*164\.308/i],
    ] as const) {
      const { content, headers, status } = await admin.bytes(`/admin/reports/${report}/report.pdf`);
      assert.equal(status, 200);
      assert.match(headers.get('content-disposition') ?? '', new RegExp(`^attachment; filename="?${report}-`));
      const copy = new Uint8Array(content);
      const { text } = await openPdf(content);
      assert.ok(text !== undefined);
      assert.match(await text(1), words);
      const { info } = await (await getDocument({ data: copy }).promise).getMetadata();
      assert.equal(Reflect.get(info, 'Language'), 'en');
      assert.match(String(Reflect.get(info, 'Title')), /review|summary/);
    }
    const taken = await admin.get('/admin/audit?event=report-taken');
    assert.match(taken.text, /policy-review/);
    const pdf = await api.call('GET', '/reports/compliance', { headers: { accept: 'application/pdf' } });
    assert.match(pdf.text, /^%PDF-/);
  });

  test('are there for auditors, and for nobody without their role', async () => {
    const carol = await signInByAddress(running, 'carol@example.com');
    assert.equal((await carol.get('/admin/reports/compliance')).status, 200);
    for (const address of ['dora@example.com', 'alice@example.com']) {
      const visitor = await signInByAddress(running, address);
      for (const path of ['', '/compliance', '/policy-review', '/compliance/report.pdf'])
        assert.equal((await visitor.get(`/admin/reports${path}`)).status, 404, address);
    }
    assert.equal((await admin.get('/admin/reports/unknown')).status, 404);
    assert.equal((await api.get('/reports/unknown')).status, 404);
    const sender = await makeClient(running, { scopes: ['messages:send'] });
    assert.equal((await sender.get('/reports/compliance')).status, 403);
  });
});
