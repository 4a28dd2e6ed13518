// The first run as administrators see it without scripts: which steps are done, by what that is known, and what each hands out.

import { ledTo } from '../support/browser.ts';
import assert from 'node:assert/strict';
import { parseEnv } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { loadConfig } from '../../server/config.ts';
import { configRows } from '../../server/config-show.ts';
import { envLine, typedFaults } from '../../server/config-typed.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { linkTo, mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { setRoster } from '../support/staff.ts';

const given = { ORG_NAME: 'Example Ltd', ORG_DOMAINS: 'example.com' };
const fields = {
  ORG_NAME: "O'Brien & Söhne",
  ORG_DOMAINS: 'example.com, example.org',
  PUBLIC_URL: 'https://secure.example.com',
  MAIL_FROM: '"O\'Brien" <secure@example.com>',
  ADMINS: 'admin@example.com',
};

describeEngines('the first run', (engine) => {
  let running: Running;
  let admin: Visitor;
  before(async () => {
    const env = { ...(await engine.newDatabase()), ...given };
    running = await startProgram({ env, shownSettings: configRows(given, new Set(['ORG_NAME'])) });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const states = async (): Promise<Record<string, string>> => {
    const { text } = await admin.get('/admin/setup');
    const rows = text.matchAll(
      /<li><p><strong><a href="[^"]+">([^<]+)<\/a><\/strong> <span class="state" data-tone="\w+">([^<]+)</g,
    );
    return Object.fromEntries([...rows].map(([, title = '', state = '']) => [title, state]));
  };

  test('begins with nothing done, and today leads to it', async () => {
    assert.deepEqual(await states(), {
      Organisation: 'To do',
      Relay: 'To do',
      'Your mail server': 'To do',
      'DNS records': 'Not looked at',
      'First brand': 'To do',
      // The administrator's own code was no notice.
      'Test message': 'To do',
    });
    const { text } = await admin.get('/admin/today');
    assert.match(text, /Not all is set up yet: Organisation, Relay, Your mail server, Test message\./);
    assert.match((await admin.get('/admin/setup')).text, /Not set: PUBLIC_URL, MAIL_FROM, ADMINS\./);
  });

  test('goes on by what happens, not by a tick', async () => {
    await send(running, { to: 'bob@recipient.example' });
    const { 'Your mail server': taken, 'Test message': before } = await states();
    assert.deepEqual([taken, before], ['Done', 'To do']);
    await linkTo(running, 'bob@recipient.example');
    assert.equal((await states())['Test message'], 'Done');
    assert.match((await admin.get('/admin/today')).text, /Not all is set up yet: Organisation, Relay\./);
  });

  test('sends a message to oneself by the road of all, and shows how far it came', async () => {
    const page = '/admin/setup/test';
    assert.doesNotMatch((await admin.get(page)).text, /The last one/);
    assert.equal(ledTo(await admin.post(page, {}, page)), `${page}?done=sent`);
    assert.match((await admin.get(page)).text, /Waits to leave/);
    const [notice] = await mailTo(running, 'admin@example.com');
    assert.match(notice?.text ?? '', /\/m\/[A-Za-z0-9_-]{22}/);
    assert.match((await admin.get(page)).text, /The relay took the notice/);
    const reader = await signInByLink(running, 'admin@example.com');
    const id = /\/sent\/([0-9a-z]{26})/.exec((await admin.get(page)).text)?.[1] ?? '';
    assert.match((await reader.get(`/messages/${id}`)).text, /the whole way works/);
    assert.match((await admin.get(page)).text, /data-tone="good">Read</);
  });

  test('hands out lines that a start reads as they were typed, and says what is set elsewhere', async () => {
    const page = '/admin/setup/organisation';
    const shown = (await admin.get(page)).text;
    assert.match(shown, /<code>ORG_NAME<\/code>, set in \.env\./);
    assert.match(shown, /<code>ORG_DOMAINS<\/code>, set in the environment\./);
    assert.match(shown, /<code>MAIL_FROM<\/code>, a default, not set\./);
    const { status, text } = await admin.post(page, fields, page);
    assert.equal(status, 200);
    const lines = unescaped(/aria-label="Lines for \.env">([\s\S]*?)<\/pre>/.exec(text)?.[1] ?? '');
    assert.deepEqual({ ...parseEnv(lines) }, fields);
    const started = loadConfig({
      ...parseEnv(lines),
      RELAY_URL: 'smtp://relay.example.net',
      SMTP_REQUIRE_TLS: 'false',
    });
    assert.equal(started.mailFrom.name, "O'Brien");
    assert.equal(started.org.name, fields.ORG_NAME);
    assert.match(text, /ORG_DOMAINS is set in the environment in which the program starts/);
    assert.doesNotMatch(text, /ORG_NAME is set in the environment/);
  });

  for (const [name, fault, told] of [
    ['a domain that is none', { ORG_DOMAINS: 'localhost' }, /one or more different domains/],
    ['an address in clear', { PUBLIC_URL: 'http://secure.example.com' }, /an https:\/\/ address/],
    ['administrators of elsewhere', { ADMINS: 'admin@elsewhere.example' }, /addresses in ORG_DOMAINS only/],
    ['an author without room', { MAIL_FROM: `${'a'.repeat(40)}@example.com` }, /at most 35 characters/],
    ['nothing', { ORG_NAME: ' ' }, /This is needed/],
    ['markup', { ORG_NAME: '<b>"`\'' }, /No way of quoting/],
    ['two lines', { ORG_NAME: 'One\nRELAY_URL=smtp://evil.example' }, /one line/],
  ] as const) {
    test(`refuses ${name}, and hands out nothing`, async () => {
      const page = '/admin/setup/organisation';
      const { status, text } = await admin.post(page, { ...fields, ...fault }, page);
      assert.equal(status, 422);
      assert.match(unescaped(text), told);
      assert.doesNotMatch(text, /Lines for|<b>"/);
    });
  }

  test('shows this installation in the instructions for each mail server', async () => {
    const text = unescaped((await admin.get('/admin/setup/mail-server')).text);
    for (const part of [
      "New-OutboundConnector -Name 'Sealpost'",
      "-SmartHosts 'localhost'",
      "-SubjectMatchesPatterns '\\[(encrypt|secure|dnf)\\]'",
      "-RouteMessageOutboundConnector 'Sealpost'",
      'Single host: localhost   Port: 0',
      '/^X-Sealpost-Protection:/ FILTER smtp:[localhost]:0',
      'SMTP_LISTEN is an address of this machine alone',
      '127.0.0.0/8, ::1/128',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  test('is read by auditors, who try nothing, and exists for nobody else', async () => {
    await setRoster(running, {
      staff: [
        { address: 'auditor@example.com', role: 'auditor' },
        { address: 'help@example.com', role: 'help-desk' },
      ],
    });
    const auditor = await signInByAddress(running, 'auditor@example.com');
    for (const page of ['', '/organisation', '/relay', '/mail-server', '/test']) {
      const { status, text } = await auditor.get(`/admin/setup${page}`);
      assert.equal(status, 200, page);
      assert.doesNotMatch(text, /<button class="primary">/, page);
    }
    for (const who of ['auditor@example.com', 'help@example.com', 'alice@example.com']) {
      const visitor = await signInByAddress(running, who);
      for (const page of ['organisation', 'relay', 'test']) {
        assert.equal((await visitor.post(`/admin/setup/${page}`, fields, '/account')).status, 404, `${who} ${page}`);
      }
      if (who !== 'auditor@example.com') assert.equal((await visitor.get('/admin/setup')).status, 404);
    }
  });

  test('sends at most twenty tests an hour', async () => {
    const page = '/admin/setup/test';
    const token = await admin.csrf(page);
    let status = 303;
    for (let n = 0; n < 21 && status === 303; n += 1) {
      status = (await admin.send('POST', page, new URLSearchParams({ csrf: token }))).status;
    }
    assert.equal(status, 429);
  });
});

describe('a line of .env', () => {
  for (const value of ["it's", 'a "b"', 'a \'b\' "c"', 'a $b #c', 'plain', 'back\\slash', "it's a \\ slash", ' = x']) {
    test(`says ${value} as it was meant`, () => {
      const line = envLine('ORG_NAME', value);
      assert.ok(line !== undefined);
      assert.deepEqual({ ...parseEnv(`A=1\n${line}\nB=2`) }, { A: '1', ORG_NAME: value, B: '2' });
    });
  }

  test('is none where nothing could quote it', () => {
    for (const value of ['a\nb', 'a\r', `'"\``]) assert.equal(envLine('ORG_NAME', value), undefined);
  });

  test('is checked as a start would, beside what it goes with', () => {
    assert.deepEqual(typedFaults({ RELAY_URL: 'smtp://a:b@relay.example.com', RELAY_TLS: 'verified' }), []);
    const weak = typedFaults({ RELAY_URL: 'smtp://a:b@relay.example.com', RELAY_TLS: 'opportunistic' });
    assert.deepEqual(
      weak.map(({ setting }) => setting),
      ['RELAY_TLS'],
    );
    assert.doesNotMatch(JSON.stringify(typedFaults({ RELAY_URL: 'smtp://user:topsecret@' })), /topsecret/);
  });
});

function unescaped(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&#x60;', '`')
    .replaceAll('&amp;', '&');
}
