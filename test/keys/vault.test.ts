// A keyring that Vault seals: it lies in a file that says nothing, and each trouble with Vault is one clear line.

import { strict as assert } from 'node:assert';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { addKey } from '../../server/crypto/keyring.ts';
import { KeyringFault } from '../../server/crypto/keyring-format.ts';
import { openKeyring } from '../../server/keyring-source.ts';
import { changeKeyring } from '../../server/keys/change.ts';
import type { KeyringSource } from '../../server/keys/source.ts';
import { vaultSource } from '../../server/keys/vault-source.ts';
import { answer, key, mount, startTransit } from '../support/transit-server.ts';
import type { TransitServer } from '../support/transit-server.ts';
import { clock, nothing, setStage, storeOf } from './stage.ts';
import type { Stage } from './stage.ts';

describe('a keyring that Vault seals', () => {
  let stage: Stage;
  let vault: TransitServer;
  let path = '';
  const source = (more: Partial<Parameters<typeof vaultSource>[1]> = {}): KeyringSource =>
    vaultSource(path, { url: vault.url, token: vault.token, mount, key, ...more });
  const open = (from = source()) => openKeyring(from, clock, () => Promise.resolve(false));

  beforeEach(async () => {
    vault = await startTransit();
    stage = await setStage();
    path = join(stage.dir, 'keyring.vault');
  });
  afterEach(async () => {
    await vault.close();
    await stage.close();
  });

  it('is made at the first start, for its owner only, and is one line without any secret', async () => {
    const made = await open();
    const text = await readFile(path, 'utf8');
    assert.match(text, /^sealpost-keyring-in-vault\/1 vault:v1:[A-Za-z0-9+/=]+\n$/);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual((await open()).contents(), made.contents());
    const { keys, secrets } = made.contents();
    for (const secret of [...keys.map((each) => each.secret), ...Object.values(secrets)]) {
      assert.ok(!text.includes(secret) && !Buffer.from(text.split(':')[2] ?? '', 'base64').includes(secret));
    }
  });

  it('is one, though ten make it at once', async () => {
    const rings = await Promise.all(Array.from({ length: 10 }, () => open()));
    assert.equal(new Set(rings.map((ring) => ring.currentKeyId)).size, 1);
  });

  it('is sealed anew when a key is added, and loses none of those added at once', async () => {
    await open();
    const before = await readFile(path, 'utf8');
    const add = () => changeKeyring(stage.db, storeOf(source()), (ring) => addKey(ring, clock), nothing);
    await Promise.all([add(), add(), add()]);
    assert.notEqual(await readFile(path, 'utf8'), before);
    assert.equal((await open()).keyIds().length, 4);
  });

  it('opens after Vault’s own key was rotated', async () => {
    const made = await open();
    vault.rotate();
    assert.equal((await open()).currentKeyId, made.currentKeyId);
    await changeKeyring(stage.db, storeOf(source()), (ring) => addKey(ring, clock), nothing);
    assert.match(await readFile(path, 'utf8'), / vault:v2:/);
  });

  it('refuses a file of another shape before it asks Vault', async () => {
    await open();
    const text = await readFile(path, 'utf8');
    vault.asked.length = 0;
    for (const changed of [
      '',
      text.trimEnd(),
      `${text}\n`,
      `${text}${text}`,
      text.replace('/1 ', '/2 '),
      text.replace('vault:v1:', 'v1:'),
      text.replace('vault:v1:', 'vault:v1:"'),
      '{}',
    ]) {
      await writeFile(path, changed);
      await assert.rejects(open(), KeyringFault, changed.slice(0, 40));
    }
    assert.deepEqual(vault.asked, []);
  });

  it('refuses a file that was changed, or that another key of Vault sealed', async () => {
    await open();
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace(/vault:v1:(.)/, (_, first) => `vault:v1:${first === 'A' ? 'B' : 'A'}`),
    );
    await refuses(open(), /cannot decrypt with transit\/sealpost \(400\)/);
    await writeFile(path, text);
    vault.rotate();
    vault.forget();
    await refuses(open(), /cannot decrypt with transit\/sealpost \(400\): the key is another one, or no longer opens/);
  });

  const secretTalk = 'what only Vault may know';
  const troubles: Record<string, [(req: IncomingMessage, res: ServerResponse) => void, RegExp]> = {
    'is sealed': [
      (_, res) => answer(res, 503, { errors: ['Vault is sealed', secretTalk] }),
      /sealed or under maintenance \(503\)/,
    ],
    'denies permission': [
      (_, res) => answer(res, 403, { errors: ['permission denied', secretTalk] }),
      /does not let VAULT_TOKEN decrypt with transit\/sealpost \(403\)/,
    ],
    'has no such engine': [
      (_, res) => answer(res, 404, { errors: ['no handler for route', secretTalk] }),
      /no transit engine at transit, or no key sealpost/,
    ],
    'is out of order': [(_, res) => answer(res, 500, { errors: [secretTalk] }), /answers with 500/],
    'sends to another server': [
      (_, res) => void res.writeHead(307, { location: 'http://127.0.0.1:9/v1/transit/decrypt/sealpost' }).end(),
      /sends elsewhere \(307\)/,
    ],
    'does not answer': [() => undefined, /does not answer/],
    'stops in the middle': [(_, res) => void res.writeHead(200).write('{"data":'), /does not answer/],
    'hangs up': [(req) => void req.socket.destroy(), /cannot be reached at VAULT_ADDR/],
    'answers without end': [(_, res) => void res.end(Buffer.alloc(2 * 1024 * 1024, secretTalk)), /more than it should/],
    'answers something else': [
      (_, res) => answer(res, 200, { data: { plaintext: '«no base64»' } }),
      /does not speak as Vault/,
    ],
    'is a web page': [(_, res) => void res.writeHead(200).end(`<h1>${secretTalk}</h1>`), /does not speak as Vault/],
    'opens something else': [
      (_, res) => answer(res, 200, { data: { plaintext: Buffer.from(secretTalk).toString('base64') } }),
      /expected JSON/,
    ],
  };
  for (const [name, [trouble, words]] of Object.entries(troubles)) {
    it(`says in one line that Vault ${name}`, async () => {
      await open();
      const text = await readFile(path, 'utf8');
      vault.trouble = trouble;
      // So long that an answer that comes does so in time; the two that never come are waited for.
      await refuses(open(source({ timeoutMs: /not answer/.test(words.source) ? 300 : 10_000 })), words);
      assert.equal(await readFile(path, 'utf8'), text, 'and leaves the file alone');
    });
  }

  it('says that Vault denies a wrong token or has no such key, and makes no file then', async () => {
    await refuses(
      open(source({ token: 'hvs.wrong' })),
      /does not let VAULT_TOKEN encrypt with transit\/sealpost \(403\)/,
    );
    await refuses(open(source({ key: 'other' })), /cannot encrypt with transit\/other \(400\)/);
    await refuses(open(source({ mount: 'elsewhere' })), /no transit engine at elsewhere/);
    await assert.rejects(stat(path), { code: 'ENOENT' });
  });

  it('says that nobody listens at VAULT_ADDR', async () => {
    const gone = await startTransit();
    await gone.close();
    await refuses(open(source({ url: gone.url })), /cannot be reached at VAULT_ADDR \(ECONNREFUSED\)/);
  });

  it('is not made again where it was lost', async () => {
    await open();
    await rm(path);
    await refuses(
      openKeyring(source(), clock, () => Promise.resolve(true)),
      /it is missing, but the database is there/,
    );
    await assert.rejects(stat(path), { code: 'ENOENT' });
  });

  async function refuses(opening: Promise<unknown>, words: RegExp): Promise<void> {
    await assert.rejects(opening, (error) => {
      assert.ok(error instanceof KeyringFault, String(error));
      assert.match(error.message, words);
      assert.ok(!error.message.includes('\n') && !error.message.includes(vault.token));
      assert.doesNotMatch(JSON.stringify([error.message, error.cause ?? '', error.stack]), /only Vault may know|hvs\./);
      return true;
    });
  }
});
