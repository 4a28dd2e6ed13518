// Owns counting how TLS with others' mail servers went, by what their domains' own policies ask (RFC 8460 section 4.3). What an
// administrator asks of a partner is nobody's to be told. A count that cannot be kept is lost; the mail is what matters.

import { domainOf } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import type { DirectCourier, HostSession } from '../mail/courier-direct.ts';
import type { Facts } from './plan.ts';
import { policyFaults, stsPolicyOf, tlsaString } from './policy-faults.ts';
import { loadStsPolicy } from './sts-policies.store.ts';
import type { KeptPolicy, StsStoreDeps } from './sts-policies.store.ts';
import { countResult } from './tls-results.store.ts';
import type { TlsResult } from './tls-results.store.ts';

export function countSessions(deps: StsStoreDeps, courier: DirectCourier): DirectCourier {
  return {
    send: async (hosts, mail) => {
      const result = await courier.send(hosts, mail);
      const [domain] = [mail.to].flat().map(domainOf);
      if (domain !== undefined && result.sessions.length > 0) {
        await note(deps, domain, result.sessions).catch(() => undefined);
      }
      return result;
    },
    close: () => courier.close(),
  };
}

/** What the domain's own policies do wrong, whether or not any of its servers was spoken to. */
export async function countFaults({ keyring, db, clock }: StsStoreDeps, facts: Facts): Promise<void> {
  const day = isoNow(clock).slice(0, 10);
  try {
    for (const fault of policyFaults(facts)) await countResult(keyring, db, day, fault);
  } catch {
    // As above.
  }
}

async function note(deps: StsStoreDeps, domain: string, sessions: readonly HostSession[]): Promise<void> {
  const sts = await loadStsPolicy(deps, domain);
  const day = isoNow(deps.clock).slice(0, 10);
  for (const session of sessions) {
    const result = resultOf(domain, session, sts);
    if (result !== undefined) await countResult(deps.keyring, deps.db, day, result);
  }
}

/** Undefined: no policy of the domain's was asked. Pure. */
export function resultOf(
  domain: string,
  { host: { host, evidence, demand }, tls, fault }: HostSession,
  sts: KeptPolicy | undefined,
): TlsResult | undefined {
  if (evidence === 'connector' || evidence === 'rule') return undefined;
  const result = (policy: TlsResult['policy'], what = fault): TlsResult => ({
    domain,
    policy,
    ...(what === undefined ? { host: '' } : { fault: what, host }),
  });
  if (demand?.proof.kind === 'dane') {
    return result({ type: 'tlsa', strings: demand.proof.records.map(tlsaString), mx: [host] });
  }
  if (sts === undefined || sts.mode === 'none') {
    return result({ type: 'no-policy-found', strings: [], mx: [] }, tls === 'none' ? 'starttls-not-supported' : fault);
  }
  // While it is only tested nothing was demanded; what there was says whether it would have been met.
  const untold = tls === 'none' ? 'starttls-not-supported' : tls === 'unverified' ? 'validation-failure' : undefined;
  return result(stsPolicyOf(sts), fault ?? untold);
}
