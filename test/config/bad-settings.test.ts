import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig, type Fault } from '../../server/config.ts';
import type { Env } from '../../server/config-given.ts';

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$D0s0lqbSRgKjlSJTJsCd8pCs7rqB9z7nvOUPsdbYmb8';
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const RSA_1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pkcs8).toString();
const RSA_2048 = generateKeyPairSync('rsa', { modulusLength: 2048 });
const GOOD_KEY = RSA_2048.privateKey.export(pkcs8).toString();
const ED25519 = generateKeyPairSync('ed25519').privateKey.export(pkcs8).toString();
const RSA_PSS = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export(pkcs8).toString();
const ENCRYPTED = RSA_2048.privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const PUBLIC = RSA_2048.publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A production that starts: each row below spoils one thing in it. */
const good: Env = {
  PUBLIC_URL: 'https://secure.acme.test',
  HTTP_LISTEN: '0.0.0.0:8080',
  SMTP_LISTEN: '0.0.0.0:25',
  SMTP_REQUIRE_TLS: 'false',
  SMTP_CLIENTS: '10.1.0.0/16',
  RELAY_URL: 'smtp://relay.acme.test',
  ORG_DOMAINS: 'acme.test',
  ADMINS: 'root@acme.test',
};

const onlyHere = { SMTP_LISTEN: '127.0.0.1:25' };
const dkim = { DKIM_DOMAIN: 'acme.test', DKIM_SELECTOR: 's1' };

/** What is spoiled, and the setting that the fault must name. */
const staff = {
  OIDC_STAFF_ISSUER: 'https://issuer.acme.test',
  OIDC_STAFF_CLIENT_ID: 'sealpost',
  OIDC_STAFF_CLIENT_SECRET: 'word',
};

const bad: readonly (readonly [Env, string])[] = [
  [{ PUBLIC_URL: 'secure.acme.test' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'ftp://secure.acme.test' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'http://secure.acme.test' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://user:pass@secure.acme.test' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://secure.acme.test/?a=b' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://secure.acme.test/?' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://secure.acme.test/#top' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://secure.acme.test/a b' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://secure.acme.test/a//b' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://secure.acme.test/%2e%2e;x' }, 'PUBLIC_URL'],
  [{ HTTP_LISTEN: '8080' }, 'HTTP_LISTEN'],
  [{ HTTP_LISTEN: ':8080' }, 'HTTP_LISTEN'],
  [{ HTTP_LISTEN: '0.0.0.0:65536' }, 'HTTP_LISTEN'],
  [{ HTTP_LISTEN: '0.0.0.0:http' }, 'HTTP_LISTEN'],
  [{ HTTP_LISTEN: '::1:8080' }, 'HTTP_LISTEN'],
  [{ HTTP_LISTEN: '[127.0.0.1]:8080' }, 'HTTP_LISTEN'],
  [{ HTTP_LISTEN: '999.0.0.1:8080' }, 'HTTP_LISTEN'],
  [{ SMTP_LISTEN: 'smtp://0.0.0.0:25' }, 'SMTP_LISTEN'],
  [{ SMTP_LISTEN: '0.0.0.0:8080' }, 'SMTP_LISTEN'], // the portal is there already
  [{ SMTP_TLS_CERT_FILE: '/cert.pem' }, 'SMTP_TLS_KEY_FILE'],
  [{ SMTP_TLS_KEY_FILE: '/key.pem' }, 'SMTP_TLS_CERT_FILE'],
  [{ SMTP_TLS_CERT_FILE: '/gone.pem', SMTP_TLS_KEY_FILE: '/gone.pem' }, 'SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE'],
  [{ SMTP_TLS_CERT_FILE: '/garbage.pem', SMTP_TLS_KEY_FILE: '/garbage.pem' }, 'SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE'],
  [{ SMTP_REQUIRE_TLS: 'yes' }, 'SMTP_REQUIRE_TLS'],
  [{ SMTP_REQUIRE_TLS: 'true' }, 'SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE'],
  [{ SMTP_REQUIRE_TLS: undefined }, 'SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE'],
  [{ SMTP_CLIENTS: '10.1.0.0/33' }, 'SMTP_CLIENTS'],
  [{ SMTP_CLIENTS: '10.1.2.3/16' }, 'SMTP_CLIENTS'],
  [{ SMTP_CLIENTS: '0.0.0.0/0' }, 'SMTP_CLIENTS'],
  [{ SMTP_CLIENTS: 'exchange.acme.test' }, 'SMTP_CLIENTS'],
  [{ ...onlyHere, SMTP_USERS: 'exchange' }, 'SMTP_USERS'],
  [{ ...onlyHere, SMTP_USERS: 'exchange:swordfish' }, 'SMTP_USERS'],
  [{ SMTP_USERS: 'exchange:$2b$12$abcdefghijklmnopqrstuv' }, 'SMTP_USERS'],
  [{ SMTP_USERS: `exchange:${HASH.replace('argon2id', 'argon2i')}` }, 'SMTP_USERS'],
  [{ ...onlyHere, SMTP_USERS: `exchange:${HASH}\nexchange:${HASH}` }, 'SMTP_USERS'],
  [{ ...onlyHere, SMTP_USERS: `exchange:${HASH}\nswordfish` }, 'SMTP_USERS'],
  [{ SMTP_USERS: `exchange:${HASH}` }, 'SMTP_USERS'], // in clear, beyond this machine
  [{ RELAY_URL: 'relay.acme.test' }, 'RELAY_URL'],
  [{ RELAY_URL: 'http://relay.acme.test' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://user@relay.acme.test' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://user:pa%zz@relay.acme.test' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://user:pa%0d%0aQUIT@relay.acme.test' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://relay.acme.test/path' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://relay.acme.test:99999' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://relay.acme.test:0' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://relay.acme.test?tls=no' }, 'RELAY_URL'],
  [{ RELAY_URL: 'smtp://rel%0aay' }, 'RELAY_URL'],
  [{ RELAY_TLS: 'none' }, 'RELAY_TLS'],
  [{ RELAY_URL: 'smtp://user:pass@relay.acme.test', RELAY_TLS: 'opportunistic' }, 'RELAY_TLS'],
  [{ MAIL_FROM: 'Sealpost' }, 'MAIL_FROM'],
  [{ MAIL_FROM: 'Sealpost <sealpost>' }, 'MAIL_FROM'],
  [{ MAIL_FROM: 'A <a@acme.test>, B <b@acme.test>' }, 'MAIL_FROM'],
  [{ MAIL_FROM: 'Seal\r\nBcc: x <a@acme.test>' }, 'MAIL_FROM'],
  [{ DKIM_DOMAIN: 'acme.test' }, 'DKIM_SELECTOR, DKIM_KEY'],
  [{ ...dkim, DKIM_DOMAIN: 'acme', DKIM_KEY: GOOD_KEY }, 'DKIM_DOMAIN'],
  [{ ...dkim, DKIM_SELECTOR: 's1; t=y', DKIM_KEY: GOOD_KEY }, 'DKIM_SELECTOR'],
  [{ ...dkim, DKIM_KEY: RSA_1024 }, 'DKIM_KEY'],
  [{ ...dkim, DKIM_KEY: ED25519 }, 'DKIM_KEY'],
  [{ ...dkim, DKIM_KEY: RSA_PSS }, 'DKIM_KEY'],
  [{ ...dkim, DKIM_KEY: ENCRYPTED }, 'DKIM_KEY'],
  [{ ...dkim, DKIM_KEY: PUBLIC }, 'DKIM_KEY'],
  [{ ...dkim, DKIM_KEY: 'swordfish' }, 'DKIM_KEY'],
  [{ ORG_NAME: 'Acme\u202e' }, 'ORG_NAME'],
  [{ ORG_NAME: 'A'.repeat(201) }, 'ORG_NAME'],
  [{ ORG_DOMAINS: 'acme' }, 'ORG_DOMAINS'],
  [{ ORG_DOMAINS: '@acme.test' }, 'ORG_DOMAINS'],
  [{ ORG_DOMAINS: 'acme.test,ACME.test' }, 'ORG_DOMAINS'],
  [{ ORG_DOMAINS: 'acme.test,,' }, 'ORG_DOMAINS'],
  [{ MAIL_FROM: `${'a'.repeat(36)}@acme.test` }, 'MAIL_FROM'],
  [{ ADMINS: 'root' }, 'ADMINS'],
  [{ ADMINS: 'root@elsewhere.test' }, 'ADMINS'],
  [{ ADMINS: 'root@acme.test; ops@acme.test' }, 'ADMINS'],
  [{ DATA_DIR: '/srv\u0000/x' }, 'DATA_DIR'],
  [{ DATABASE_URL: 'postgres://user:swordfish@db' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'postgres://user:swordfish@db/sealpost/more' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'postgres:///sealpost' }, 'DATABASE_URL'],
  [{ DATABASE_URL: '/srv/sealpost.db' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'sqlite::memory:' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'sqlite://srv/sealpost.db' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'sqlite:/srv/sealpost.db?mode=ro' }, 'DATABASE_URL'],
  [{ BLOB_URL: 's3://bucket/prefix?endpoint=x' }, 'BLOB_URL'],
  [{ BLOB_URL: '/srv/blobs' }, 'BLOB_URL'],
  [{ BLOB_URL: 's3://bucket?endpoint=http://s3.example.com' }, 'BLOB_URL'],
  [{ BLOB_URL: 's3://bucket?acl=public' }, 'BLOB_URL'],
  [{ BLOB_URL: 's3://key:swordfish@bucket' }, 'BLOB_URL'],
  [{ BLOB_URL: 's3://bucket/a/../b?endpoint=x' }, 'BLOB_URL'],
  [{ KEYRING: 'exec:' }, 'KEYRING'],
  [{ KEYRING: 'vault:transit' }, 'KEYRING'],
  [{ KEYRING: 'https://keys.example.com/ring' }, 'KEYRING'],
  [{ VAULT_ADDR: 'http://vault.example.com' }, 'VAULT_ADDR'],
  [{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY'],
  [{ TRUST_PROXY: '::/0' }, 'TRUST_PROXY'],
  [{ MESSAGE_BYTES_MAX: '50MB' }, 'MESSAGE_BYTES_MAX'],
  [{ MESSAGE_BYTES_MAX: '-1' }, 'MESSAGE_BYTES_MAX'],
  [{ MESSAGE_BYTES_MAX: '1e6' }, 'MESSAGE_BYTES_MAX'],
  [{ MESSAGE_BYTES_MAX: '9999999999999' }, 'MESSAGE_BYTES_MAX'],
  [{ PASSCODE_MINUTES: '0' }, 'PASSCODE_MINUTES'],
  [{ PASSCODE_MINUTES: '1.5' }, 'PASSCODE_MINUTES'],
  [{ SESSION_HOURS: '200' }, 'SESSION_HOURS'],
  [{ SESSION_IDLE_MINUTES: '120', SESSION_HOURS: '1' }, 'SESSION_IDLE_MINUTES'],
  [{ EXPIRY_DAYS_DEFAULT: 'never' }, 'EXPIRY_DAYS_DEFAULT'],
  [{ EXPIRY_DAYS_MAX: '14' }, 'EXPIRY_DAYS_DEFAULT'],
  [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL'],
  [{ OIDC_GOOGLE_CLIENT_ID: 'x' }, 'OIDC_GOOGLE_CLIENT_SECRET'],
  [{ OIDC_GOOGLE_CLIENT_SECRET: 'x' }, 'OIDC_GOOGLE_CLIENT_ID'],
  [{ OIDC_MICROSOFT_CLIENT_ID: 'x' }, 'OIDC_MICROSOFT_CLIENT_SECRET'],
  [{ OIDC_STAFF_ISSUER: 'https://issuer.acme.test' }, 'OIDC_STAFF_CLIENT_ID, OIDC_STAFF_CLIENT_SECRET'],
  [{ ...staff, OIDC_STAFF_ISSUER: 'http://issuer.acme.test' }, 'OIDC_STAFF_ISSUER'],
  [{ ...staff, OIDC_STAFF_ISSUER: 'http://localhost:9000' }, 'OIDC_STAFF_ISSUER'],
  [{ ...staff, OIDC_STAFF_ISSUER: 'https://user:word@issuer.acme.test' }, 'OIDC_STAFF_ISSUER'],
  [{ ...staff, OIDC_STAFF_CLIENT_SECRET: 'two words' }, 'OIDC_STAFF_CLIENT_SECRET'],
  [{ OIDC_GOOGLE_SECRET: 'x' }, 'OIDC_GOOGLE_SECRET'],
  [{ OIDC_GITHUB_CLIENT_ID: 'x' }, 'OIDC_GITHUB_CLIENT_ID'],
  [{ METRICS_LISTEN: '9464' }, 'METRICS_LISTEN'],
  [{ METRICS_LISTEN: '0.0.0.0:8080' }, 'METRICS_LISTEN'], // HTTP_LISTEN
  [{ RELAY_URL_FILE: '/relay' }, 'RELAY_URL'], // both set
  [{ SMTP_USERS_FILE: '/gone' }, 'SMTP_USERS_FILE'],
  [{ SMTP_USERS_FILE: '/empty' }, 'SMTP_USERS_FILE'],
  [{ ADMINS_FILE: '/admins' }, 'ADMINS_FILE'], // no secret
];

function readFile(path: string): string {
  const content = new Map([
    ['/garbage.pem', 'garbage'],
    ['/relay', 'smtp://relay.acme.test'],
    ['/empty', ' \n'],
  ]).get(path);
  if (content === undefined) throw new Error('gone');
  return content;
}

function faultsOf(env: Env): readonly Fault[] {
  try {
    loadConfig(env, readFile);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
}

describe('bad settings', () => {
  it('are bad only where a row spoils them', () => {
    assert.deepEqual(faultsOf(good), []);
  });

  for (const [spoiled, setting] of bad) {
    it(`are refused with the name of ${setting}: ${JSON.stringify(spoiled).slice(0, 80)}`, () => {
      const faults = faultsOf({ ...good, ...spoiled });
      assert.deepEqual(
        faults.map((fault) => fault.setting),
        [setting],
      );
    });
  }

  it('say what a bucket may be called, where the rest is as it should be', () => {
    assert.match(faultsOf({ ...good, BLOB_URL: 's3://b/p?region=eu-west-1' })[0]?.expected ?? '', /3 to 63 lower-case/);
  });

  it('are listed all at once, one line each', () => {
    const error = new ConfigError(
      faultsOf({
        ...good,
        ORG_NAME: '\u0007',
        LOG_LEVEL: 'loud',
        SMTP_USERS: 'x',
        EXPIRY_DAYS_MAX: '14',
        ...staff,
        OIDC_STAFF_ISSUER: 'x',
      }),
    );
    assert.deepEqual(
      error.message
        .split('\n')
        .slice(1)
        .map((line) => /^ {2}(\w+): expected /.exec(line)?.[1]),
      ['SMTP_USERS', 'ORG_NAME', 'OIDC_STAFF_ISSUER', 'LOG_LEVEL', 'EXPIRY_DAYS_DEFAULT'],
    );
  });

  it('never have their values repeated, whatever was put where', () => {
    for (const name of [
      'RELAY_URL',
      'SMTP_USERS',
      'DKIM_KEY',
      'DATABASE_URL',
      'BLOB_URL',
      'PUBLIC_URL',
      'SMTP_CLIENTS',
      'ADMINS',
      'MAIL_FROM',
      'KEYRING',
      'LOG_LEVEL',
    ]) {
      for (const value of [
        'swordfish',
        'smtp://user:swordfish@',
        'postgres://user:swordfish@db',
        's3://swordfish',
        'exec:swordfish\u0001',
      ]) {
        assert.doesNotMatch(new ConfigError(faultsOf({ ...good, [name]: value })).message, /swordfish/);
      }
    }
    assert.doesNotMatch(
      new ConfigError(faultsOf({ ...good, OIDC_GOOGLE_CLIENT_SECRET: 'swordfish' })).message,
      /swordfish/,
    );
  });
});

describe('try-out mode', () => {
  const needs = [
    'RELAY_URL',
    'PUBLIC_URL',
    'ORG_NAME',
    'ORG_DOMAINS',
    'MAIL_FROM',
    'ADMINS',
    'SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE',
    'SMTP_CLIENTS or SMTP_USERS',
  ];

  for (const [env, reason] of [
    [{ NODE_ENV: 'production' }, 'NODE_ENV'],
    [{ PUBLIC_URL: 'https://secure.acme.test' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'http://192.168.0.2:3000' }, 'PUBLIC_URL'],
    [{ PUBLIC_URL: 'http://localhost.acme.test:3000' }, 'PUBLIC_URL'],
    [{ HTTP_LISTEN: '0.0.0.0:3000' }, 'HTTP_LISTEN'],
    [{ HTTP_LISTEN: '[::]:3000' }, 'HTTP_LISTEN'],
    [{ METRICS_LISTEN: '0.0.0.0:9464' }, 'METRICS_LISTEN'],
    [{ SMTP_LISTEN: '192.168.0.2:2525' }, 'SMTP_LISTEN'],
    [{ RELAY_URL: '', NODE_ENV: 'production' }, 'NODE_ENV'],
  ] as const) {
    it(`does not start with ${JSON.stringify(env)}, and lists each setting that production needs`, () => {
      const faults = faultsOf(env);
      assert.deepEqual(
        faults.map((fault) => fault.setting),
        [reason, ...needs],
      );
      assert.match(faults[0]?.expected ?? '', /in try-out mode, that is while RELAY_URL is unset/);
    });
  }

  it('says which of them are set already', () => {
    const faults = faultsOf({ NODE_ENV: 'production', ORG_NAME: 'Acme', SMTP_CLIENTS: '10.0.0.0/8' });
    assert.deepEqual(
      faults.filter((fault) => fault.expected.endsWith('(is set)')).map((fault) => fault.setting),
      ['ORG_NAME', 'SMTP_CLIENTS or SMTP_USERS'],
    );
  });

  it('starts on this machine with any loopback address and port', () => {
    const env = {
      NODE_ENV: 'test',
      PUBLIC_URL: 'http://127.0.0.1:9000',
      HTTP_LISTEN: 'localhost:9000',
      SMTP_LISTEN: '[::1]:0',
    };
    assert.deepEqual(faultsOf(env), []);
  });
});
