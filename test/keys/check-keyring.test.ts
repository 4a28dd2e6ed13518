// A database and its keyring: no other is taken for it, none is made in its place, and what lacks a key says which.

import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { createKeyring, parseKeyring, serializeKeyring } from '../../server/crypto/keyring.ts';
import { KeyringFault, formatKeyringText, parseKeyringText } from '../../server/crypto/keyring-format.ts';
import { sealpost } from '../support/command.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { startTransit } from '../support/transit-server.ts';
import { clock } from './stage.ts';

describeEngines('a database and its keyring', (engine) => {
  let dir = '';
  let database: { DATABASE_URL?: string } = {};
  let keyId = '';
  const original = () => join(dir, 'original.json');
  const start = (env: Record<string, string> = {}) =>
    startProgram({ dataDir: dir, keep: true, env: { KEYRING: original(), ...database, ...env } });
  const refuses = async (words: RegExp, env: Record<string, string>) => {
    await assert.rejects(start(env), (error) => {
      assert.ok(error instanceof KeyringFault, String(error));
      assert.match(error.message, words);
      return true;
    });
  };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-check-'));
    database = await engine.newDatabase();
    const running = await start();
    const mail = { from: 'alice@example.com', to: ['bob@recipient.example'], raw: plainMail({}) };
    assert.match(await submit(running.smtpPort, mail), /^250 /);
    keyId = running.store.keyring.currentKeyId;
    await running.stop();
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('belong together: another keyring stops the start, of the server and of every command, in one line', async () => {
    const other = join(dir, 'other.json');
    await writeFile(other, serializeKeyring(createKeyring(clock)), { mode: 0o600 });
    await refuses(/it is not the one that this database was begun with; /, { KEYRING: other });
    const { code, out, err } = await sealpost({ DATA_DIR: dir, ...database, KEYRING: other }, 'keys', 'list');
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^The keyring cannot be used: it is not the one that this database was begun with; .*\n$/);
  });

  it('belong together, though the other keyring has the same keys', async () => {
    const { keys } = parseKeyringText(await readFile(original(), 'utf8'));
    const contents = { ...createKeyring(clock).contents(), current: keyId, keys };
    const other = join(dir, 'same-keys.json');
    await writeFile(other, formatKeyringText(contents), { mode: 0o600 });
    await refuses(/it is not the one that this database was begun with/, { KEYRING: other });
  });

  it('miss a key that messages need: the start says which', async () => {
    const [fresh] = createKeyring(clock).contents().keys;
    assert.ok(fresh);
    const contents = { ...parseKeyringText(await readFile(original(), 'utf8')), current: fresh.id, keys: [fresh] };
    const lacking = join(dir, 'lacking.json');
    await writeFile(lacking, formatKeyringText(contents), { mode: 0o600 });
    await refuses(new RegExp(`it lacks what messages are sealed under \\(${keyId}\\)`), { KEYRING: lacking });
  });

  it('need a retired key: the log says which, and all else goes on', async () => {
    const [fresh] = createKeyring(clock).contents().keys;
    assert.ok(fresh);
    const contents = parseKeyringText(await readFile(original(), 'utf8'));
    const keys = [...contents.keys.map((key) => ({ ...key, state: 'retired' as const })), fresh];
    const retired = join(dir, 'retired.json');
    await writeFile(retired, formatKeyringText({ ...contents, current: fresh.id, keys }), { mode: 0o600 });
    const running = await start({ KEYRING: retired });
    assert.match(running.logged(), new RegExp(`"keyId":"${keyId}","event":"keyring.retired-key-needed"`));
    await running.stop();
  });

  it('get no new keyring when theirs is lost, wherever it was kept', async () => {
    const vault = await startTransit();
    const lost = join(dir, 'lost.json');
    await refuses(/it is missing, but the database is there/, { KEYRING: lost });
    await refuses(/it is missing, but the database is there/, {
      KEYRING: 'vault:transit/sealpost',
      VAULT_ADDR: vault.url.href,
      VAULT_TOKEN: vault.token,
    });
    assert.deepEqual(vault.asked, []);
    assert.equal(existsSync(lost) || existsSync(join(dir, 'keyring.vault')), false);
    await vault.close();
  });

  it('go on together when the keyring comes from elsewhere', async () => {
    const vault = await startTransit();
    const inVault = { KEYRING: 'vault:transit/sealpost', VAULT_ADDR: vault.url.href, VAULT_TOKEN: vault.token };
    const response = await fetch(new URL('/v1/transit/encrypt/sealpost', vault.url), {
      method: 'POST',
      headers: { 'X-Vault-Token': vault.token },
      body: JSON.stringify({ plaintext: (await readFile(original())).toString('base64') }),
    });
    const { data } = (await response.json()) as { data: { ciphertext: string } }; // our own server's answer
    const line = `sealpost-keyring-in-vault/1 ${data.ciphertext}\n`;
    await writeFile(join(dir, 'keyring.vault'), line, { mode: 0o600 });
    for (const env of [inVault, { KEYRING: `exec:/bin/cat ${original()}` }]) {
      const running = await start(env);
      assert.equal(running.store.keyring.currentKeyId, keyId);
      await running.stop();
    }
    await vault.close();
  });

  it('get a key from a command’s keyring by printing it, for its keeper to store', async () => {
    const kept = join(dir, 'kept.json');
    await copyFile(original(), kept);
    const env = { DATA_DIR: dir, ...database, KEYRING: `exec:/bin/cat ${kept}` };
    const refused = await sealpost(env, 'keys', 'add');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^A command gives the keyring, and cannot take it back\. Use --print.*\n$/);
    const printed = await sealpost(env, 'keys', 'add', '--print');
    const [before, added] = [parseKeyring(await readFile(kept, 'utf8')), parseKeyring(printed.out)];
    assert.deepEqual(added.keyIds().slice(0, -1), before.keyIds());
    await writeFile(kept, printed.out);
    const running = await start({ KEYRING: env.KEYRING });
    assert.equal(running.store.keyring.currentKeyId, added.currentKeyId);
    await running.stop();
  });
});
