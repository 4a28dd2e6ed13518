import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfig, readDotEnv } from '../../server/config.ts';
import type { Env } from '../../server/config-given.ts';

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$D0s0lqbSRgKjlSJTJsCd8pCs7rqB9z7nvOUPsdbYmb8';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const production: Env = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://secure.acme.test/portal/',
  HTTP_LISTEN: '0.0.0.0:8080',
  SMTP_LISTEN: '[::]:25',
  SMTP_REQUIRE_TLS: 'false',
  SMTP_CLIENTS: '10.1.0.0/16, 2001:db8::/32',
  RELAY_URL: 'smtp://user:p%40ss@relay.acme.test:587',
  MAIL_FROM: '"Acme, Inc." <secure@acme.test>',
  DKIM_DOMAIN: 'acme.test',
  DKIM_SELECTOR: 's1.mail',
  DKIM_KEY: PEM,
  ORG_NAME: 'Acme, Inc.',
  ORG_DOMAINS: 'Acme.test, acme.example',
  ADMINS: 'root@acme.test',
  DATA_DIR: '/srv/sealpost',
  TRUST_PROXY: '10.1.0.5',
  MESSAGE_BYTES_MAX: '1048576',
  LOG_LEVEL: 'debug',
};

function noFile(path: string): string {
  throw new Error(`no file ${path}`);
}

describe('the settings', () => {
  it('are complete without a single variable: that is try-out mode', () => {
    const config = loadConfig({}, noFile);
    assert.equal(config.tryOut, true);
    assert.equal(config.relay, undefined);
    assert.equal(config.portal.publicUrl.href, 'http://localhost:3000/');
    assert.equal(config.portal.baseUrl, 'http://localhost:3000');
    assert.equal(config.portal.basePath, '');
    assert.equal(config.portal.secure, false);
    assert.deepEqual(config.http, { host: '127.0.0.1', port: 3000 });
    assert.deepEqual(config.smtp, {
      host: '127.0.0.1',
      port: 2525,
      tls: undefined,
      requireTls: false,
      clients: ['127.0.0.0/8', '::1/128'],
      users: [],
    });
    assert.deepEqual(config.mailFrom, { address: 'sealpost@example.com', name: 'Sealpost' });
    assert.equal(config.dkim, undefined);
    assert.deepEqual(config.org, { name: 'Example Ltd', domains: ['example.com'] });
    assert.deepEqual(config.admins, ['admin@example.com']);
    assert.equal(config.dataDir, resolve('data'));
    assert.deepEqual(config.database, { kind: 'sqlite', file: resolve('data/sealpost.db') });
    assert.deepEqual(config.blobs, { kind: 'files', folder: resolve('data/blobs') });
    assert.deepEqual(config.keyring, { kind: 'file', file: resolve('data/keyring.json') });
    assert.deepEqual(config.trustProxy, []);
    assert.equal(config.messageBytesMax, 52_428_800);
    assert.deepEqual([config.passcodeMinutes, config.sessionIdleMinutes, config.sessionHours], [10, 30, 12]);
    assert.deepEqual([config.expiryDaysDefault, config.expiryDaysMax], [30, 730]);
    assert.equal(config.logLevel, 'info');
  });

  it('are taken from the environment in production', () => {
    const config = loadConfig(production, noFile);
    assert.equal(config.tryOut, false);
    assert.equal(config.portal.baseUrl, 'https://secure.acme.test/portal');
    assert.equal(config.portal.basePath, '/portal');
    assert.equal(config.portal.secure, true);
    assert.deepEqual([config.smtp.host, config.smtp.port], ['::', 25]);
    assert.deepEqual(config.smtp.clients, ['10.1.0.0/16', '2001:db8::/32']);
    assert.deepEqual(
      [config.relay?.url.hostname, config.relay?.url.password, config.relay?.tls],
      ['relay.acme.test', 'p%40ss', 'verified'],
    );
    assert.deepEqual(config.mailFrom, { address: 'secure@acme.test', name: 'Acme, Inc.' });
    assert.deepEqual(config.dkim, { domain: 'acme.test', selector: 's1.mail', privateKeyPem: PEM });
    assert.deepEqual(config.org.domains, ['acme.test', 'acme.example']);
    assert.deepEqual(config.keyring, { kind: 'file', file: '/srv/sealpost/keyring.json' });
    assert.deepEqual(config.database, { kind: 'sqlite', file: '/srv/sealpost/sealpost.db' });
  });

  it('have other defaults outside try-out mode: TLS required, nobody listed, no administrator', () => {
    const config = loadConfig({ RELAY_URL: 'smtp://127.0.0.1:25', SMTP_REQUIRE_TLS: 'false' }, noFile);
    assert.deepEqual(config.smtp.clients, []);
    assert.deepEqual(config.admins, []);
    assert.throws(
      () => loadConfig({ RELAY_URL: 'smtp://127.0.0.1:25' }, noFile),
      /SMTP_REQUIRE_TLS is true, which is the default/,
    );
  });

  it('follow the first of ORG_DOMAINS where a default names the organisation', () => {
    const config = loadConfig({ ORG_DOMAINS: 'acme.test b.test' }, noFile);
    assert.equal(config.mailFrom.address, 'sealpost@acme.test');
    assert.deepEqual(config.admins, ['admin@acme.test']);
  });

  it('cannot be changed once they are loaded', () => {
    const config = loadConfig(production, noFile);
    for (const inner of [
      config,
      config.portal,
      config.http,
      config.smtp,
      config.smtp.clients,
      config.org,
      config.org.domains,
      config.admins,
    ]) {
      assert.ok(Object.isFrozen(inner));
    }
    assert.throws(() => Object.assign(config.smtp, { requireTls: false }), TypeError);
  });

  it('count as unset when they are empty', () => {
    assert.equal(
      loadConfig({ RELAY_URL: '', OIDC_STAFF_ISSUER: ' ', SMTP_USERS_FILE: '', LOG_LEVEL: '' }, noFile).tryOut,
      true,
    );
  });

  for (const [name, value] of [
    ['PUBLIC_URL', 'http://127.0.0.1:8080/a/b-c_d.e~f'],
    ['HTTP_LISTEN', 'localhost:0'],
    ['HTTP_LISTEN', '[::1]:65535'],
    ['SMTP_CLIENTS', '127.0.0.1'],
    ['MAIL_FROM', 'sealpost@example.com'],
    ['MAIL_FROM', 'Müller & Söhne <post@example.com>'],
    ['DATABASE_URL', 'sqlite:./x.db'],
    ['DATABASE_URL', 'sqlite:///srv/x.db'],
    ['BLOB_URL', 'file:/srv/blobs'],
    ['EXPIRY_DAYS_MAX', '30'],
  ] as const) {
    it(`take ${name}=${value}`, () => {
      loadConfig({ [name]: value }, noFile);
    });
  }

  for (const url of [
    'smtp://relay:25',
    'smtps://u:p@[2001:db8::1]:465',
    'smtp://10.0.0.3',
    'smtp://user%40acme.test:pass@relay.acme.test/',
  ]) {
    it(`take RELAY_URL=${url}`, () => {
      assert.equal(loadConfig({ ...production, RELAY_URL: url }, noFile).relay?.url.href, url);
    });
  }

  it('read three slashes of a file address as an absolute path', () => {
    assert.deepEqual(loadConfig({ DATABASE_URL: 'sqlite:///srv/x.db' }, noFile).database, {
      kind: 'sqlite',
      file: '/srv/x.db',
    });
  });

  it('take the users of SMTP line by line', () => {
    const config = loadConfig({ SMTP_USERS: `exchange:${HASH}\nscanner@acme:${HASH}\n` }, noFile);
    assert.deepEqual(
      config.smtp.users.map(({ user }) => user),
      ['exchange', 'scanner@acme'],
    );
    assert.equal(config.smtp.users[0]?.hash, HASH);
  });

  it('take a PEM key whose line ends are written out', () => {
    assert.equal(loadConfig({ ...production, DKIM_KEY: PEM.replaceAll('\n', '\\n') }, noFile).dkim?.privateKeyPem, PEM);
  });
});

describe('a secret in a file', () => {
  const files = (path: string): string =>
    path === '/run/relay' ? 'smtps://user:pass@relay.acme.test\n' : noFile(path);

  it('is read from the path in NAME_FILE, without the line end behind it', () => {
    const { RELAY_URL: _, ...rest } = production;
    const config = loadConfig({ ...rest, RELAY_URL_FILE: '/run/relay' }, files);
    assert.equal(config.relay?.url.href, 'smtps://user:pass@relay.acme.test');
    assert.equal(config.tryOut, false);
  });

  it('ends try-out mode even when the file cannot be read, so that a lost mount never opens a portal', () => {
    assert.throws(
      () => loadConfig({ RELAY_URL_FILE: '/run/gone', SMTP_REQUIRE_TLS: 'false' }, files),
      (error: Error) => {
        assert.match(error.message, /RELAY_URL_FILE: expected the path of a file/);
        assert.doesNotMatch(error.message, /try-out/);
        return true;
      },
    );
  });
});

describe('the .env file', () => {
  it('completes the environment, which wins', () => {
    const { env, dotEnv } = readDotEnv(
      '.env',
      { LOG_LEVEL: 'warn' },
      () => "LOG_LEVEL=debug\nORG_NAME='Acme, Inc.'\n# ADMINS=x\n",
    );
    assert.deepEqual(env, { LOG_LEVEL: 'warn', ORG_NAME: 'Acme, Inc.' });
    assert.deepEqual([...dotEnv], ['ORG_NAME']);
  });

  it('may be missing', () => {
    const gone = (): string => {
      throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    };
    assert.deepEqual(readDotEnv('.env', { A: 'b' }, gone).env, { A: 'b' });
  });

  it('stops the start when it is there and cannot be read', () => {
    const forbidden = (): string => {
      throw Object.assign(new Error('forbidden'), { code: 'EACCES' });
    };
    assert.throws(() => readDotEnv('.env', {}, forbidden), /\.env: expected a file that can be read/);
  });
});
