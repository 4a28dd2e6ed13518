// Connectors by all three roads to them: the API, the page and the command line; and what a test of a domain says.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { sealpost } from '../support/command.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

const authority = makeAuthority();
const ours = makeCertificate({ names: ['sealpost.example.com'] });
const PIN = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

describe('connectors by the API', () => {
  let running: Running;
  let api: ApiClient;
  before(async () => {
    running = await startProgram();
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
  });
  after(() => running.stop());

  const put = (connectors: unknown, version = '*') =>
    api.sendJson('/connectors', { connectors }, { 'if-match': version }, 'PUT');

  test('are saved as a version, with what is left out filled in, and never give their key away', async () => {
    const saved = await put([
      {
        domain: 'Partner.example',
        hosts: [{ host: 'mx.partner.example' }],
        client: { certificate: ours.certPem, key: ours.keyPem },
      },
      { domain: 'bank.example', minTls: '1.3', certificate: { by: 'key', pins: [PIN] } },
    ]);
    assert.equal(saved.status, 200, saved.text);
    assert.equal(saved.headers.get('etag'), '"1"');
    const got = await api.get('/connectors');
    assert.deepEqual(got.json['connectors'], [
      {
        domain: 'partner.example',
        hosts: [{ host: 'mx.partner.example', port: 25 }],
        minTls: '1.2',
        certificate: { by: 'host-name' },
        client: { certificate: ours.certPem },
      },
      { domain: 'bank.example', minTls: '1.3', certificate: { by: 'key', pins: [PIN] } },
    ]);
    assert.doesNotMatch(saved.text + got.text + running.logged(), /PRIVATE KEY/);
    const rows = await running.store.db.selectFrom('connectors').selectAll().execute();
    assert.doesNotMatch(
      rows.map(({ sealed }) => Buffer.from(sealed).toString('latin1')).join(),
      /PRIVATE|partner|bank/,
    );
  });

  test('keep the key that is kept when what was got is put back', async () => {
    const got = await api.get('/connectors');
    const again = await put(got.json['connectors'], got.headers.get('etag') ?? '');
    assert.equal(again.status, 200, again.text);
    // It says what it said, so no version was made.
    assert.equal(again.headers.get('etag'), '"1"');
    const kept = await running.program.delivery.connectors.of('partner.example');
    assert.equal(kept?.client?.key, ours.keyPem);
  });

  test('from an older version are refused, and so is a change without one', async () => {
    assertProblem(await put([], '"0"'), 412, 'request/outdated');
    assertProblem(await put([], '"7"'), 412, 'request/outdated');
    assertProblem(await api.sendJson('/connectors', { connectors: [] }, {}, 'PUT'), 428, 'request/version-needed');
    assert.equal((await api.get('/connectors')).headers.get('etag'), '"1"');
  });

  const least = { domain: 'a.example' };
  for (const [name, value] of [
    ['no list', { domain: 'a.example' }],
    ['a domain twice', [least, { domain: 'A.example' }]],
    ['a domain that is none', [{ domain: 'localhost' }]],
    ['a host that is an address', [{ ...least, hosts: [{ host: '10.0.0.1' }] }]],
    ['a host with another port than there is', [{ ...least, hosts: [{ host: 'mx.a.example', port: 0 }] }]],
    ['no host at all', [{ ...least, hosts: [] }]],
    ['an older TLS', [{ ...least, minTls: '1.1' }]],
    ['a certificate by nothing', [{ ...least, certificate: { by: 'anything' } }]],
    ['no name', [{ ...least, certificate: { by: 'names', names: [] } }]],
    ['no pin', [{ ...least, certificate: { by: 'key', pins: [] } }]],
    ['a pin that is too short', [{ ...least, certificate: { by: 'key', pins: ['c2hvcnQ='] } }]],
    ['a field that is not known', [{ ...least, verify: false }]],
    ['a certificate of ours without its key', [{ ...least, client: { certificate: ours.certPem } }]],
    [
      'a certificate of ours with another key',
      [{ ...least, client: { certificate: ours.certPem, key: makeCertificate({ names: ['x.example'] }).keyPem } }],
    ],
    [
      'a certificate of ours that is none',
      [{ ...least, client: { certificate: '-----BEGIN CERTIFICATE-----\nx', key: ours.keyPem } }],
    ],
  ] as const) {
    test(`with ${name} are refused whole`, async () => {
      const refused = await put(value);
      assertProblem(refused, 422, 'request/malformed');
      assert.doesNotMatch(refused.text, /PRIVATE KEY/);
      assert.equal((await api.get('/connectors')).headers.get('etag'), '"1"');
    });
  }

  test('are for keys that may, and of nobody bound to senders', async () => {
    const reader = await makeClient(running, { scopes: ['admin:read'] });
    assert.equal((await reader.get('/connectors')).status, 200);
    assertProblem(
      await reader.sendJson('/connectors', { connectors: [] }, { 'if-match': '*' }, 'PUT'),
      403,
      'request/forbidden',
    );
    assertProblem(await reader.sendJson('/connectors/partner.example/test', {}), 403, 'request/forbidden');
    const bound = await makeClient(running, { scopes: ['admin:read'], senders: ['alice@example.com'] });
    assertProblem(await bound.get('/connectors'), 403, 'request/forbidden');
  });
});

describe('who hands in mail by certificate', () => {
  let running: Running;
  let api: ApiClient;
  let admin: Visitor;
  before(async () => {
    running = await startProgram();
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const page = '/admin/connectors/inbound';
  const scanner = { name: 'scanner', certificate: { by: 'key', pins: [PIN] } };
  const put = (list: object, version = '*') => api.sendJson('/connectors', list, { 'if-match': version }, 'PUT');
  const inbound = async (): Promise<unknown> => (await api.get('/connectors')).json['inbound'];
  const form = (version: number, fields: Record<string, string> = {}) => ({
    version: String(version),
    name: 'exchange-hq',
    by: 'certificate',
    digests: ours.certPem,
    was: '',
    ...fields,
  });

  test('is part of the list by the API, and stays where it is left out', async () => {
    assert.equal((await put({ connectors: [{ domain: 'a.example' }], inbound: [scanner] })).status, 200);
    assert.deepEqual(await inbound(), [scanner]);
    const without = await put({ connectors: [] });
    assert.equal(without.headers.get('etag'), '"2"');
    assert.deepEqual(await inbound(), [scanner]);
    const rows = await running.store.db.selectFrom('connectors').selectAll().execute();
    assert.doesNotMatch(rows.map(({ sealed }) => Buffer.from(sealed).toString('latin1')).join(), /scanner/);
  });

  for (const [name, value] of [
    ['no list', scanner],
    ['nothing', null],
    [
      'a name twice',
      [scanner, { name: 'scanner', certificate: { by: 'certificate', fingerprints: ['ab'.repeat(32)] } }],
    ],
    ['a key twice', [scanner, { ...scanner, name: 'other' }]],
    ['a name that could be read as another actor', [{ ...scanner, name: 'alice@example.com' }]],
    ['no key', [{ name: 'x', certificate: { by: 'key', pins: [] } }]],
    ['a digest that is too short', [{ name: 'x', certificate: { by: 'certificate', fingerprints: ['ab:cd'] } }]],
    ['a certificate by its name', [{ name: 'x', certificate: { by: 'names', names: ['a.example'] } }]],
    ['a field that is not known', [{ ...scanner, networks: ['10.0.0.0/8'] }]],
  ] as const) {
    test(`is refused whole with ${name}`, async () => {
      assertProblem(await put({ connectors: [], inbound: value }), 422, 'request/malformed');
      assert.deepEqual(await inbound(), [scanner]);
    });
  }

  test('is added, changed and removed on its page, without touching the connectors', async () => {
    await put({ connectors: [{ domain: 'a.example' }] });
    assert.equal((await admin.post(page, form(3), page)).status, 303);
    const shown = await admin.get(`${page}?edit=exchange-hq`);
    assert.match(shown.text, /a pinned certificate/);
    assert.match((await admin.get('/admin/connectors')).text, /exchange-hq/);
    const renamed = form(4, { by: 'key', name: 'exchange-new', was: 'exchange-hq' });
    assert.equal((await admin.post(page, renamed, page)).status, 303);
    assert.match((await admin.get(page)).text, /exchange-new[^]*a pinned key/);
    const asked = await admin.post(`${page}/remove`, { version: '5', name: 'scanner' }, page);
    assert.match(asked.text, /Remove scanner\?/);
    assert.match((await admin.get(page)).text, /scanner/, 'nothing happened yet');
    assert.equal((await admin.post(`${page}/remove`, { version: '5', name: 'scanner', sure: '1' }, page)).status, 303);
    const { connectors, inbound: left } = await running.program.delivery.connectors.newest();
    assert.deepEqual(
      [connectors.map(({ domain }) => domain), left.map(({ name }) => name)],
      [['a.example'], ['exchange-new']],
    );
  });

  test('comes back as it was typed when it is refused, and from an older version', async () => {
    const refused = await admin.post(page, form(6, { digests: 'zz', name: 'other' }), page);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /inbound\[1\]\.certificate/);
    assert.match(refused.text, /value="other"/);
    assert.equal((await admin.post(page, form(1), page)).status, 412);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.get(page)).status, 404);
  });
});

describe('connectors on their page', () => {
  let running: Running;
  let admin: Visitor;
  let partner: TestRelay;
  let dns: TestDns;
  const page = '/admin/connectors';

  before(async () => {
    partner = await startRelay(makeCertificate({ authority, names: ['mx.partner.example'] }));
    dns = await startDns({ 'mx.partner.example': { a: ['127.0.0.1'] } });
    running = await startProgram({ env: { DNS_RESOLVER: `127.0.0.1:${dns.port}` } });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(async () => {
    await running.stop();
    await Promise.all([partner.close(), dns.close()]);
  });

  const form = (version: number, fields: Record<string, string> = {}) => ({
    version: String(version),
    domain: 'partner.example',
    hosts: `mx.partner.example:${partner.port}`,
    minTls: '1.2',
    by: 'host-name',
    names: '',
    pins: '',
    certificate: '',
    key: '',
    ...fields,
  });

  test('one is added, changed with its key kept, tested, and removed', async () => {
    assert.equal((await admin.post(page, form(0, { certificate: ours.certPem, key: ours.keyPem }), page)).status, 303);
    const shown = await admin.get(`${page}?edit=partner.example`);
    assert.match(shown.text, /mx\.partner\.example:\d+/);
    assert.doesNotMatch(shown.text, /PRIVATE KEY/);
    assert.equal(
      (await admin.post(page, form(1, { was: 'partner.example', certificate: ours.certPem, minTls: '1.3' }), page))
        .status,
      303,
    );
    const kept = await running.program.delivery.connectors.of('partner.example');
    assert.deepEqual([kept?.minTls, kept?.client?.key], ['1.3', ours.keyPem]);

    const tested = await admin.post(`${page}/test`, { domain: 'partner.example' }, page);
    assert.equal(tested.status, 200);
    assert.match(tested.text, /TLSv1\.3/);
    assert.match(tested.text, /No authority that is trusted signed its certificate/);
    assert.match(tested.text, /No server proves what is asked of it/);

    const fields = { version: '2', domain: 'partner.example' };
    const asked = await admin.post(`${page}/remove`, fields, page);
    assert.equal(asked.status, 200);
    assert.match(asked.text, /Remove the connector to partner\.example\?[^]*No connector is left/);
    assert.match((await admin.get(page)).text, /partner\.example/, 'nothing happened yet');
    assert.equal((await admin.post(`${page}/remove`, { ...fields, sure: '1' }, page)).status, 303);
    assert.match((await admin.get(page)).text, /There is none yet/);
  });

  test('a new one replaces none that is there, nor does one that is renamed', async () => {
    assert.equal((await admin.post(page, form(3, { minTls: '1.3' }), page)).status, 303);
    assert.equal((await admin.post(page, form(4, { domain: 'other.example' }), page)).status, 303);
    for (const fields of [{}, { domain: ' Partner.example' }, { was: 'other.example' }]) {
      const refused = await admin.post(page, form(5, fields), page);
      assert.equal(refused.status, 422, JSON.stringify(fields));
      assert.match(refused.text, /There is a connector for partner\.example already\. Change it in the list\./);
    }
    const { connectors: all, version } = await running.program.delivery.connectors.newest();
    assert.deepEqual([version, all.map(({ minTls }) => minTls)], [5, ['1.3', '1.2']]);
    assert.equal(
      (await admin.post(page, form(5, { was: 'other.example', domain: 'third.example' }), page)).status,
      303,
    );
    assert.notEqual(await running.program.delivery.connectors.of('third.example'), undefined);
    assert.equal(await running.program.delivery.connectors.of('other.example'), undefined);
  });

  test('a refused one comes back as it was typed, without the key', async () => {
    const refused = await admin.post(
      page,
      form(6, { domain: 'new.example', hosts: '10.0.0.1', certificate: ours.certPem, key: ours.keyPem }),
      page,
    );
    assert.equal(refused.status, 422);
    assert.match(refused.text, /The connectors are refused: \[2\]\.hosts\[0\]\.host/);
    assert.match(refused.text, /10\.0\.0\.1/);
    assert.doesNotMatch(refused.text, /PRIVATE KEY/);
    assert.equal((await admin.post(page, form(1, { domain: 'new.example' }), page)).status, 412);
  });

  test('does not exist for anybody else', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.get(page)).status, 404);
  });
});

describe('sealpost connector', () => {
  let running: Running;
  let dns: TestDns;
  const servers: TestRelay[] = [];

  before(async () => {
    dns = await startDns();
    running = await startProgram({ env: { DNS_RESOLVER: `127.0.0.1:${dns.port}` } });
  });
  after(async () => {
    await running.stop();
    await Promise.all([dns.close(), ...servers.map((server) => server.close())]);
  });

  const good = makeCertificate({ authority, names: ['mx.partner.example'] });
  const certificates: readonly (readonly [string, TestCertificate | undefined, number, RegExp])[] = [
    ['a good certificate', good, 0, /partner\.example: Mail goes directly, over TLS that is verified\./],
    [
      'one that ran out',
      makeCertificate({ authority, names: ['mx.partner.example'], expiredDays: 1 }),
      1,
      /ran out on \d{4}-/,
    ],
    [
      'one of another name',
      makeCertificate({ authority, names: ['mail.example.org'] }),
      1,
      /not for the name that is asked for; it says mail\.example\.org/,
    ],
    ['one nobody vouches for', makeCertificate({ names: ['mx.partner.example'] }), 1, /No authority that is trusted/],
    ['no TLS', undefined, 1, /offers no TLS/],
  ];
  for (const [name, certificate, code, words] of certificates) {
    test(`test says of a server with ${name} what is there`, async () => {
      const server = await startRelay(certificate);
      servers.push(server);
      dns.names.set('mx.partner.example', { a: ['127.0.0.1'] });
      const { connectors } = running.program.delivery;
      const { version } = await connectors.newest();
      const value = [{ domain: 'partner.example', hosts: [{ host: 'mx.partner.example', port: server.port }] }];
      await connectors.save({ value, basedOn: version, actor: 'test' });
      const env = {
        DATA_DIR: running.dataDir,
        DNS_RESOLVER: `127.0.0.1:${dns.port}`,
        NODE_EXTRA_CA_CERTS: good.caFile,
      };
      const told = await sealpost(env, 'connector', 'test', 'partner.example');
      assert.match(told.out, words);
      assert.match(
        told.out,
        /asked by connector: TLS 1\.2 or later, a certificate that a trusted authority signed for mx\.partner\.example/,
      );
      assert.equal(told.code, code, told.err);
      assert.deepEqual([server.mails, server.attempts], [[], []]);
      if (certificate === undefined) return;
      assert.match(told.out, /speaks TLSv1\.3, TLS_/);
      assert.match(told.out, /certificate CN=.*, until \d{4}-.*, key [A-Za-z0-9+/]{43}=/);
    });
  }

  test('test says that nothing vouches for a domain without evidence, and list lists', async () => {
    const env = { DATA_DIR: running.dataDir, DNS_RESOLVER: `127.0.0.1:${dns.port}` };
    const told = await sealpost(env, 'connector', 'test', 'missing.example');
    assert.equal(told.code, 1);
    assert.match(told.out, /missing\.example: It takes no mail\./);
    assert.match(
      (await sealpost(env, 'connector', 'list')).out,
      /^partner\.example: mx\.partner\.example:\d+; TLS 1\.2 or later/,
    );
  });
});
