// Owns finding out whether a domain has an MTA-STS policy: what it announces, what is kept of it, and fetching what is new. What
// was said once holds until it runs out, whatever the DNS says meanwhile (RFC 8461 section 3.1).

import type { Dns } from './dns.ts';
import { fetchStsPolicy } from './fetch-sts.ts';
import type { StsFetchDeps } from './fetch-sts.ts';
import { stsIdOf } from './mta-sts.ts';
import type { StsFinding } from './plan.ts';
import { keepStsPolicy, loadStsPolicy } from './sts-policies.store.ts';
import type { StsStoreDeps } from './sts-policies.store.ts';

export interface StsDeps extends StsStoreDeps, StsFetchDeps {
  readonly dns: Dns;
}

export async function findSts(deps: StsDeps, domain: string): Promise<StsFinding> {
  const kept = await loadStsPolicy(deps, domain);
  const announced = await deps.dns.txt(`_mta-sts.${domain}`);
  const id = announced.kind === 'found' ? stsIdOf(announced.records) : undefined;
  if (id !== undefined && id !== kept?.id) {
    const fetched = await fetchStsPolicy(deps, domain);
    if (fetched.kind === 'policy') {
      await keepStsPolicy(deps, domain, { ...fetched.policy, id });
      return fetched;
    }
    // It announces one: that it cannot be had says nothing about what it asks.
    return kept === undefined ? fetched : { kind: 'policy', policy: kept, fault: fetched.fault };
  }
  if (kept !== undefined) return { kind: 'policy', policy: kept };
  return announced.kind === 'failed' || announced.kind === 'bogus' ? { kind: 'failed' } : { kind: 'none' };
}
