// What domains' own policies do wrong is told to them in the reports about TLS, also where no server was spoken to (RFC 8460 section
// 4.3.2): a web server that shows, says or hides what it should not.

import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { takeFaults } from '../support/counted.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);
const good = makeCertificate({
  authority,
  names: ['mta-sts.good.example', 'mta-sts.bad.example', 'mta-sts.odd.example'],
});
const POLICY = 'version: STSv1\r\nmode: enforce\r\nmx: mx.other.example\r\nmax_age: 86400\r\n';

describe('faults of MTA-STS that are reported', () => {
  let dns: TestDns;
  let running: Running;
  let server: Server;
  let text = POLICY;
  let status = 200;

  before(async () => {
    server = createServer({ cert: good.certPem, key: good.keyPem }, (_, res) => {
      res.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const where = server.address();
    assert.ok(typeof where === 'object' && where !== null);
    const domains = ['good.example', 'bad.example', 'odd.example', 'stranger.example', 'away.example'];
    dns = await startDns({
      ...Object.fromEntries(
        domains.flatMap((domain) => [
          [domain, { mx: [[10, `mx.${domain}`]] }],
          [`mx.${domain}`, { a: ['127.0.0.1'] }],
          [`_mta-sts.${domain}`, { txt: ['v=STSv1; id=1;'] }],
          ...(domain === 'away.example' ? [] : [[`mta-sts.${domain}`, { a: ['127.0.0.1'] }]]),
        ]),
      ),
      'none.example': { mx: [[10, 'mx.good.example']] },
      'silent.example': { mx: [[10, 'mx.good.example']] },
      '_mta-sts.silent.example': { fails: 'broken' },
    });
    running = await startProgram({
      env: { DNS_RESOLVER: `127.0.0.1:${dns.port}`, DELIVERY_NETWORKS: '127.0.0.0/8' },
      ports: { smtp: 1, https: where.port },
    });
  });
  after(async () => {
    await running.stop();
    server.closeAllConnections();
    server.close();
    await dns.close();
  });
  beforeEach(() => {
    [text, status] = [POLICY, 200];
  });

  const faultsOf = async (domain: string): Promise<string[]> => {
    await running.program.delivery.route(domain);
    return (await takeFaults(running)).get(domain) ?? [];
  };

  test('a policy that cannot be had, and one whose host has no address', async () => {
    status = 404;
    assert.deepEqual(await faultsOf('bad.example'), ['sts sts-policy-fetch-error - 1']);
    assert.deepEqual(await faultsOf('away.example'), ['sts sts-policy-fetch-error - 1']);
  });

  test('one that cannot be read, or has no end', async () => {
    text = 'version: STSv2\r\nmode: enforce\r\n';
    assert.deepEqual(await faultsOf('odd.example'), ['sts sts-policy-invalid - 1']);
    text = `${POLICY}${'x: y\r\n'.repeat(20_000)}`;
    assert.deepEqual(await faultsOf('odd.example'), ['sts sts-policy-invalid - 1']);
  });

  test('a certificate of its host that does not hold', async () => {
    assert.deepEqual(await faultsOf('stranger.example'), ['sts sts-webpki-invalid - 1']);
  });

  test('a host that the policy does not name, and a newer policy that cannot be had', async () => {
    assert.deepEqual(await faultsOf('good.example'), ['sts validation-failure mx.good.example 1']);
    dns.names.set('_mta-sts.good.example', { txt: ['v=STSv1; id=2;'] });
    status = 500;
    assert.deepEqual(await faultsOf('good.example'), [
      'sts sts-policy-fetch-error - 1',
      'sts validation-failure mx.good.example 1',
    ]);
    running.clock.forward(2 * DAY_MS);
    assert.deepEqual(await faultsOf('good.example'), ['sts sts-policy-fetch-error - 1'], 'it ran out');
  });

  test('nothing where there is no policy, where nobody knows, and where somebody only looks', async () => {
    assert.deepEqual(await faultsOf('none.example'), []);
    assert.deepEqual(await faultsOf('silent.example'), []);
    await running.program.delivery.mayGoDirectly('stranger.example');
    assert.deepEqual((await takeFaults(running)).get('stranger.example'), undefined);
  });
});
