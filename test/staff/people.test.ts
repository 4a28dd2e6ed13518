// Who runs this place: the command line, the page, the API, and that of two who change it the second is told.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readAudit } from '../../server/audit/audit-list.store.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { createApiKey } from '../../server/signin/api-keys.store.ts';
import type { Scope } from '../../server/signin/api-keys.store.ts';
import { loadRoster } from '../../server/staff/staff.store.ts';
import { makeClient } from '../roads/api-client.ts';
import { Visitor, ledTo } from '../support/browser.ts';
import { sealpost } from '../support/command.ts';
import { mailTo, signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { enrolApp, setRoster } from '../support/staff.ts';
import { allRows } from '../support/tables.ts';

const PEOPLE = '/admin/people';

describe('the people who run this place', () => {
  let running: Running;
  let admin: Visitor;
  const staff = (...args: string[]) => sealpost({ DATA_DIR: running.dataDir }, 'staff', ...args);

  before(async () => {
    running = await startProgram();
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  async function lastEntries(event: string): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const entry of readAudit(running.store.keyring, running.store.db))
      if (entry.event === event) found.push(entry.details);
    return found;
  }

  const versionOf = async (): Promise<string> =>
    /name="version" value="(\d+)"/.exec((await admin.get(PEOPLE)).text)?.[1] ?? '';

  test('are given a role, listed and removed on the command line, each in the audit', async () => {
    const carl = await signInByAddress(running, 'carl@example.com');
    assert.equal((await carl.get(PEOPLE)).status, 404);
    assert.match(
      (await staff('add', 'Carl@example.com', '--role', 'auditor')).out,
      /Carl@example\.com has the role auditor\./,
    );
    assert.equal((await carl.get(PEOPLE)).status, 200, 'with the next click');
    assert.match((await staff('add', 'carl@example.com', '--role', 'help-desk')).out, /has the role help-desk\./);
    assert.equal((await carl.get(PEOPLE)).status, 404);
    assert.match(
      (await staff('list')).out,
      /^admin@example\.com  administrator  by the setting ADMINS\ncarl@example\.com  help-desk$/m,
    );
    assert.match((await staff('remove', 'CARL@example.com')).out, /Removed\./);
    assert.equal((await carl.get('/admin/help-desk')).status, 404);
    assert.deepEqual(await lastEntries('staff-changed'), [
      { actor: 'command line', person: 'carl@example.com', from: 'none', to: 'auditor' },
      { actor: 'command line', person: 'carl@example.com', from: 'auditor', to: 'help-desk' },
      { actor: 'command line', person: 'carl@example.com', from: 'help-desk', to: 'none' },
    ]);
    for (const [args, says] of [
      [['add', 'carl@example.com', '--role', 'king'], /There are administrator, auditor, help-desk, approver/],
      [['add', 'eve@recipient.example', '--role', 'auditor'], /not of the organisation/],
      [['remove', 'admin@example.com'], /by the setting ADMINS/],
    ] as const) {
      const { code, err } = await staff(...args);
      assert.notEqual(code, 0, args.join(' '));
      assert.match(err, says);
    }
    assert.equal((await lastEntries('staff-changed')).length, 3);
  });

  test('get and lose a role on the page, after it has said what will happen', async () => {
    const added = await admin.post(
      `${PEOPLE}/staff`,
      { version: await versionOf(), address: 'dora@example.com', role: 'auditor' },
      PEOPLE,
    );
    assert.deepEqual([added.status, ledTo(added)], [303, `${PEOPLE}?done=saved`]);
    assert.match((await admin.get(PEOPLE)).text, /<bdi class="row-who">dora@example\.com<\/bdi> <span>Auditor/);
    const fields = { version: await versionOf(), address: 'dora@example.com' };
    const asked = await admin.post(`${PEOPLE}/staff/remove`, fields, PEOPLE);
    assert.match(asked.text, /Take the role from dora@example\.com\?[^]*They stop being auditor with their next click/);
    assert.match((await admin.get(PEOPLE)).text, /dora@example\.com/, 'nothing happened yet');
    await admin.post(`${PEOPLE}/staff/remove`, { ...fields, sure: '1' }, PEOPLE);
    assert.doesNotMatch((await admin.get(PEOPLE)).text, /dora@example\.com/);
    const [last] = (await lastEntries('staff-changed')).slice(-1);
    assert.deepEqual(
      Object.entries(last ?? {}).filter(([name]) => name !== 'network'),
      [
        ['actor', 'admin@example.com'],
        ['person', 'dora@example.com'],
        ['from', 'auditor'],
        ['to', 'none'],
      ],
    );
  });

  test('who changes or takes away their own role is asked first', async () => {
    const role = 'administrator';
    await admin.post(`${PEOPLE}/staff`, { version: await versionOf(), address: 'nora@example.com', role }, PEOPLE);
    const nora = await signInByAddress(running, 'nora@example.com');
    const fields = { version: await versionOf(), address: 'Nora@example.com' };
    for (const [act, more] of [
      ['staff', { role: 'auditor' }],
      ['staff/remove', {}],
    ] as const) {
      const asked = await nora.post(`${PEOPLE}/${act}`, { ...fields, ...more }, PEOPLE);
      assert.equal(asked.status, 200);
      assert.match(asked.text, /This is your own role[^]*There (?:is one|are \d+) other administrator/, act);
      assert.equal((await nora.get('/admin/api-keys')).status, 200, 'nothing happened yet');
    }
    const same = await nora.post(`${PEOPLE}/staff`, { ...fields, role }, PEOPLE);
    assert.equal(ledTo(same), `${PEOPLE}?done=same`, 'no question where nothing is lost');
    const done = await nora.post(`${PEOPLE}/staff`, { ...fields, role: 'auditor', sure: '1' }, PEOPLE);
    assert.equal(done.status, 303);
    assert.equal((await nora.post(`${PEOPLE}/staff`, { ...fields, role, sure: '1' }, '/account')).status, 404);
    await admin.post(`${PEOPLE}/staff/remove`, { ...fields, version: await versionOf(), sure: '1' }, PEOPLE);
  });

  test('cannot be who they must not be, and what was typed is not lost', async () => {
    for (const [address, says] of [
      ['eve@recipient.example', /eve@recipient\.example is not of the organisation/],
      ['"><b>x', /“&quot;&gt;&lt;b&gt;x” is not a mail address/],
      ['admin@example.com', /is an administrator by the setting ADMINS/],
    ] as const) {
      const before = await allRows(running);
      const answer = await admin.post(
        `${PEOPLE}/staff`,
        { version: await versionOf(), address, role: 'auditor' },
        PEOPLE,
      );
      assert.equal(answer.status, 422);
      assert.match(answer.text, says);
      assert.ok(
        answer.text.includes(address.replaceAll('"', '&quot;').replaceAll('>', '&gt;').replaceAll('<', '&lt;')),
      );
      assert.deepEqual(await allRows(running), before);
    }
    const unknown = { version: await versionOf(), address: 'dora@example.com', role: 'king' };
    assert.equal((await admin.post(`${PEOPLE}/staff`, unknown, PEOPLE)).status, 422);
  });

  test('are changed by two at once: the second is told, and nothing of the first is lost', async () => {
    const seen = await versionOf();
    await admin.post(`${PEOPLE}/staff`, { version: seen, address: 'first@example.com', role: 'auditor' }, PEOPLE);
    const second = await admin.post(
      `${PEOPLE}/staff`,
      { version: seen, address: 'second@example.com', role: 'auditor' },
      PEOPLE,
    );
    assert.equal(second.status, 412);
    assert.match(
      second.text,
      /Not saved: somebody else changed this[^]*first@example\.com[^]*value="second@example\.com"/,
    );
    assert.doesNotMatch((await admin.get(PEOPLE)).text, /second@example\.com/);
    // At the very same moment, too, one wins.
    const now = await versionOf();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        admin.post(`${PEOPLE}/staff`, { version: now, address: `${name}@example.com`, role: 'auditor' }, PEOPLE),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 412, 412, 412]);
  });

  test('keep the senders’ groups, which are part of the policy', async () => {
    const version = /value="(\d+)">\s*<h3>Make a group/.exec((await admin.get(PEOPLE)).text)?.[1] ?? '';
    const made = await admin.post(
      `${PEOPLE}/groups`,
      { version, name: 'legal', members: 'alice@example.com\n@law.example.com' },
      PEOPLE,
    );
    assert.equal(made.status, 303);
    assert.match((await admin.get(PEOPLE)).text, /legal[^]*alice@example\.com\n@law\.example\.com/);
    assert.match((await admin.get('/admin/policy')).text, /@law\.example\.com/);
    const stale = await admin.post(`${PEOPLE}/groups`, { version, name: 'legal', members: '' }, PEOPLE);
    assert.equal(stale.status, 412);
    const wrong = await admin.post(
      `${PEOPLE}/groups`,
      { version: String(Number(version) + 1), name: 'Not Good', members: '' },
      PEOPLE,
    );
    assert.match(wrong.text, /Nothing was saved\./);
    assert.equal(wrong.status, 422);
  });

  test('are read and replaced by the API, by whoever saw them last', async () => {
    const call = await caller(['admin:read', 'admin:write']);
    const got = await call('GET');
    assert.equal(got.status, 200);
    const people = {
      staff: [{ address: 'zoe@example.com', role: 'approver' }],
      mailboxes: [{ address: 'claims@example.com', delegates: ['dora@example.com'] }],
    };
    const etag = got.headers.get('etag') ?? '';
    const put = await call('PUT', people, etag);
    assert.deepEqual([put.status, JSON.parse(put.text)], [200, people]);
    assert.deepEqual(JSON.parse((await call('GET')).text), people);
    assert.deepEqual(await lastEntries('delegates-changed').then((all) => all.length), 1);
    for (const [status, body, tag] of [
      [412, people, etag],
      [428, people, undefined],
      [422, { staff: [{ address: 'zoe@example.com', role: 'king' }], mailboxes: [] }, '*'],
      [422, { staff: [], mailboxes: [], more: 1 }, '*'],
      [422, { staff: [{ address: 'zoe@elsewhere.example', role: 'auditor' }], mailboxes: [] }, '*'],
      [
        422,
        {
          staff: [
            { address: 'zoe@example.com', role: 'auditor' },
            { address: 'Zoe@example.com', role: 'auditor' },
          ],
          mailboxes: [],
        },
        '*',
      ],
    ] as const)
      assert.equal((await call('PUT', body, tag)).status, status, JSON.stringify(body));
    assert.equal((await (await caller(['admin:read']))('PUT', people, '*')).status, 403);
    assert.equal((await (await caller(['messages:read']))('GET')).status, 403);
    assert.deepEqual(JSON.parse((await call('GET')).text), people);
  });

  test('are never more than can be read again, nor replaced by a form that adds', async () => {
    await setRoster(running, { mailboxes: [{ address: 'claims@example.com', delegates: ['dora@example.com'] }] });
    const admin = await signInByAddress(running, 'admin@example.com');
    const page = '/admin/people';
    const version = async () => /name="version" value="(\d+)"/.exec((await admin.get(page)).text)?.[1] ?? '';
    const many = Array.from({ length: 201 }, (_, n) => `d${n}@example.com`);
    const add = async (path: string, fields: Record<string, string>) =>
      admin.post(`${page}/${path}`, { version: await version(), ...fields }, page);

    const refused = await add('mailboxes', { address: 'many@example.com', delegates: many.join('\n'), new: '1' });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /many@example\.com can have at most 200 delegates\./);
    const again = await add('mailboxes', { address: 'Claims@example.com', delegates: 'emil@example.com', new: '1' });
    assert.equal(again.status, 422);
    assert.match(again.text, /claims@example\.com is shared already\. Change it in the list\./);
    assert.equal((await admin.get(page)).status, 200);
    const { roster } = await loadRoster(running.store.keyring, running.store.db);
    assert.deepEqual(roster.mailboxes, [{ address: 'claims@example.com', delegates: ['dora@example.com'] }]);

    const full = many.slice(0, 200).join('\n');
    assert.equal((await add('mailboxes', { address: 'many@example.com', delegates: full, new: '1' })).status, 303);
    const changed = await add('mailboxes', { address: 'claims@example.com', delegates: 'emil@example.com' });
    assert.equal(changed.status, 303);
    await setRoster(running, {});
  });

  test('at the help desk send notices once more and unlock an address, and see nothing of either', async () => {
    await setRoster(running, { staff: [{ address: 'helga@example.com', role: 'help-desk' }] });
    const helga = await signInByAddress(running, 'helga@example.com');
    await send(running, { to: 'bob@recipient.example', subject: 'Figures', text: 'Here.' });
    const notices = (await mailTo(running, 'bob@recipient.example')).length;
    const desk = '/admin/help-desk';
    const [known, unknown] = [
      await helga.post(`${desk}/notices`, { address: 'bob@recipient.example' }, desk),
      await helga.post(`${desk}/notices`, { address: 'no@recipient.example' }, desk),
    ];
    assert.deepEqual([known.status, known.location], [unknown.status, unknown.location]);
    assert.equal((await mailTo(running, 'bob@recipient.example')).length, notices + 1);

    const bob = new Visitor(running.url);
    for (let n = 0; n < 9; n += 1)
      await bob.post('/sign-in/passcode', { address: 'bob@recipient.example' }, '/sign-in');
    const locked = await bob.post('/sign-in/passcode', { address: 'bob@recipient.example' }, '/sign-in');
    assert.equal(locked.status, 429);
    assert.equal((await helga.post(`${desk}/unlock`, { address: 'bob' }, desk)).status, 422);
    assert.equal((await helga.post(`${desk}/unlock`, { address: 'Bob@recipient.example' }, desk)).status, 303);
    assert.equal((await bob.post('/sign-in/passcode', { address: 'bob@recipient.example' }, '/sign-in')).status, 303);
    assert.equal((await lastEntries('address-unlocked')).length, 1);
    // Of the console there is nothing else for them.
    assert.deepEqual(
      [...(await helga.get(desk)).text.matchAll(/class="console-nav"[^]*?<\/nav>/g)].flatMap(([nav]) =>
        [...nav.matchAll(/href="([^"]+)"/g)].map(([, url]) => url),
      ),
      [desk],
    );
    assert.equal((await helga.get('/admin')).location, desk);
  });

  test('are helped by a program as well, which learns nothing of them', async () => {
    const api = await makeClient(running, { scopes: ['admin:write'] });
    const notices = (await mailTo(running, 'bob@recipient.example')).length;
    const asked = (address: string) => api.sendJson('/help-desk/notices', { address });
    const [known, unknown] = [await asked('bob@recipient.example'), await asked('no@recipient.example')];
    assert.deepEqual([known.status, known.text], [204, '']);
    assert.deepEqual([unknown.status, unknown.text], [204, '']);
    assert.equal((await mailTo(running, 'bob@recipient.example')).length, notices + 1);

    const bob = new Visitor(running.url);
    const askCode = () => bob.post('/sign-in/passcode', { address: 'bob@recipient.example' }, '/sign-in');
    while ((await askCode()).status !== 429);
    assert.equal((await api.sendJson('/help-desk/unlock', { address: 'bob@recipient.example' })).status, 204);
    assert.equal((await askCode()).status, 303);

    const large = await api.sendJson('/help-desk/unlock', { address: 'x'.repeat(5_000) });
    assert.equal(large.status, 413);
    assert.match(large.text, /The body is larger than this call takes: it takes at most 4096 bytes/);

    for (const [client, body, status] of [
      [api, { address: 'bob' }, 422],
      [api, { address: 'bob@recipient.example', all: true }, 422],
      [await makeClient(running, { scopes: ['admin:read'] }), { address: 'bob@recipient.example' }, 403],
      [
        await makeClient(running, { scopes: ['admin:write'], senders: ['a@example.com'] }),
        { address: 'b@b.example' },
        403,
      ],
    ] as const)
      for (const what of ['notices', 'unlock'])
        assert.equal((await client.sendJson(`/help-desk/${what}`, body)).status, status, what);
  });

  test('lose their app by the command line, and their sessions with it', async () => {
    const again = await signInByAddress(running, 'admin@example.com');
    await enrolApp(running, again);
    assert.match((await staff('reset-totp', 'admin@example.com')).out, /Taken away\./);
    assert.equal((await again.get(PEOPLE)).location, '/sign-in');
    admin = await signInByAddress(running, 'admin@example.com');
    assert.equal((await admin.get(PEOPLE)).status, 200);
  });

  async function caller(scopes: readonly Scope[]) {
    const deps = { ...running.store, clock: running.clock };
    const { key } = await inTransaction(running.store.db, (tx) =>
      createApiKey(deps, tx, { name: 'k', scopes, senders: [] }),
    );
    const visitor = new Visitor(running.url);
    return (method: string, body?: object, etag?: string) =>
      visitor.send(method, '/api/v1/people', body === undefined ? undefined : JSON.stringify(body), {
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(etag === undefined ? {} : { 'if-match': etag }),
        },
      });
  }
});
