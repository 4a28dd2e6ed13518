// Owns the wiring of the look at the organisation's own domains, for the console and the command line.

import { networkInterfaces } from 'node:os';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Config } from './config.ts';
import { domainOf } from './core/address.ts';
import type { Clock } from './core/clock.ts';
import { isPublicAddress } from './core/networks.ts';
import { publicDkimKey } from './crypto/dkim-key.ts';
import { composeOutside } from './compose-delivery.ts';
import { fetchStsPolicy } from './delivery/fetch-sts.ts';
import type { Dns } from './delivery/dns.ts';
import { checkDomains } from './own-domains/check-domains.ts';
import { bindDomainChecks } from './own-domains/domain-checks.ts';
import type { DomainChecks } from './own-domains/domain-checks.ts';
import type { Sending } from './own-domains/judge-mail.ts';

/** Somebody waits for the page. */
const WITHIN_MS = 12_000;

export function composeDomains(config: Config, clock: Clock, withinMs = WITHIN_MS): DomainChecks {
  const outside = composeOutside(config);
  const { dkim, tryOut } = config;
  const keys = dkim === undefined ? undefined : publicDkimKey(dkim.privateKeyPem);
  return bindDomainChecks(clock, () =>
    checkDomains({
      dns: outside.dns,
      clock,
      author: domainOf(config.mailFrom.address),
      orgDomains: config.org.domains,
      dkim:
        dkim === undefined || keys === undefined
          ? undefined
          : { domain: dkim.domain, selector: dkim.selector, publicKey: keys.spki, bareKey: keys.pkcs1 },
      tryOut,
      sendsForPeople: !tryOut,
      findSending: (asked) => findSending(config, asked),
      fetchSts: async (domain) => {
        const fetched = await fetchStsPolicy(outside, domain);
        return fetched.kind === 'policy' ? fetched.policy : undefined;
      },
      withinMs,
    }),
  );
}

async function findSending({ relay, delivery }: Config, dns: Dns): Promise<Sending> {
  if (delivery.isDirect) {
    const all = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);
    return { kind: 'direct', host: '', addresses: all.filter(isPublicAddress) };
  }
  if (relay === undefined) return { kind: 'nobody', host: '', addresses: [] };
  const host = relay.url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await addressesOf(host, dns) : [host];
  return { kind: 'relay', host, addresses: addresses.filter(isPublicAddress) };
}

/** What only the system knows (/etc/hosts) is asked of it. */
async function addressesOf(host: string, dns: Dns): Promise<readonly string[]> {
  const found = await dns.addresses(host);
  if (found.kind === 'found') return found.records;
  if (found.kind !== 'none') return [];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
