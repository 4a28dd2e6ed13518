// Where a visitor comes from, as limits and audit have it: the peer, or what a trusted proxy says of it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAudit } from '../../server/audit/audit-list.store.ts';
import { Visitor } from '../support/browser.ts';
import { startProgram } from '../support/program.ts';

describe('the address of a visitor', () => {
  const elsewhere = { 'x-forwarded-for': '198.51.100.7', forwarded: 'for=198.51.100.7', 'x-real-ip': '198.51.100.7' };

  test('is that of the peer, whatever a stranger writes into the request', async () => {
    assert.deepEqual(await networksOf({}, [elsewhere, {}]), ['127.0.0.1', '127.0.0.1']);
    assert.deepEqual(await networksOf({ TRUST_PROXY: '192.0.2.0/24' }, [elsewhere]), ['127.0.0.1']);
  });

  test('is what a trusted proxy says, and of a chain the last that no trusted one wrote', async () => {
    const chains: readonly Record<string, string>[] = [
      elsewhere,
      { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' },
      { 'x-forwarded-for': '198.51.100.7, 127.0.0.2' },
      { 'x-forwarded-for': '2001:db8:1:2:3:4:5:6' },
      { 'x-forwarded-for': '::ffff:198.51.100.7' },
      {},
    ];
    assert.deepEqual(await networksOf({ TRUST_PROXY: '127.0.0.0/8' }, chains), [
      '198.51.100.7',
      '198.51.100.7',
      '198.51.100.7',
      '2001:db8:1:2::/64',
      '198.51.100.7',
      '127.0.0.1',
    ]);
  });

  test('that is none at all is one and the same for everybody, so that nobody slips through', async () => {
    const broken = ['not an address', '999.1.1.1', '198.51.100.7:4711', '<script>'];
    const chains = broken.map((value) => ({ 'x-forwarded-for': value }));
    assert.deepEqual(
      await networksOf({ TRUST_PROXY: '127.0.0.0/8' }, chains),
      broken.map(() => 'unknown'),
    );
  });

  // Which network the audit has for each request; the limits are kept under the same.
  async function networksOf(
    env: Record<string, string>,
    requests: readonly Record<string, string>[],
  ): Promise<unknown[]> {
    const running = await startProgram({ env });
    try {
      for (const [n, headers] of requests.entries()) {
        const visitor = new Visitor(running.url);
        const answer = await visitor.post('/sign-in/passcode', { address: `a${n}@recipient.example` }, '/sign-in', {
          headers,
        });
        assert.equal(answer.status, 303);
      }
      const networks: unknown[] = [];
      for await (const { event, details } of readAudit(running.store.keyring, running.store.db)) {
        if (event === 'code-asked') networks.push((details as { network: string }).network);
      }
      return networks;
    } finally {
      await running.stop();
    }
  }
});
