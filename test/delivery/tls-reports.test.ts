// Reports about TLS (RFC 8460): those that others send are read within limits and shown, and our own are counted, written and brought
// to whoever wants them, once, whatever number of machines there is.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { after, afterEach, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { SMTPServer } from 'smtp-server';
import { parseAddress } from '../../server/core/address.ts';
import { DAY_MS, HOUR_MS, isoNow } from '../../server/core/clock.ts';
import { keepStsPolicy } from '../../server/delivery/sts-policies.store.ts';
import { byAuthority } from '../../server/delivery/plan.ts';
import type { PlannedHost } from '../../server/delivery/plan.ts';
import { reportTargets } from '../../server/delivery/write-tls-report.ts';
import { validatingDns } from '../../server/delivery/validating-dns.ts';
import { orderTlsReports } from '../../server/worker/tls-report.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { dkimHolds } from '../support/dkim.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

interface Written {
  readonly organization?: string;
  readonly id?: string;
  readonly domain?: string;
  readonly end?: string;
  readonly failures?: readonly object[];
}

describeEngines('a report of somebody else', (engine) => {
  let running: Running;
  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
  });
  after(() => running.stop());
  afterEach(() => running.clock.forward(2 * HOUR_MS));

  function written({
    organization = 'Big Mail',
    id = 'r1',
    domain = 'example.com',
    end,
    failures = [],
  }: Written): string {
    const until = end ?? isoNow(running.clock).slice(0, 19) + 'Z';
    return JSON.stringify({
      'organization-name': organization,
      'date-range': { 'start-datetime': '2026-01-01T00:00:00Z', 'end-datetime': until },
      'contact-info': 'tls@bigmail.example',
      'report-id': id,
      policies: [
        {
          policy: {
            'policy-type': 'sts',
            'policy-string': ['version: STSv1'],
            'policy-domain': domain,
            'mx-host': ['mx1'],
          },
          summary: { 'total-successful-session-count': 12, 'total-failure-session-count': failures.length },
          'failure-details': failures,
        },
      ],
    });
  }
  const post = async (body: Buffer | string, type = 'application/tlsrpt+gzip'): Promise<number> =>
    (
      await fetch(`${running.url}/tls-reports`, {
        method: 'POST',
        // Packing a bomb takes so long that the server gives up a connection that is kept.
        headers: { 'content-type': type, connection: 'close' },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      })
    ).status;
  const rows = async (): Promise<number> =>
    (await running.store.db.selectFrom('tls_reports').select('id').execute()).length;

  test('is taken packed or plain, kept once however often it comes, and shown as what somebody says', async () => {
    const failures = [
      { 'result-type': 'certificate-expired', 'receiving-mx-hostname': 'mx2.example.com', 'failed-session-count': 3 },
      { 'result-type': '<b>odd</b>', 'failed-session-count': 1 },
    ];
    const report = gzipSync(written({ failures }));
    const answers = await Promise.all([post(report), post(report), post(report)]);
    assert.deepEqual(answers, [200, 200, 200]);
    assert.equal(await post(written({ failures }), 'application/tlsrpt+json'), 200);
    assert.equal(await rows(), 1);
    const admin = await signInByAddress(running, 'admin@example.com');
    const { text } = await admin.get('/admin/tls-reports');
    assert.match(text, /Big Mail/);
    assert.match(text, /The certificate had expired/);
    assert.match(text, /mx2\.example\.com/);
    assert.match(text, /&lt;b&gt;odd&lt;\/b&gt;/);
    assert.match(text, /12 connections with TLS and 2 without/);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.get('/admin/tls-reports')).status, 404);
  });

  test('of another domain, of long ago or of days to come is taken, and not kept', async () => {
    const before = await rows();
    assert.equal(await post(gzipSync(written({ id: 'a', domain: 'other.example' }))), 200);
    assert.equal(await post(gzipSync(written({ id: 'b', end: '2020-01-01T00:00:00Z' }))), 200);
    assert.equal(await post(gzipSync(written({ id: 'c', end: '2099-01-01T00:00:00Z' }))), 200);
    assert.equal(await rows(), before);
  });

  test('that is none, packs too much, or is too large is refused', async () => {
    const before = await rows();
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '), { level: 9 });
    assert.ok(bomb.length < 512 * 1024, 'it is small as it comes');
    assert.equal(await post(bomb), 422);
    assert.equal(await post(Buffer.alloc(600 * 1024)), 413);
    assert.equal(await post(gzipSync('{"policies": []}')), 422);
    assert.equal(await post(gzipSync(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)), 422);
    assert.equal(await post(Buffer.from([0x1f, 0x8b, 8, 0])), 422);
    assert.equal(await post(''), 422);
    assert.equal(await post(gzipSync(written({ id: 'd' })), 'text/html'), 422);
    const many = Array.from({ length: 300 }, () => ({ 'result-type': 'x', 'failed-session-count': 1 }));
    assert.equal(await post(gzipSync(written({ id: 'e', failures: many }))), 422);
    const less = [{ 'result-type': 'x', 'failed-session-count': -1 }];
    assert.equal(await post(gzipSync(written({ id: 'f', failures: less }))), 422);
    assert.equal(await rows(), before);
  });

  test('is one of sixty an hour from one network', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 62; n += 1) answers.push(await post('x'));
    assert.deepEqual(
      [answers.filter((one) => one === 422).length, answers.filter((one) => one === 429).length],
      [60, 2],
    );
  });
});

describe('where a domain wants its reports', () => {
  test('is read strictly, and of more than two places two are taken', () => {
    const to = (...records: string[]): unknown => reportTargets(records).map((one) => ('to' in one ? one.to : one.url));
    assert.deepEqual(to('v=TLSRPTv1; rua=mailto:tls@a.example,https://a.example/x'), [
      'tls@a.example',
      'https://a.example/x',
    ]);
    assert.deepEqual(to('v=TLSRPTv1;rua=mailto:tls%2Bx@a.example'), ['tls+x@a.example']);
    assert.deepEqual(to('v=TLSRPTv1; rua=mailto:a@a.example,mailto:b@a.example,mailto:c@a.example'), [
      'a@a.example',
      'b@a.example',
    ]);
    for (const none of [
      'v=TLSRPTv2; rua=mailto:a@a.example',
      'v=TLSRPTv1; rua=http://a.example/',
      'v=TLSRPTv1; rua=mailto:%',
      'spf',
    ])
      assert.deepEqual(to(none), [], none);
    const one = 'v=TLSRPTv1; rua=mailto:a@a.example';
    assert.deepEqual(to(one, one), [], 'two that say so');
  });
});

describeEngines('our own reports', (engine) => {
  const authority = makeAuthority();
  setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);
  const HOST = 'mx.partner.example';
  const good = makeCertificate({ authority, names: [HOST] });
  const wrong = makeCertificate({ authority, names: ['mail.example.org'] });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let relay: TestRelay;
  let receiver: Receiver;
  let dns: TestDns;
  let running: Running;
  const servers: SMTPServer[] = [];

  before(async () => {
    relay = await startRelay();
    receiver = await startReceiver({});
    dns = await startDns({
      '_smtp._tls.partner.example': { txt: [`v=TLSRPTv1; rua=mailto:tls@reports.example,${receiver.url}`] },
    });
    running = await startProgram({
      env: {
        ...relayEnv(relay, 'opportunistic'),
        ...(await engine.newDatabase()),
        DNS_RESOLVER: `127.0.0.1:${dns.port}`,
        DKIM_DOMAIN: 'example.com',
        DKIM_SELECTOR: 's1',
        DKIM_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
      outside: receiver.outside,
    });
  });
  after(async () => {
    await running.stop();
    await Promise.all([relay.close(), receiver.stop(), dns.close()]);
    for (const server of servers) server.close(() => undefined);
  });

  async function serve(options: object): Promise<number> {
    const server = new SMTPServer({
      authOptional: true,
      ...options,
      onData: (stream, _session, done) => stream.resume().on('end', () => done()),
    });
    servers.push(server);
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const where = server.server.address();
    assert.ok(typeof where === 'object' && where !== null);
    return where.port;
  }

  async function deliver(port: number, evidence: PlannedHost['evidence'], domain = 'partner.example'): Promise<void> {
    const [from, to] = [parseAddress('alice@example.com'), parseAddress(`bob@${domain}`)];
    assert.ok(from !== undefined && to !== undefined);
    const demand = evidence === undefined ? undefined : byAuthority(HOST);
    const hosts: PlannedHost[] = [{ host: HOST, port, addresses: ['127.0.0.1'], demand, evidence }];
    await running.program.delivery.courier.send(hosts, { from, to, raw: Buffer.from('Subject: x\r\n\r\nx\r\n') });
  }

  const order = (): Promise<number> => {
    const { db, vault } = running.store;
    const resolver = validatingDns({ host: '127.0.0.1', port: dns.port });
    const { org, mailFrom } = running.config;
    return orderTlsReports({ db, vault, dns: resolver, orgName: org.name, mailFrom }, 500);
  };

  test('tell of a day what stood and what failed, by mail and over https, once, and nothing of the mail', async () => {
    const { db, keyring } = running.store;
    const policy = { id: '1', mode: 'enforce' as const, maxAgeSeconds: 864_000, mx: [HOST] };
    await keepStsPolicy({ db, keyring, clock: running.clock }, 'partner.example', policy);
    const [well, ill, plain] = [
      await serve({ cert: good.certPem, key: good.keyPem }),
      await serve({ cert: wrong.certPem, key: wrong.keyPem }),
      await serve({ disabledCommands: ['STARTTLS'] }),
    ];
    await Promise.all([deliver(well, 'mta-sts'), deliver(well, 'mta-sts'), deliver(well, 'mta-sts')]);
    await deliver(ill, 'mta-sts');
    await deliver(plain, 'mta-sts');
    await deliver(well, 'connector');
    await deliver(well, undefined, 'silent.example');
    const day = isoNow(running.clock).slice(0, 10);
    assert.equal(await order(), 0, 'the day is not over');
    running.clock.forward(DAY_MS);
    await Promise.all(Array.from({ length: 8 }, order));
    await running.drain();
    assert.deepEqual(await db.selectFrom('tls_results').selectAll().execute(), []);

    const mails = relay.mails.filter(({ to }) => to === 'tls@reports.example');
    assert.equal(mails.length, 1);
    const raw = mails[0]?.raw ?? '';
    assert.match(raw, /^TLS-Report-Domain: partner\.example\r$/im);
    assert.match(raw, /^TLS-Report-Submitter: example\.com\r$/im);
    assert.match(raw, /Content-Type: multipart\/report; report-type="?tlsrpt"?/);
    assert.match(raw, /Content-Type: application\/tlsrpt\+gzip/);
    assert.match(raw, /example\.com!partner\.example!\d+!\d+\.json\.gz/);
    assert.match(raw, /^Subject: Report Domain: partner\.example Submitter: example\.com/m);
    assert.ok(dkimHolds(raw, { domain: 'example.com', selector: 's1', publicKey }));
    const base64 = /application\/tlsrpt\+gzip[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(raw)?.[1] ?? '';
    const report = JSON.parse(gunzipSync(Buffer.from(base64, 'base64')).toString('utf8')) as Record<string, unknown>;
    assert.equal(report['organization-name'], 'Example Ltd');
    assert.deepEqual(report['date-range'], {
      'start-datetime': `${day}T00:00:00Z`,
      'end-datetime': `${day}T23:59:59Z`,
    });
    assert.deepEqual(report['policies'], [
      {
        policy: {
          'policy-type': 'sts',
          'policy-string': ['version: STSv1', 'mode: enforce', `mx: ${HOST}`, 'max_age: 864000'],
          'policy-domain': 'partner.example',
          'mx-host': [HOST],
        },
        summary: { 'total-successful-session-count': 3, 'total-failure-session-count': 2 },
        'failure-details': (report['policies'] as { 'failure-details': unknown }[])[0]?.['failure-details'],
      },
    ]);
    const failures =
      (report['policies'] as { 'failure-details': Record<string, unknown>[] }[])[0]?.['failure-details'] ?? [];
    assert.deepEqual(
      failures.map((one) => `${String(one['result-type'])} ${String(one['failed-session-count'])}`).toSorted(),
      ['certificate-host-mismatch 1', 'starttls-not-supported 1'],
    );
    assert.doesNotMatch(JSON.stringify(report), /alice|bob/);
    assert.equal(receiver.got.length, 1);
    assert.equal(receiver.got[0]?.contentType, 'application/tlsrpt+gzip');
  });

  test('of a domain whose DNS does not answer wait for days, and are then let go', async () => {
    dns.names.set('_smtp._tls.silent.example', { fails: 'broken' });
    const well = await serve({ cert: good.certPem, key: good.keyPem });
    await deliver(well, undefined, 'silent.example');
    running.clock.forward(DAY_MS);
    const left = async (): Promise<number> =>
      (await running.store.db.selectFrom('tls_results').select('id').execute()).length;
    await order();
    assert.equal(await left(), 1);
    running.clock.forward(3 * DAY_MS);
    await order();
    assert.equal(await left(), 0);
  });
});
