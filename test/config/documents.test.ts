import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseEnv } from 'node:util';
import { configRows } from '../../server/config-show.ts';
import { settingNames, settings } from '../../server/config-settings.ts';
import { envExample, settingsTable, withSettingsTable } from '../../server/config-table.ts';
import { loadConfig, type Config } from '../../server/config.ts';

const root = new URL('../../', import.meta.url);

describe('the settings in the documents', () => {
  it('stand in README.md as their definition says (else: npm run settings)', () => {
    const readme = readFileSync(new URL('README.md', root), 'utf8');
    assert.equal(readme, withSettingsTable(readme));
  });

  it('stand in .env.example as their definition says (else: npm run settings)', () => {
    assert.equal(readFileSync(new URL('.env.example', root), 'utf8'), envExample());
  });

  it('are one row each, in sentences', () => {
    assert.equal(settingsTable().split('\n').length, settingNames.length + 2);
    for (const name of settingNames) assert.match(settings[name].meaning, /^[A-Z].*\.$/);
  });

  it('are not written into a README that lost a marker', () => {
    for (const readme of [
      '',
      '<!-- settings -->',
      '<!-- /settings --> <!-- settings -->',
      '<!-- settings --> <!-- settings --> <!-- /settings -->',
    ]) {
      assert.throws(() => withSettingsTable(readme), /README\.md needs/);
    }
  });

  it('have examples that can be used as they stand', () => {
    const text = envExample().replaceAll(/^#(?=[A-Z])/gm, '');
    const env = parseEnv(text);
    assert.deepEqual(new Set(Object.keys(env)), new Set(settingNames));
    const { SMTP_TLS_CERT_FILE: _cert, SMTP_TLS_KEY_FILE: _key, ...rest } = env;
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const port = { SMTP_LISTEN: '127.0.0.1:2525', SMTP_REQUIRE_TLS: 'false' };
    const config: Config = loadConfig({ ...rest, ...port, DKIM_KEY: pem });
    assert.equal(config.tryOut, false);
    assert.equal(config.smtp.users.length, 1);
  });
});

describe('the list of settings in force', () => {
  const row = (
    env: Record<string, string>,
    name: string,
    dotEnv: readonly string[] = [],
  ): readonly [string, string] => {
    const files = (path: string): string => {
      if (path !== '/relay') throw new Error('gone');
      return 'smtps://user:swordfish@relay.acme.test';
    };
    const found = configRows(env, new Set(dotEnv), files).find((candidate) => candidate.name === name);
    assert.ok(found);
    return [found.value, found.source];
  };

  it('has a row for every setting', () => {
    assert.deepEqual(
      configRows({}, new Set()).map((found) => found.name),
      settingNames,
    );
  });

  it('names the source of each value', () => {
    assert.deepEqual(row({ LOG_LEVEL: 'warn' }, 'LOG_LEVEL'), ['warn', 'environment']);
    assert.deepEqual(row({ LOG_LEVEL: 'warn' }, 'LOG_LEVEL', ['LOG_LEVEL']), ['warn', '.env']);
    assert.deepEqual(row({ RELAY_URL_FILE: '/relay' }, 'RELAY_URL'), ['smtps://••••••••@relay.acme.test', 'file']);
    assert.deepEqual(row({}, 'LOG_LEVEL'), ['info', 'default']);
    assert.deepEqual(row({ ORG_DOMAINS: 'acme.test' }, 'MAIL_FROM'), ['Sealpost <sealpost@acme.test>', 'default']);
    assert.deepEqual(row({}, 'DKIM_DOMAIN'), ['', 'unset']);
    assert.deepEqual(row({}, 'SMTP_REQUIRE_TLS'), ['false', 'default']);
    assert.deepEqual(row({ RELAY_URL: 'smtp://relay' }, 'SMTP_REQUIRE_TLS'), ['true', 'default']);
  });

  it('shows of a relay the host, and neither user nor password', () => {
    assert.deepEqual(row({ RELAY_URL: 'smtp://sword:fish@relay.acme.test:587' }, 'RELAY_URL'), [
      'smtp://••••••••@relay.acme.test:587',
      'environment',
    ]);
    assert.deepEqual(row({ RELAY_URL: 'smtp://relay.acme.test:587' }, 'RELAY_URL'), [
      'smtp://relay.acme.test:587',
      'environment',
    ]);
  });

  it('shows of a PostgreSQL database where it is, and neither user nor password', () => {
    assert.deepEqual(row({ DATABASE_URL: 'postgres://sword:fish@db.acme.test:5433/sealpost' }, 'DATABASE_URL'), [
      'postgres://••••••••@db.acme.test:5433/sealpost',
      'environment',
    ]);
    assert.deepEqual(row({ DATABASE_URL: 'postgres://db.acme.test/sealpost?user=u&password=fish' }, 'DATABASE_URL'), [
      'postgres://db.acme.test/sealpost?••••••••',
      'environment',
    ]);
    assert.deepEqual(row({ DATABASE_URL: 'sqlite:./x.db' }, 'DATABASE_URL'), ['sqlite:./x.db', 'environment']);
  });

  it('shows nothing of other secrets', () => {
    const hash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$D0s0lqbSRgKjlSJTJsCd8pCs7rqB9z7nvOUPsdbYmb8';
    assert.deepEqual(row({ SMTP_USERS: `exchange:${hash}` }, 'SMTP_USERS'), ['••••••••', 'environment']);
  });

  it('shows nothing of a value that would stop the start, since it may be a secret in the wrong place', () => {
    for (const [name, value] of [
      ['RELAY_URL', 'swordfish'],
      ['PUBLIC_URL', 'https://user:swordfish@acme.test'],
      ['DATABASE_URL', 'postgres://user:swordfish@db'],
    ] as const) {
      assert.deepEqual(row({ [name]: value }, name), ['••••••••', 'faulty']);
    }
    assert.deepEqual(row({ RELAY_URL: 'smtp://relay', RELAY_URL_FILE: '/relay' }, 'RELAY_URL'), ['••••••••', 'faulty']);
    assert.deepEqual(row({ SMTP_USERS_FILE: '/gone' }, 'SMTP_USERS'), ['••••••••', 'faulty']);
  });
});
