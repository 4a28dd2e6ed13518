// What partners' mail servers prove is tried out by itself, kept, and compared with what they proved before: less is an alert, until it
// is mended or an administrator takes it as it is.

import { ledTo } from '../support/browser.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { SecureVersion } from 'node:tls';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { after, afterEach, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { listStanding } from '../../server/alerts/alerts.store.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { bindConnectorTests } from '../../server/delivery/connector-tests.ts';
import type { DomainTest } from '../../server/delivery/test-domain.ts';
import type { Visitor } from '../support/browser.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { describeEngines } from '../support/engines.ts';
import { freePort } from '../support/free-port.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { productionEnv } from '../support/production.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);
const DOMAIN = 'partner.example';
const HOST = 'mx.partner.example';
const first = makeCertificate({ authority, names: [HOST] });
const renewed = makeCertificate({ authority, names: [HOST] });
const foreign = makeCertificate({ names: [HOST] });

describeEngines('what a partner’s servers prove', (engine) => {
  let running: Running;
  let dns: TestDns;
  let port: number;
  let server: SMTPServer | undefined;

  before(async () => {
    dns = await startDns({ [HOST]: { a: ['127.0.0.1'] } });
    port = await freePort();
    const env = { ...productionEnv, ...(await engine.newDatabase()), DNS_RESOLVER: `127.0.0.1:${dns.port}` };
    running = await startProgram({ env: { ...env, PUBLIC_URL: 'http://localhost:3000' } });
  });
  after(async () => {
    await running.stop();
    await dns.close();
  });
  afterEach(close);

  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    if (closing !== undefined) await new Promise<void>((resolve) => closing.close(() => resolve()));
  }

  async function serve({ certPem, keyPem }: TestCertificate, maxVersion: SecureVersion = 'TLSv1.3'): Promise<void> {
    await close();
    server = new SMTPServer({ authOptional: true, cert: certPem, key: keyPem, maxVersion, disabledCommands: ['AUTH'] });
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
  }

  const tests = () => running.program.delivery.tests;
  const connectors = () => running.program.delivery.connectors;

  async function connect(fields: object = {}): Promise<void> {
    const { version } = await connectors().newest();
    const value = [{ domain: DOMAIN, hosts: [{ host: HOST, port }], ...fields }];
    await connectors().save({ value: [], basedOn: version, actor: 'test' });
    // Somebody looks in between, so that nothing is known of the one before.
    await due();
    await connectors().save({ value, basedOn: (await connectors().newest()).version, actor: 'test' });
  }

  const kept = async () => (await tests().kept()).get(DOMAIN);
  const due = (): Promise<number> => tests().testDue(100);
  const alerts = async (): Promise<string[]> => {
    await running.program.watcher.look();
    return (await listStanding(running.store.keyring, running.store.db)).flatMap(({ kind, about }) =>
      kind === 'tls-weakened' ? about : [],
    );
  };

  test('is found out once a connector is made, once it is changed, and after a year, by itself', async () => {
    await serve(first);
    await connect();
    assert.equal(await due(), 1);
    assert.equal(await due(), 0);
    const found = await kept();
    assert.equal(found?.state, 'good');
    const [host] = found?.card?.last.test.hosts ?? [];
    assert.deepEqual([host?.protocol, host?.goes, host?.chain[0]?.names], ['TLSv1.3', true, [HOST]]);
    running.clock.forward(364 * DAY_MS);
    assert.equal(await due(), 0);
    running.clock.forward(2 * DAY_MS);
    assert.equal(await due(), 1);
    const { version } = await connectors().newest();
    const value = [{ domain: DOMAIN, hosts: [{ host: HOST, port }], minTls: '1.3' }];
    await connectors().save({ value, basedOn: version, actor: 'test' });
    assert.equal(await due(), 1);
    assert.equal(await due(), 0);
    await connectors().save({ value: [], basedOn: version + 1, actor: 'test' });
    assert.equal(await due(), 0);
    assert.equal((await tests().kept()).size, 0);
  });

  test('is tried out once by any number of machines', async () => {
    await connect();
    let looks = 0;
    const look = async (domain: string): Promise<DomainTest> => {
      looks += 1;
      return { domain, goes: true, outcome: 'Mail goes.', notes: [], hosts: [] };
    };
    const { db, vault } = running.store;
    const machines = Array.from({ length: 8 }, () => bindConnectorTests({ db, vault, connectors: connectors(), look }));
    const counts = await Promise.all(machines.map((machine) => machine.testDue(100)));
    assert.deepEqual([looks, counts.reduce((sum, count) => sum + count)], [1, 1]);
  });

  test('is an alert when it is less than it was, each day anew until it is mended; another key is told of and is none', async () => {
    await serve(first);
    await connect();
    await due();
    await serve(renewed);
    running.clock.forward(366 * DAY_MS);
    await due();
    const other = await kept();
    assert.equal(other?.state, 'good');
    assert.match(other?.card?.changes.join() ?? '', /has another key than before/);
    assert.deepEqual(await alerts(), []);

    await serve(renewed, 'TLSv1.2');
    running.clock.forward(366 * DAY_MS);
    await due();
    const less = await kept();
    assert.equal(less?.state, 'weakened');
    assert.deepEqual(less?.card?.weaker, [`${HOST}:${port} speaks TLSv1.2 and no longer TLSv1.3`]);
    assert.deepEqual(await alerts(), [DOMAIN]);
    running.clock.forward(DAY_MS);
    assert.equal(await due(), 1);
    assert.deepEqual(await alerts(), [DOMAIN]);
    await serve(renewed);
    running.clock.forward(DAY_MS);
    await due();
    running.clock.forward(HOUR_MS);
    assert.deepEqual(await alerts(), []);
  });

  test('is an alert at once when another answers, and only the second time when nobody does', async () => {
    await serve(first);
    await connect();
    await due();
    await close();
    running.clock.forward(366 * DAY_MS);
    await due();
    assert.equal((await kept())?.state, 'unsure');
    assert.deepEqual(await alerts(), []);
    running.clock.forward(HOUR_MS + MINUTE_MS);
    await due();
    assert.equal((await kept())?.state, 'failing');
    assert.deepEqual(await alerts(), [DOMAIN]);
    await serve(foreign);
    running.clock.forward(DAY_MS);
    await due();
    assert.match((await kept())?.card?.weaker.join() ?? '', /No authority that is trusted signed its certificate/);
    await serve(first);
    running.clock.forward(DAY_MS);
    await due();
    assert.equal((await kept())?.state, 'good');
    running.clock.forward(HOUR_MS);
    assert.deepEqual(await alerts(), []);
  });

  test('can be taken as it is by an administrator, where mail goes, and by nobody else', async () => {
    await serve(first);
    await connect();
    await due();
    await serve(first, 'TLSv1.2');
    running.clock.forward(366 * DAY_MS);
    await due();
    const tell = (): Promise<void> => Promise.resolve();
    assert.equal(await tests().accept('other.example', tell), false);
    assert.equal(await tests().accept(DOMAIN, tell), true);
    assert.equal(await tests().accept(DOMAIN, tell), false, 'there is nothing to take any more');
    assert.equal((await kept())?.state, 'good');
    running.clock.forward(366 * DAY_MS);
    await due();
    assert.equal((await kept())?.state, 'good', 'it is what it was');
  });
});

describeEngines('the page of connectors', (engine) => {
  let running: Running;
  let admin: Visitor;
  const page = '/admin/connectors';

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  test('shows what was found last and when, and has it taken as it is', async () => {
    const { connectors } = running.program.delivery;
    await connectors.save({ value: [{ domain: DOMAIN }], basedOn: 0, actor: 'test' });
    assert.match((await admin.get(page)).text, /Not tested yet/);
    let protocol = 'TLSv1.3';
    const look = async (domain: string): Promise<DomainTest> => ({
      domain,
      goes: true,
      outcome: 'Mail goes directly, over TLS that is verified.',
      notes: [],
      hosts: [
        {
          host: HOST,
          port: 25,
          addresses: ['192.0.2.1'],
          evidence: 'connector',
          asked: 'TLS 1.2 or later',
          isReached: true,
          protocol,
          cipher: 'TLS_AES_256_GCM_SHA384',
          chain: [],
          goes: true,
          why: '',
        },
      ],
    });
    const { db, vault } = running.store;
    const tests = bindConnectorTests({ db, vault, connectors, look });
    await tests.testDue(100);
    assert.match((await admin.get(page)).text, /Proves no less than before/);
    protocol = 'TLSv1.2';
    await tests.test(DOMAIN);
    const { text } = await admin.get(page);
    assert.match(text, /mx\.partner\.example speaks TLSv1\.2 and no longer TLSv1\.3/);
    assert.match(text, /Take it as it is/);
    const taken = await admin.post(`${page}/accept`, { domain: DOMAIN }, page);
    assert.match(ledTo(taken) ?? '', /done=accepted$/);
    assert.match(ledTo(await admin.post(`${page}/accept`, { domain: DOMAIN }, page)) ?? '', /done=gone$/);
    assert.match((await admin.get(page)).text, /Proves no less than before/);
    assert.match((await admin.get('/admin/audit?event=connector-test-accepted')).text, /partner\.example/);
  });
});
