// Owns gathering what is to be known before mail goes to a domain's own servers: its connector, its MX hosts, their TLSA
// records, its MTA-STS policy. What follows from it is decided in plan.ts.

import type { Connector } from './connector.ts';
import { findMx } from './find-mx.ts';
import type { MxDeps } from './find-mx.ts';
import { findSts } from './find-sts.ts';
import type { StsDeps } from './find-sts.ts';
import type { Facts, MxFinding, StsFinding, TlsaFinding } from './plan.ts';

export interface RouteDeps extends MxDeps, StsDeps {
  readonly connectorOf: (domain: string) => Promise<Connector | undefined>;
}

export async function findFacts(deps: RouteDeps, domain: string): Promise<Facts> {
  const connector = await deps.connectorOf(domain);
  const [mx, sts] = await Promise.all([
    findMx(deps, domain, connector),
    // An administrator's word is stricter than the domain's, or as strict.
    connector === undefined ? findSts(deps, domain) : Promise.resolve<StsFinding>({ kind: 'none' }),
  ]);
  const tlsa = connector === undefined ? await findTlsa(deps, mx) : new Map<string, TlsaFinding>();
  return { domain, connector, mx, tlsa, sts };
}

async function findTlsa({ dns }: RouteDeps, mx: MxFinding): Promise<Map<string, TlsaFinding>> {
  // RFC 7672 section 2.2.1: where the MX records are not signed, whose servers those are is anybody's claim.
  if (mx.kind !== 'hosts' || !mx.secure) return new Map();
  const found = await Promise.all(
    mx.hosts.map(async ({ host, port }): Promise<[string, TlsaFinding]> => {
      const answer = await dns.tlsa(`_${port}._tcp.${host}`);
      if (answer.kind !== 'found') return [host, answer.kind === 'none' ? { kind: 'none' } : answer];
      // Records that nobody signed are none.
      return [host, answer.secure ? { kind: 'records', records: answer.records } : { kind: 'none' }];
    }),
  );
  return new Map(found);
}
