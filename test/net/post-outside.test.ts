// Requests to an address that somebody typed stay outside: a canary within gets no hit, and nobody is trusted without proof.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isPublicAddress } from '../../server/core/networks.ts';
import { bindPostOutside } from '../../server/net/post-outside.ts';
import type { Outside } from '../../server/net/post-outside.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';

const HOST = 'hooks.example.org';

describe('a request to the outside', () => {
  const authority = makeAuthority();
  const servers: Server[] = [];
  let hits = 0;
  let good: number;
  let others: Record<string, number>;

  before(async () => {
    good = await serve(makeCertificate({ authority, names: [HOST] }));
    others = {
      'of another name': await serve(makeCertificate({ authority, names: ['other.example.org'] })),
      'that ran out': await serve(makeCertificate({ authority, names: [HOST], expiredDays: 1 })),
      'of a stranger': await serve(makeCertificate({ names: [HOST] })),
    };
  });
  after(() => servers.forEach((server) => server.close()));

  async function serve({ certPem: cert, keyPem: key }: TestCertificate): Promise<number> {
    const server = createServer({ cert, key }, (_request, response) => {
      hits += 1;
      response.writeHead(204).end();
    });
    server.on('connection', () => (hits += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return (server.address() as AddressInfo).port; // of a socket with a port
  }

  const post = (url: string, outside?: Outside) => bindPostOutside(outside)({ url, headers: {}, body: '{}' });
  const reachable = (ips: readonly string[], more: Partial<Outside> = {}): Outside => ({
    resolve: () => Promise.resolve(ips),
    mayReach: (ip) => ip === '127.0.0.1',
    ca: authority.certPem,
    ...more,
  });

  test('goes to the very address that was looked at, whatever the name leads to elsewhere', async () => {
    let asked = 0;
    const resolve = async (): Promise<string[]> => ((asked += 1) === 1 ? ['127.0.0.1'] : ['10.0.0.1']);
    const posted = await post(`https://${HOST}:${good}/`, reachable([], { resolve }));
    assert.deepEqual(posted, { kind: 'answered', status: 204 });
    assert.equal(asked, 1);
  });

  test('does not go to a server whose certificate proves nothing', async () => {
    for (const [what, port] of Object.entries(others)) {
      const posted = await post(`https://${HOST}:${port}/`, reachable(['127.0.0.1']));
      assert.deepEqual(posted, { kind: 'failed', why: 'TLS' }, what);
    }
    const untold: Outside = { resolve: () => Promise.resolve(['127.0.0.1']), mayReach: () => true };
    assert.deepEqual(
      await post(`https://${HOST}:${good}/`, untold),
      { kind: 'failed', why: 'TLS' },
      'not of the usual',
    );
  });

  test('never reaches inside, by a name or a number in any spelling', async () => {
    hits = 0;
    for (const host of [
      'localhost',
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
    ])
      assert.deepEqual(await post(`https://${host}:${good}/`), { kind: 'failed', why: 'REFUSED-TARGET' }, host);
    const byName: Outside = { resolve: () => Promise.resolve(['127.0.0.1']), mayReach: isPublicAddress };
    assert.deepEqual(await post(`https://${HOST}:${good}/`, byName), { kind: 'failed', why: 'REFUSED-TARGET' });
    const oneInside = reachable(['127.0.0.1', '192.168.1.1']);
    assert.deepEqual(await post(`https://${HOST}:${good}/`, oneInside), { kind: 'failed', why: 'REFUSED-TARGET' });
    for (const url of [`http://${HOST}:${good}/`, `https://me:pass@${HOST}:${good}/`])
      assert.deepEqual(await post(url, reachable(['127.0.0.1'])), { kind: 'failed', why: 'REFUSED-TARGET' }, url);
    assert.equal(hits, 0);
  });

  test('is over in its time, also where only the name takes long', async () => {
    const slow = reachable([], { resolve: () => new Promise(() => {}), waitMs: 50 });
    assert.deepEqual(await post(`https://${HOST}:${good}/`, slow), { kind: 'failed', why: 'TIMEOUT' });
    const nobody = reachable([], { resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    assert.deepEqual(await post(`https://${HOST}:${good}/`, nobody), { kind: 'failed', why: 'DNS' });
    assert.deepEqual(await post(`https://${HOST}:1/`, reachable(['127.0.0.1'])), { kind: 'failed', why: 'CONNECT' });
  });
});

test('an address is public only when it is one host of the internet', () => {
  for (const ip of [
    '192.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '198.18.0.1',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:10.0.0.1',
    'fe80::1',
    'fc00::1',
    'fec0::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '4000::1',
    '',
    'example.org',
    '8.8.8.8.8',
    '0x8.8.8.8',
  ])
    assert.equal(isPublicAddress(ip), false, ip);
  for (const ip of ['8.8.8.8', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8'])
    assert.equal(isPublicAddress(ip), true, ip);
});
