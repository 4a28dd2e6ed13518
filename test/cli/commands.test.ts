// The operator's command line, run as processes beside a running server.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { sealpost } from '../support/command.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import { plainMail, submit } from '../support/submit.ts';

describe('the command line', () => {
  let running: Running;
  let id = '';
  const run = (...args: string[]) => sealpost({ DATA_DIR: running.dataDir }, ...args);

  before(async () => {
    running = await startProgram();
    const reply = await submit(running.smtpPort, {
      from: 'alice@example.com',
      to: ['bob@recipient.example', 'carol@partner.example'],
      raw: plainMail({}),
    });
    id = reply.split(' ')[2] ?? '';
  });
  after(() => running.stop());

  test('help names each command, and one that does not exist shows it and fails', async () => {
    const { code, out } = await run('--help');
    assert.equal(code, 0);
    assert.match(out, /Usage: sealpost/);
    for (const command of ['start', 'migrate', 'doctor', 'config', 'keys', 'api-key', 'message', 'mail', 'audit'])
      assert.match(out, new RegExp(`^  ${command}\\b.* \\w`, 'm'));
    assert.match((await run('keys', '--help')).out, /Usage: sealpost keys [^]*retire/);
    for (const args of [['obliterate'], ['start', '--fast'], ['message', 'show'], ['keys', 'lose']]) {
      const { code, err } = await run(...args);
      assert.notEqual(code, 0, args.join(' '));
      assert.match(err, /error: |Usage: /);
    }
  });

  test('config shows where each setting comes from and no secret', async () => {
    const { code, out } = await sealpost(
      { DATA_DIR: running.dataDir, RELAY_URL: 'smtp://user:hunter2@relay.example:587', ORG_NAME: 'Harbour Ltd' },
      'config',
    );
    assert.equal(code, 0);
    assert.match(out, /^ORG_NAME +Harbour Ltd +\(environment\)$/m);
    assert.match(out, /^PASSCODE_MINUTES +10 +\(default\)$/m);
    assert.doesNotMatch(out, /hunter2/);
    assert.match(out, new RegExp(`^WITNESS +${running.config.witness} +\\(default\\)$`, 'm'));
    const moved = await sealpost({ DATA_DIR: running.dataDir, KEYRING: 'exec:/bin/give-keyring' }, 'config');
    assert.match(moved.out, new RegExp(`^WITNESS +${join(running.dataDir, 'keyring.witness')} +\\(default\\)$`, 'm'));
  });

  test('doctor looks at every part', async () => {
    const { code, out } = await run('doctor');
    assert.equal(code, 0, out);
    for (const part of ['settings', 'keyring', 'database', 'blobs', 'queue'])
      assert.match(out, new RegExp(`^ok +${part} `, 'm'));
  });

  test('doctor makes and changes nothing, and names what is not there or not up to date', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sealpost-doctor-'));
    try {
      const env = { DATA_DIR: join(dir, 'data') };
      const nothing = await sealpost(env, 'doctor');
      assert.equal(nothing.code, 1);
      for (const part of ['keyring', 'database', 'blobs', 'queue']) {
        assert.match(nothing.out, new RegExp(`^failed +${part} +/.* is not there`, 'm'));
      }
      assert.ok(!existsSync(env.DATA_DIR));

      await mkdir(env.DATA_DIR);
      await writeFile(join(env.DATA_DIR, 'sealpost.db'), '');
      const unmade = await sealpost(env, 'doctor');
      for (const part of ['database', 'contents', 'witness', 'clock', 'queue']) {
        assert.match(unmade.out, new RegExp(`^failed +${part} +run sealpost migrate \\(001-messages`, 'm'));
      }
      // A start would refuse to make another beside the database.
      assert.match(unmade.out, /^failed +keyring +\S+ is not there, .*; bring it back from its copy$/m);
      await writeFile(join(env.DATA_DIR, 'keyring.json'), '{}');
      const faulty = await sealpost(env, 'doctor');
      assert.match(faulty.out, /^failed +keyring /m);
      assert.doesNotMatch(faulty.out + faulty.err, /\n +at /);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('migrate says what it did, and that there is nothing left to do', async () => {
    assert.match((await run('migrate')).out, /up to date/);
    const dir = await mkdtemp(join(tmpdir(), 'sealpost-migrate-'));
    try {
      assert.match((await sealpost({ DATA_DIR: dir }, 'migrate')).out, /^Ran 001-messages, 002-outbox/);
      assert.match((await sealpost({ DATA_DIR: dir }, 'migrate')).out, /up to date/);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('a folder that cannot be used is one line, not a stack', async () => {
    const { code, out, err } = await sealpost({ DATA_DIR: join(running.dataDir, 'sealpost.db') }, 'keys', 'list');
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err, /^A file stands where DATA_DIR needs a folder \(E\w+\)\.\n$/);
  });

  test('a message is shown, taken back from one, given back, and destroyed', async () => {
    const bob = await signInByLink(running, 'bob@recipient.example');
    const carol = await signInByLink(running, 'carol@partner.example');
    const shown = await run('message', 'show', id);
    assert.match(shown.out, /^0 +notified +bob@recipient\.example$/m);
    assert.match(shown.out, /^1 +notified +carol@partner\.example$/m);
    assert.doesNotMatch(shown.out, /confidential|secret/);

    assert.equal((await run('message', 'revoke', id, '--recipient', '')).code, 1, 'no place is no first place');
    assert.match((await run('message', 'revoke', id, '--recipient', '0', '--reason', 'wrong Bob')).out, /from 1\./);
    assert.equal((await bob.get(`/messages/${id}`)).status, 410);
    assert.equal((await carol.get(`/messages/${id}`)).status, 200);
    assert.match((await run('message', 'restore', id)).out, /to 1\./);
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    assert.match((await run('message', 'revoke', id, '--destroy')).out, /Destroyed\./);
    assert.equal((await carol.get(`/messages/${id}`)).status, 410);
    assert.notEqual((await run('message', 'restore', id)).code, 0);
  });

  test('until when a message is kept is said where its sender’s page says it, and alike', async () => {
    const kept = await send(running, { text: 'x' });
    const alice = await signInByAddress(running, 'alice@example.com');
    const daysAhead = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
    for (const [end, isSaid] of [
      [daysAhead(3), true],
      [daysAhead(-3), true],
      [daysAhead(-15), false],
      [null, false],
    ] as const) {
      await running.store.db.updateTable('messages').set({ expires_at: end }).where('id', '=', kept).execute();
      const { out } = await run('message', 'show', kept);
      assert.match(out, new RegExp(`expires ${end ?? 'never'}`));
      const told = / kept until (\S+)$/m.exec(out)?.[1];
      const page = (await alice.get(`/sent/${kept}`)).text;
      const onPage = /Until <time datetime="([^"]+)"[^>]*>[^<]*<\/time> you can still give it more time/.exec(
        page,
      )?.[1];
      assert.equal(told, onPage, end ?? 'never');
      assert.equal(told, isSaid ? new Date(Date.parse(end) + 14 * DAY_MS).toISOString() : undefined);
    }
  });

  test('a message or a recipient that does not exist is said so in one line', async () => {
    for (const args of [
      ['message', 'show', 'nothing'],
      ['message', 'revoke', '0'.repeat(26)],
      ['message', 'revoke', id, '--recipient', '7'],
      ['message', 'revoke', id, '--destroy', '--recipient', '0'],
    ]) {
      const { code, err } = await run(...args);
      assert.equal(code, 1, args.join(' '));
      assert.equal(err.trimEnd().split('\n').length, 1, err);
    }
  });

  test('an API key is shown once, as the last line, works, and ends when revoked', async () => {
    const made = await run('api-key', 'create', 'crm', '--scope', 'messages:read', '--sender', 'alice@example.com');
    const key = made.out.trimEnd().split('\n').at(-1) ?? '';
    assert.match(key, /^sealpost_[0-9a-z]{26}_[A-Za-z0-9_-]{43}$/);
    const call = () => fetch(`${running.url}/api/v1/messages`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await call()).status, 200);

    const listed = await run('api-key', 'list');
    assert.match(listed.out, /crm +messages:read +alice@example\.com/);
    assert.ok(!listed.out.includes(key));

    assert.equal((await run('api-key', 'revoke', key.split('_')[1] ?? '')).code, 0);
    assert.equal((await call()).status, 401);
    assert.equal((await run('api-key', 'revoke', key.split('_')[1] ?? '')).code, 1);
  });

  test('an API key is not made with an unknown scope, a sender that is none or not ours, or no name in one line', async () => {
    for (const [args, words] of [
      [['x', '--scope', 'messages:everything'], /no scope messages:everything/],
      [['x', '--sender', 'nobody'], /nobody is not a mail address/],
      [['x', '--sender', 'outside@evil.test'], /ORG_DOMAINS/],
      [[''], /one line of 1 to 200/],
      [['crm\nanother'], /one line of 1 to 200/],
      [['x'.repeat(100_000)], /one line of 1 to 200/],
    ] as const) {
      const { code, err } = await run('api-key', 'create', ...args);
      assert.equal(code, 1, args.join(' '));
      assert.match(err, words);
      assert.equal(err.trimEnd().split('\n').length, 1, err);
    }
  });

  test('a test mail goes the way of all mail, and says the step at which it failed', async () => {
    assert.match((await run('mail', 'test', 'ops@example.com')).out, /Taken by the relay: 250/);
    assert.equal((await run('mail', 'test', 'nobody')).code, 1);
    const relay = await startRelay();
    relay.refusals.set('ops@example.com', '550 5.1.1 secret words of the server');
    const by = (port: number) =>
      sealpost(
        { DATA_DIR: running.dataDir, ...relayEnv(relay, 'opportunistic'), RELAY_URL: `smtp://localhost:${port}` },
        'mail',
        'test',
        'ops@example.com',
      );
    const refused = await by(relay.port);
    assert.equal(refused.code, 1);
    assert.equal(refused.out, 'Failed at RCPT: 550 5.1.1.\n');
    await relay.close();
    assert.match((await by(relay.port)).out, /^Failed at CONNECT/);
  });

  test('an older Node gets one clear line', (t) => {
    const old = '/usr/bin/node';
    if (!existsSync(old)) return t.skip('NOT RUN: there is no other Node at /usr/bin/node');
    return new Promise<void>((resolve, reject) => {
      execFile(old, ['--version'], (_error, version) => {
        if (Number(/^v(\d+)/.exec(version)?.[1]) >= 24) {
          t.skip('NOT RUN: the Node at /usr/bin/node is not an old one');
          return resolve();
        }
        execFile(old, [join(import.meta.dirname, '../../server/cli/sealpost.mjs'), 'start'], (error, out, err) => {
          try {
            assert.equal(error?.code, 1);
            assert.match(out + err, /^Sealpost needs Node 24 or later; this is Node [\d.]+\.\n$/);
            resolve();
          } catch (failure) {
            reject(failure instanceof Error ? failure : new Error(String(failure)));
          }
        });
      });
    });
  });
});
