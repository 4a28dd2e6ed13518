// Owns finding the hosts that take a domain's mail, in their order, with their addresses. Where somebody else's DNS leads
// into a private network, nothing goes.

import type { Dns, MxRecord } from './dns.ts';
import type { Connector } from './connector.ts';
import type { MxFinding, MxHost } from './plan.ts';

export interface MxDeps {
  readonly dns: Dns;
  readonly smtpPort: number;
  /** Whether a server of somebody else may lie there. */
  readonly mayReach: (address: string) => boolean;
}

/** As many as are ever tried. */
const HOSTS_MAX = 10;

export async function findMx(deps: MxDeps, domain: string, connector: Connector | undefined): Promise<MxFinding> {
  if (connector?.hosts !== undefined) return namedHosts(deps, connector.hosts);
  const found = await deps.dns.mx(domain);
  if (found.kind === 'failed' || found.kind === 'bogus') return found;
  // RFC 5321 section 5.1: without MX records the domain itself takes its mail.
  const records: readonly MxRecord[] = found.kind === 'found' ? found.records : [{ exchange: domain, priority: 0 }];
  // RFC 7505
  if (records.every(({ exchange }) => exchange === '')) return { kind: 'none' };
  const inOrder = records
    .filter(({ exchange }) => exchange !== '')
    .toSorted((a, b) => a.priority - b.priority)
    .slice(0, HOSTS_MAX);
  return withAddresses(deps, inOrder, found.secure, found.kind === 'none');
}

/** An administrator named them, and may lay them into a network of the house. */
async function namedHosts({ dns }: MxDeps, hosts: NonNullable<Connector['hosts']>): Promise<MxFinding> {
  const found = await Promise.all(
    hosts.map(async ({ host, port }): Promise<MxHost> => {
      const addresses = await dns.addresses(host);
      // What only the system knows (/etc/hosts) is left to it.
      return { host, port, addresses: addresses.kind === 'found' ? addresses.records : undefined };
    }),
  );
  return { kind: 'hosts', hosts: found, secure: false, notes: [] };
}

async function withAddresses(
  { dns, smtpPort, mayReach }: MxDeps,
  records: readonly MxRecord[],
  secure: boolean,
  isImplicit: boolean,
): Promise<MxFinding> {
  const hosts: MxHost[] = [];
  const notes: string[] = [];
  let isUnknown = false;
  let isBogus = false;
  const hostNames = records.map(({ exchange }) => exchange.toLowerCase().replace(/\.$/, ''));
  const answers = await Promise.all(hostNames.map(async (host) => ({ host, found: await dns.addresses(host) })));
  for (const { host, found } of answers) {
    isUnknown ||= found.kind === 'failed';
    isBogus ||= found.kind === 'bogus';
    if (found.kind !== 'found') {
      notes.push(`${host}: has no address that could be found`);
      continue;
    }
    const addresses = found.records.filter(mayReach);
    if (addresses.length === 0) notes.push(`${host}: lies in a private network`);
    else hosts.push({ host, port: smtpPort, addresses });
  }
  if (hosts.length > 0) return { kind: 'hosts', hosts, secure, notes };
  if (isBogus) return { kind: 'bogus' };
  if (isUnknown) return { kind: 'failed' };
  return isImplicit ? { kind: 'none' } : { kind: 'hosts', hosts, secure, notes };
}
