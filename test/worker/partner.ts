// Owns a house with a relay of its own and a partner's mail server at partner.example, which is found by a DNS of the test's.

import assert from 'node:assert/strict';
import type { Connector } from '../../server/delivery/connector.ts';
import { makeClient } from '../roads/api-client.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { startProgram } from '../support/program.ts';
import type { Running, StartOptions } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

export interface Stage {
  readonly running: Running;
  readonly dns: TestDns;
  readonly relay: TestRelay;
  readonly partner: TestRelay;
  stop(): Promise<void>;
}

export async function stage(certificate: TestCertificate | undefined, options: StartOptions = {}): Promise<Stage> {
  const relay = await startRelay();
  const partner = await startRelay(certificate);
  const dns = await startDns({
    'partner.example': { mx: [[10, 'mx.partner.example']] },
    'mx.partner.example': { a: ['127.0.0.1'] },
  });
  const running = await startProgram({
    ...options,
    env: {
      ...relayEnv(relay, 'opportunistic'),
      DNS_RESOLVER: `127.0.0.1:${dns.port}`,
      DELIVERY_NETWORKS: '127.0.0.0/8',
      ...options.env,
    },
    ports: { smtp: partner.port, https: 1 },
  });
  return {
    running,
    dns,
    relay,
    partner,
    stop: async () => {
      await running.stop();
      await Promise.all([relay.close(), partner.close(), dns.close()]);
    },
  };
}

export type Given = Partial<Connector> & { readonly domain: string };

export async function connect({ running }: Stage, ...connectors: readonly Given[]): Promise<void> {
  const { connectors: book } = running.program.delivery;
  const { version } = await book.newest();
  await book.save({ value: connectors, basedOn: version, actor: 'test' });
}

/** As the API tells them. */
export async function recipients({ running }: Pick<Stage, 'running'>, id: string): Promise<Record<string, unknown>[]> {
  const client = await makeClient(running, { scopes: ['messages:read'] });
  const { json } = await client.get(`/messages/${id}`);
  const { recipients: rows } = json;
  assert.ok(Array.isArray(rows));
  return rows;
}
