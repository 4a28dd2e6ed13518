// A rule is built by form: every kind of condition and action that the document knows, without a script, and without touching
// what the form does not know.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { HOUR_MS, MINUTE_MS, isoTime } from '../../server/core/clock.ts';
import { typedOf, valueOf } from '../../server/admin/field-values.ts';
import { sectionShapes } from '../../server/admin/part-words.ts';
import { draftOf, ruleOf } from '../../server/admin/rule-draft.ts';
import { rulesIn } from '../../server/admin/rule-document.ts';
import { actionShapes, conditionShapes } from '../../server/admin/rule-words.ts';
import { condition } from '../../server/policy/conditions/condition.ts';
import { action } from '../../server/policy/actions.ts';
import { fieldsOf } from '../../server/policy/document-fields.ts';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import { readDocumentText } from '../../server/policy/document-text.ts';
import { sweepKeptForms } from '../../server/staff/kept-forms.store.ts';
import { fullDocument } from '../policy/documents.ts';
import { makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import type { Answer, Visitor } from '../support/browser.ts';
import { codeFor, signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

describe('the form of a rule', () => {
  const { rules, templates, lists } = parsePolicyDocument(readDocumentText(fullDocument));

  test('says each rule of a full document exactly, all of it in fields', () => {
    assert.ok(rules.length > 1);
    for (const rule of rules) {
      const draft = draftOf({ ...rule });
      assert.deepEqual(ruleOf(draft), { ...rule }, rule.id);
      assert.doesNotMatch(JSON.stringify(draft), /"is":"text"/, rule.id);
    }
  });

  test('says each template and word list of it exactly as well', () => {
    assert.ok(templates.length > 0 && lists.length > 1);
    for (const [section, parts] of [
      ['templates', templates],
      ['lists', lists],
    ] as const) {
      for (const { name, ...rest } of parts) {
        const { fields } = sectionShapes[section];
        const typed = typedOf(fields, rest) ?? assert.fail(name);
        assert.deepEqual(valueOf(fields, typed), rest);
      }
    }
  });

  test('keeps what it does not know as text, untouched', () => {
    const rule = {
      id: 'later',
      name: 'Of a later version',
      state: 'on',
      when: { all: [{ moonPhase: { is: 'full', within: [1, 2] } }, { sender: { is: ['a@example.com'], deep: true } }] },
      then: [{ sing: 'a song' }, { apply: 'encrypt-only' }],
      mood: { light: 3 },
    };
    const draft = draftOf(rule);
    assert.deepEqual(ruleOf(draft), rule);
    assert.equal(JSON.stringify(draft).match(/"is":"text"/g)?.length, 3);
  });

  test('knows every kind of condition and action that a document may hold', () => {
    const words = (shape: { safeParse: (value: unknown) => unknown }, kind: string): string =>
      JSON.stringify(shape.safeParse({ [kind]: 0 }), (_, value: unknown) => value);
    for (const kind of Object.keys(conditionShapes)) assert.doesNotMatch(words(condition, kind), /unrecognized/, kind);
    for (const kind of Object.keys(actionShapes)) assert.doesNotMatch(words(action, kind), /unrecognized/, kind);
    const used = JSON.stringify(rules);
    for (const kind of [...Object.keys(conditionShapes), ...Object.keys(actionShapes)])
      assert.ok(used.includes(`"${kind}"`), kind);
  });
});

describe('building a rule by form', () => {
  let running: Running;
  let api: ApiClient;
  let admin: Visitor;
  const page = '/admin/policy/new-rule';

  before(async () => {
    running = await startProgram();
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  beforeEach(async () => {
    const empty = { format: 1, groups: [{ name: 'legal', members: ['alice@example.com'] }], rules: [] };
    await api.sendJson('/policy', empty, { 'if-match': '*' }, 'PUT');
  });

  const stored = async () => {
    const { json } = await api.get('/policy');
    return rulesIn(json);
  };

  /** As a browser without scripts: presses a button of the page that is shown, with all its fields as they stand. */
  async function press(
    shown: Answer,
    at: string,
    button: string,
    typed: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const fields: Record<string, string> = { ...fieldsOn(shown.text), do: button };
    for (const [name, text] of Object.entries(typed)) {
      if (text === undefined) delete fields[name];
      else fields[name] = text;
    }
    return admin.postMultipart(at, fields, [], at);
  }

  test('from nothing to a rule that is in force: conditions, an exception, actions', async () => {
    let shown = await admin.get(page);
    shown = await press(shown, page, 'add when', { name: 'Big contracts', state: 'on', 'kind when': 'subject' });
    shown = await press(shown, page, 'add when', { 'when:contains': 'contract', 'kind when': 'direction' });
    assert.match(shown.text, /All of these hold/);
    shown = await press(shown, page, 'add unless', { 'kind unless': 'senderGroup' });
    shown = await press(shown, page, 'add then', { 'unless:': 'legal', 'kind then': 'expires' });
    const saved = await press(shown, page, 'save', { 'then.1:': '7d', 'then.0:': 'do-not-forward' });
    assert.equal(saved.status, 303, saved.text);
    assert.deepEqual(await stored(), [
      {
        id: 'big-contracts',
        name: 'Big contracts',
        state: 'on',
        when: { all: [{ subject: { contains: 'contract' } }, { direction: 'out' }] },
        unless: { senderGroup: 'legal' },
        then: [{ apply: 'do-not-forward' }, { expires: '7d' }],
      },
    ]);
    const from = 'carol@example.com';
    const raw = plainMail({ from, subject: 'The contract' });
    assert.match(await submit(running.smtpPort, { from, to: ['bob@recipient.example'], raw }), /^250 /);
    assert.match((await admin.get('/admin/policy')).text, /1 hit in 30 days: 1 made a difference/);
  });

  test('typed when the session has ended stands there again after signing in, and nothing of it was applied', async () => {
    const ada = await signInByAddress(running, 'admin@example.com');
    const shown = await ada.get(page);
    const fields: Record<string, string> = { ...fieldsOn(shown.text), do: 'add when', 'kind when': 'subject' };
    const second = await ada.postMultipart(page, { ...fields, name: 'Late contracts' }, [], page);
    const form = new FormData();
    for (const [name, text] of Object.entries(fieldsOn(second.text))) form.append(name, text);
    form.set('csrf', await ada.csrf(page));
    form.set('when:contains', 'a late contract');
    form.set('do', 'save');
    running.clock.forward(31 * MINUTE_MS);
    const late = await ada.send('POST', page, form);
    assert.equal(late.status, 401);
    assert.match(late.text, /nothing was sent|kept for an hour/);
    assert.deepEqual(await stored(), []);
    const forged = new FormData();
    forged.append('csrf', 'x');
    forged.append('name', 'Forged');
    assert.equal((await ada.send('POST', page, forged)).status, 403);

    await ada.post('/sign-in/passcode', { address: 'admin@example.com' }, '/sign-in');
    const code = await codeFor(running, 'admin@example.com');
    assert.equal((await ada.post('/sign-in/verify', { code }, '/sign-in/verify')).location, page);
    const again = await ada.get(page);
    assert.match(again.text, /You were signed out before this was saved/);
    assert.match(again.text, /value="Late contracts"/);
    assert.match(again.text, /a late contract/);
    assert.doesNotMatch((await ada.get('/compose')).text, /late contract/i);
    admin = await signInByAddress(running, 'admin@example.com');
    assert.doesNotMatch((await admin.get(page)).text, /late contract/i, 'in this browser only');
    const saved = await ada.postMultipart(page, { ...fieldsOn(again.text), do: 'save' }, [], page);
    assert.equal(saved.status, 303, saved.text);
    assert.equal((await stored()).length, 1);
    assert.doesNotMatch((await ada.get(page)).text, /late contract/i);
  });

  /** What is typed into each page of one session, and sent when it is over. */
  async function late(visitor: Visitor, pages: Readonly<Record<string, Record<string, string>>>): Promise<Answer[]> {
    const forms = [];
    for (const [at, fields] of Object.entries(pages)) {
      forms.push({ at, form: formOf({ csrf: await visitor.csrf(at), ...fields }) });
    }
    running.clock.forward(31 * MINUTE_MS);
    const answers = [];
    for (const { at, form } of forms) answers.push(await visitor.send('POST', at, form));
    return answers;
  }

  test('each page has its own of what was typed, and it is discarded by a button', async () => {
    await put([{ id: 'one', name: 'In force', then: [{ apply: 'encrypt-only' }] }]);
    const [rule, list] = ['/admin/policy/rules/one', '/admin/policy/parts/lists'];
    const ada = await signInByAddress(running, 'admin@example.com');
    const blank = { cc: '', bcc: '', protection: 'encrypt-only', expires: '', phrase: '' };
    const letter = { ...blank, to: 'bob@recipient.example', subject: 'My marzipan', text: 'x' };
    const answers = await late(ada, {
      [rule]: { ...fieldsOn((await ada.get(rule)).text), name: 'Half a thought' },
      [list]: { ...fieldsOn((await ada.get(list)).text), name: 'half-a-list' },
      '/compose': letter,
    });
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401],
    );
    await signInByAddress(running, 'admin@example.com', ada);
    const typed = async () => [
      /Half a thought/.test((await ada.get(rule)).text),
      /half-a-list/.test((await ada.get(list)).text),
      /My marzipan/.test((await ada.get('/compose')).text),
    ];
    assert.deepEqual(await typed(), [true, true, true]);
    assert.match((await ada.get(rule)).text, /value="discard">Discard what I typed/);
    assert.equal((await ada.send('POST', rule, formOf({ csrf: 'x', do: 'discard' }))).status, 403);
    assert.equal((await ada.postMultipart('/compose', letter, [], '/compose')).status, 303);
    assert.deepEqual(await typed(), [true, true, false], 'a letter that is sent takes no rule along');
    const gone = await ada.postMultipart(rule, { do: 'discard' }, [], rule);
    assert.deepEqual([gone.status, gone.location], [303, rule]);
    assert.deepEqual(await typed(), [false, true, false]);
    assert.match((await ada.get(rule)).text, /value="In force"/);
    assert.doesNotMatch((await ada.get(rule)).text, /Discard what I typed/);
    assert.equal((await ada.postMultipart(list, { do: 'discard' }, [], list)).location, list);
    assert.deepEqual(await typed(), [false, false, false]);
    assert.deepEqual(await rows(), []);
    assert.equal((await stored())[0]?.['name'], 'In force');
    admin = await signInByAddress(running, 'admin@example.com');
  });

  test('nothing is kept for people without the role, for a form of elsewhere, nor past an hour or for the next person', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    const form = formOf({ csrf: await alice.csrf('/sent'), name: 'A stranger to policy' });
    running.clock.forward(31 * MINUTE_MS);
    assert.equal((await alice.send('POST', page, form)).status, 401);
    const forger = await signInByAddress(running, 'admin@example.com');
    assert.equal((await late(forger, { [page]: { csrf: 'x', name: 'Forged' } }))[0]?.status, 403);
    assert.deepEqual(await rows(), []);
    for (const next of ['alice', 'admin']) {
      const ada = await signInByAddress(running, 'admin@example.com');
      assert.equal((await late(ada, { [page]: { name: 'Late' } }))[0]?.status, 401);
      const [row] = await rows();
      assert.ok(row !== undefined && !JSON.stringify(row).includes('policy'));
      if (next === 'admin') running.clock.forward(HOUR_MS);
      await signInByAddress(running, `${next}@example.com`, ada);
      if (next === 'alice') assert.deepEqual(await rows(), []);
      else assert.doesNotMatch((await ada.get(page)).text, /Late/);
    }
    await sweepKeptForms(running.store.db, isoTime(running.clock.nowMs()), 100);
    assert.deepEqual(await rows(), []);
    admin = await signInByAddress(running, 'admin@example.com');
  });

  const rows = () => running.store.db.selectFrom('kept_forms').selectAll().execute();

  test('tells each fault at its field, keeps what was typed, and saves nothing', async () => {
    let shown = await admin.get(page);
    shown = await press(shown, page, 'add when', { name: '', 'kind when': 'sender' });
    const refused = await press(shown, page, 'save', { 'when:is': 'bob@example.com\nnobody at all\n' });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /This is empty\.[\s\S]*id="name"/);
    assert.match(refused.text, /Line 2 is neither an address nor a domain[\s\S]*id="when:is"[\s\S]*nobody at all/);
    assert.deepEqual(await stored(), []);
    const gone = await press(refused, page, 'remove when');
    assert.match(gone.text, /Every mail\./);
  });

  test('of two who change the policy the second is told, and whether it is about this rule', async () => {
    await put([{ id: 'one', name: 'One', then: [{ apply: 'encrypt-only' }] }]);
    const at = '/admin/policy/rules/one';
    const mine = await admin.get(at);
    await put([
      { id: 'one', name: 'One', then: [{ apply: 'encrypt-only' }] },
      { id: 'two', name: 'Two', then: [{ apply: 'encrypt-only' }] },
    ]);
    const told = await press(mine, at, 'save', { name: 'Mine' });
    assert.equal(told.status, 412);
    assert.match(told.text, /This rule they left as it was/);
    await put([{ id: 'one', name: 'Theirs', then: [{ apply: 'encrypt-only' }] }]);
    const again = await press(told, at, 'save');
    assert.equal(again.status, 412);
    assert.match(again.text, /They changed this rule as well/);
    assert.equal((await press(again, at, 'save')).status, 303);
    assert.deepEqual(
      (await stored()).map(({ name }) => name),
      ['Mine'],
    );
  });

  test('a draft is tried in the simulator, and nothing is saved', async () => {
    const shown = await admin.get(page);
    const tried = await press(shown, page, 'test', { name: 'A draft', 'then.0:': 'do-not-forward' });
    assert.equal(tried.status, 200);
    assert.match(tried.text, /<h1>Simulator<\/h1>[\s\S]*id: a-draft/);
    assert.deepEqual(await stored(), []);
  });

  test('rules change places, one place or all at once, and go', async () => {
    const rule = (id: string) => ({ id, name: id, state: 'on', then: [{ apply: 'encrypt-only' }] });
    await put([rule('a'), rule('b'), rule('c')]);
    const order = async (fields: Record<string, string>): Promise<unknown[]> => {
      const { text } = await admin.get('/admin/policy');
      const [, version = ''] = /name="version" value="(\d+)"/.exec(text) ?? [];
      await admin.post('/admin/policy/order', { version, ids: '', ...fields }, '/admin/policy');
      return (await stored()).map(({ id }) => id);
    };
    assert.deepEqual(await order({ down: 'a' }), ['b', 'a', 'c']);
    assert.deepEqual(await order({ up: 'c' }), ['b', 'c', 'a']);
    assert.deepEqual(await order({ up: 'b' }), ['b', 'c', 'a'], 'the first goes no further');
    assert.deepEqual(await order({ ids: 'a b c' }), ['a', 'b', 'c']);
    assert.deepEqual(await order({ ids: 'c b' }), ['a', 'b', 'c'], 'an order that lacks one is none');
    assert.deepEqual(await order({ ids: 'c c b' }), ['a', 'b', 'c']);
    assert.deepEqual(await order({ version: '1', ids: 'c b a' }), ['a', 'b', 'c'], 'nor one of an older version');
    const at = '/admin/policy/rules/b';
    await press(await admin.get(at), at, 'remove');
    assert.deepEqual(
      (await stored()).map(({ id }) => id),
      ['a', 'c'],
    );
    assert.equal((await admin.get(at)).status, 404);
  });

  test('a template and a word list are built by form, and go when nothing names them', async () => {
    const templates = '/admin/policy/parts/templates';
    const refused = await press(await admin.get(templates), templates, 'save', {
      name: 'No Name',
      'part:title': 'Legal',
      'part:expiry.days': 'soon',
    });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /This is not made of lower-case words[\s\S]*id="name"/);
    assert.match(refused.text, /This is of another type[\s\S]*id="part:expiry.days"[^>]*value="soon"/);
    const rights = { 'part:rights:reply': 'on' };
    const typed = { name: 'legal', 'part:expiry.days': '7', 'part:deliver': 'portal', ...rights };
    assert.equal((await press(refused, templates, 'save', typed)).status, 303);
    const lists = '/admin/policy/parts/lists';
    const words = { name: 'birds', 'part:words': 'bluebird\nzeisig\n' };
    assert.equal((await press(await admin.get(lists), lists, 'save', words)).status, 303);
    const { json } = await api.get('/policy');
    assert.deepEqual(json['templates'], [
      { name: 'legal', title: 'Legal', rights: ['reply'], expiry: { days: 7 }, deliver: 'portal' },
    ]);
    assert.deepEqual(json['lists'], [{ name: 'birds', words: ['bluebird', 'zeisig'] }]);
    assert.match((await admin.get('/admin/policy')).text, /href="\/admin\/policy\/parts\/lists\/birds"/);
    await put([{ id: 'uses', name: 'Uses', when: { list: { is: 'birds' } }, then: [{ apply: 'legal' }] }]);
    const own = `${templates}/legal`;
    const kept = await press(await admin.get(own), own, 'remove');
    assert.equal(kept.status, 422);
    assert.match(kept.text, /rules\[0\]\.then\[0\]\.apply/);
    await put([]);
    assert.equal((await press(await admin.get(own), own, 'remove')).status, 303);
    assert.equal((await admin.get(own)).status, 404);
    assert.equal((await admin.get('/admin/policy/parts/rules')).status, 404);
  });

  test('of a word list that two change the second is told', async () => {
    const lists = '/admin/policy/parts/lists';
    const first = await admin.get(lists);
    await press(await admin.get(lists), lists, 'save', { name: 'birds', 'part:words': 'bluebird' });
    const told = await press(first, lists, 'save', { name: 'fish', 'part:words': 'haddock' });
    assert.equal(told.status, 412);
    assert.equal((await press(told, lists, 'save')).status, 303);
    const { json } = await api.get('/policy');
    assert.deepEqual(json['lists'], [
      { name: 'birds', words: ['bluebird'] },
      { name: 'fish', words: ['haddock'] },
    ]);
  });

  test('labels are listed, added, changed and removed by form, each once', async () => {
    const labels = '/admin/policy/parts/labels';
    const id = '11111111-2222-4333-8444-555555555555';
    const kept = async () => {
      const { json } = await api.get('/policy');
      return fieldsOf(json['labels']);
    };
    const filled = { name: id, 'part:title': 'Confidential', 'part:template': 'do-not-forward' };
    for (const wrong of [{ name: 'confidential' }, { 'part:template': '' }, { 'part:template': 'gone' }]) {
      const refused = await press(await admin.get(labels), labels, 'save', { ...filled, ...wrong });
      assert.equal(refused.status, 422, JSON.stringify(wrong));
      assert.match(refused.text, /Nothing was saved/);
    }
    assert.equal((await press(await admin.get(labels), labels, 'save', filled)).status, 303);
    assert.deepEqual((await kept())['map'], [{ label: id, title: 'Confidential', template: 'do-not-forward' }]);
    assert.match((await admin.get('/admin/policy')).text, new RegExp(`labels/${id}"><bdi>Confidential`));
    assert.equal((await press(await admin.get(labels), labels, 'save', filled)).status, 422, 'it replaces none');

    // What else the policy says of labels stays.
    const { json } = await api.get('/policy');
    const tenant = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
    await api.sendJson(
      '/policy',
      { ...json, labels: { ...fieldsOf(json['labels']), tenant } },
      { 'if-match': '*' },
      'PUT',
    );
    const one = `${labels}/${id}`;
    const changed = { 'part:title': '', 'part:template': 'encrypt-only' };
    assert.equal((await press(await admin.get(one), one, 'save', changed)).status, 303);
    assert.deepEqual((await kept())['map'], [{ label: id, template: 'encrypt-only' }]);
    assert.equal((await kept())['tenant'], tenant);
    assert.match((await admin.get(one)).text, /from then on it asks for nothing/);
    assert.equal((await press(await admin.get(one), one, 'remove')).status, 303);
    assert.deepEqual((await kept())['map'] ?? [], []);
    assert.equal((await kept())['tenant'], tenant);
    assert.equal((await admin.get(one)).status, 404);
  });

  test('takes nothing from those who may not change it, nor what no form of ours sends', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.get(page)).status, 404);
    assert.equal((await alice.postMultipart(page, { version: '0', do: 'save' }, [], '/sent')).status, 404);
    for (const odd of [{ 'when:kind': 'toString' }, { 'then:count': '9999' }, { rest: '{' }, { version: 'x' }]) {
      assert.equal((await press(await admin.get(page), page, 'save', odd)).status, 422, JSON.stringify(odd));
    }
    assert.deepEqual(await stored(), []);
  });

  async function put(rules: readonly object[]): Promise<void> {
    const answer = await api.sendJson('/rules', { rules }, { 'if-match': '*' }, 'PUT');
    assert.equal(answer.status, 200, answer.text);
  }
});

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, text] of Object.entries(fields)) form.append(name, text);
  return form;
}

/** What a browser would send of the form that is shown. */
function fieldsOn(html: string): Record<string, string> {
  const form = /<form class="rule-form"[\s\S]*?<\/form>/.exec(html)?.[0] ?? assert.fail('no form');
  const unescaped = (text: string): string =>
    text
      .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const [, name = ''] = /name="([^"]*)"/.exec(tag) ?? [];
    const [, value] = /value="([^"]*)"/.exec(tag) ?? [];
    const isBox = /type="(?:checkbox|radio)"/.test(tag);
    if (name === 'csrf' || (isBox && !tag.includes(' checked'))) continue;
    fields[unescaped(name)] = unescaped(value ?? 'on');
  }
  for (const [, name = '', text = ''] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g))
    fields[unescaped(name)] = unescaped(text);
  for (const [, name = '', options = ''] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const chosen = /value="([^"]*)" selected/.exec(options) ?? /value="([^"]*)"/.exec(options);
    fields[unescaped(name)] = unescaped(chosen?.[1] ?? '');
  }
  return fields;
}
