// Trying a relay from the console, against a real Postfix: what went, and where it ended, in words; and that a password
// goes nowhere else.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { listAudit } from '../../server/audit/audit-list.store.ts';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { Answer, Visitor } from '../support/browser.ts';
import { makeCertificate } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startSasl } from '../support/sasl.ts';
import type { SaslServer } from '../support/sasl.ts';

const skip = postfixMissing() ?? false;
if (skip !== false) console.error(skip);

const PASSWORD = "s3cr:t/ä 'quoted'@";
const PAGE = '/admin/setup/relay';

describe('a relay is tried', { skip }, () => {
  let running: Running;
  let admin: Visitor;
  let sasl: SaslServer;
  let good: Postfix;
  let bare: Postfix;
  const folders: string[] = [];

  before(async () => {
    const certificate = makeCertificate({ names: ['localhost'] });
    setDefaultCACertificates([...getCACertificates('default'), certificate.caPem]);
    sasl = await startSasl('sealpost@example.com', PASSWORD);
    for (let n = 0; n < 2; n += 1) folders.push(await mkdtemp(join(tmpdir(), 'sealpost-relay-')));
    const [first = '', second = ''] = folders;
    const refuse = ['nobody@recipient.example'];
    good = await startPostfix({ dir: first, tls: certificate, requireTls: true, sasl: sasl.port, refuse });
    bare = await startPostfix({ dir: second });
    running = await startProgram();
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(async () => {
    await running.stop();
    await Promise.all([good.stop(), bare.stop(), sasl.close()]);
    for (const dir of folders) await rm(dir, { recursive: true, force: true });
  });

  const tryIt = (port: number, fields: Record<string, string> = {}): Promise<Answer> =>
    admin.post(
      PAGE,
      {
        host: 'localhost',
        port: String(port),
        security: 'starttls',
        tls: 'verified',
        user: 'sealpost@example.com',
        password: PASSWORD,
        from: 'secure@example.com',
        to: 'me@recipient.example',
        ...fields,
      },
      PAGE,
    );
  const step = ({ text }: Answer, name: string): string =>
    new RegExp(`<li><span>${name}</span> <span class="state" data-tone="(\\w+)">`).exec(text)?.[1] ?? '';

  test('and takes the mail; the lines for .env hold no password', async () => {
    const { status, text } = await tryIt(good.port);
    assert.equal(status, 200);
    assert.match(text, /The relay took the test mail, over TLS with a certificate that checks out/);
    const [mail = ''] = await good.arrived('me@recipient.example');
    assert.match(mail, /^Return-Path: <secure@example\.com>/m);
    assert.match(unescaped(text), /RELAY_URL_FILE=\/etc\/sealpost\/relay-url\nRELAY_TLS=verified/);
    assert.doesNotMatch(text + running.logged(), /s3cr|quoted/);
  });

  test('whose password goes by the command into a file that a start would take', async () => {
    const { text } = await tryIt(good.port);
    const shown = /aria-label="Command that writes the file">([\s\S]*?)<\/pre>/.exec(text)?.[1] ?? '';
    const dir = folders[0] ?? '';
    const command = unescaped(shown)
      .replaceAll('/etc/sealpost/relay-url', join(dir, 'relay-url'))
      .replaceAll('stty', ': stty');
    execFileSync('/bin/sh', ['-c', command], { input: `${PASSWORD}\n` });
    const written = execFileSync('/bin/cat', [join(dir, 'relay-url')])
      .toString()
      .trim();
    const url = new URL(written);
    assert.equal(decodeURIComponent(url.password), PASSWORD);
    assert.equal(decodeURIComponent(url.username), 'sealpost@example.com');
    assert.equal(url.host, `localhost:${good.port}`);
  });

  test('and ends at the sign-in, when the password is wrong', async () => {
    const answer = await tryIt(good.port, { password: 'wrong-one' });
    assert.match(answer.text, /The relay refuses the sign-in\. It answered 535 5\.7\.8\./);
    assert.deepEqual(
      ['Name', 'TLS', 'Sign-in', 'Sender'].map((name) => step(answer, name)),
      ['good', 'good', 'bad', 'off'],
    );
    assert.doesNotMatch(answer.text, /RELAY_URL_FILE|wrong-one/);
    assert.ok(sasl.asked.includes('sealpost@example.com'));
  });

  test('and ends at TLS, when it offers none; in clear only when asked for, and without a password', async () => {
    const refused = await tryIt(bare.port, { user: '', password: '' });
    assert.match(refused.text, /The relay offers no TLS/);
    assert.equal(step(refused, 'TLS'), 'bad');
    const clear = await tryIt(bare.port, { tls: 'opportunistic', user: '', password: '' });
    assert.match(clear.text, /took the test mail, in clear/);
    const lines = /aria-label="Lines for \.env">([\s\S]*?)<\/pre>/.exec(clear.text)?.[1] ?? '';
    assert.deepEqual(
      { ...parseEnv(unescaped(lines)) },
      { RELAY_URL: `smtp://localhost:${bare.port}`, RELAY_TLS: 'opportunistic' },
    );
    const asked = await tryIt(bare.port, { tls: 'required' });
    assert.equal(step(asked, 'TLS'), 'bad');
  });

  test('and ends at a certificate for another name, which a wish for less gets over', async () => {
    const other = await tryIt(good.port, { host: '127.0.0.1' });
    assert.match(
      other.text,
      /its certificate does not check out\. Its certificate is not for the name that is asked for; it says localhost/,
    );
    const less = await tryIt(good.port, { host: '127.0.0.1', tls: 'required' });
    assert.match(less.text, /took the test mail, over TLS, without knowing to whom/);
  });

  test('and ends where nothing answers, where no name is, where the recipient is refused', async () => {
    const nowhere = await tryIt(await freePort());
    assert.match(nowhere.text, /Nothing answers at localhost, port \d+\./);
    const nameless = await tryIt(25, { host: 'no-such-host.invalid' });
    assert.match(nameless.text, /The name no-such-host\.invalid leads to no address\./);
    const refused = await tryIt(good.port, { to: 'nobody@recipient.example' });
    assert.match(refused.text, /does not take mail for nobody@recipient\.example\. It answered 550 5\.1\.1\./);
    const unsigned = await tryIt(good.port, { user: '', password: '' });
    assert.equal(step(unsigned, 'Sign-in'), 'off');
    assert.ok(['Sender', 'Recipient'].some((name) => step(unsigned, name) === 'bad'));
  });

  test('only when it can be one', async () => {
    for (const fields of [
      { host: 'a b' },
      { host: "x' onload" },
      { port: '0x19' },
      { port: '99999' },
      { user: 'only-user', password: '' },
      { host: 'relay.example.net', tls: 'opportunistic' },
      { to: 'nobody' },
      { from: 'Bcc: x@y.example' },
    ]) {
      const { status, text } = await tryIt(good.port, fields);
      assert.equal(status, 422, JSON.stringify(fields));
      assert.doesNotMatch(text, /s3cr/);
    }
    const { status, text } = await tryIt(good.port, { host: ' ' });
    assert.equal(status, 422);
    assert.match(text, /Name the host of the relay, such as smtp\.example\.com/);
  });

  test('stands in the audit log, by whom and what came of it, without the password', async () => {
    const entries = await listAudit(running.store.keyring, running.store.db, {}, { limit: 100 });
    const told = entries.filter(({ event }) => event === 'relay-tried').map(({ details }) => JSON.stringify(details));
    assert.ok(told.some((one) => one.includes('"outcome":"taken"') && one.includes(`localhost:${good.port}`)));
    assert.ok(told.some((one) => one.includes('"outcome":"AUTH 535"') && one.includes('admin@example.com')));
    assert.doesNotMatch(told.join(), /s3cr|wrong-one/);
  });

  test('by the API as well, by keys that may', async () => {
    const api = await makeClient(running, { scopes: ['admin:write'] });
    const ask = {
      host: 'localhost',
      port: good.port,
      user: 'sealpost@example.com',
      password: PASSWORD,
      from: 'secure@example.com',
      to: 'me@recipient.example',
    };
    const taken = await api.sendJson('/relay/try', ask);
    assert.equal(taken.status, 200, taken.text);
    assert.deepEqual([taken.json['went'], taken.json['tls']], [true, 'verified']);
    const refused = await api.sendJson('/relay/try', { ...ask, password: 'wrong-one' });
    assert.deepEqual([refused.json['failedAt'], refused.json['code']], ['AUTH', 535]);
    assert.doesNotMatch(taken.text + refused.text, /s3cr|wrong-one/);
    assertProblem(await api.sendJson('/relay/try', { ...ask, user: '' }), 422, 'request/malformed');
    assertProblem(await api.sendJson('/relay/try', { ...ask, starttls: true }), 422, 'request/malformed');
    const reader = await makeClient(running, { scopes: ['admin:read'] });
    assertProblem(await reader.sendJson('/relay/try', ask), 403, 'request/forbidden');
    const bound = await makeClient(running, { scopes: ['admin:write'], senders: ['alice@example.com'] });
    assertProblem(await bound.sendJson('/relay/try', ask), 403, 'request/forbidden');
  });

  test('at most twenty times an hour', async () => {
    let status = 200;
    for (let n = 0; n < 21 && status === 200; n += 1) status = (await tryIt(await freePort())).status;
    assert.equal(status, 429);
    running.clock.forward(3_600_000);
    admin = await signInByAddress(running, 'admin@example.com');
    assert.equal((await tryIt(await freePort())).status, 200);
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
