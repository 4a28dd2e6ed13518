// Owns direct delivery as the rest of the program knows it: the way to a domain's own servers, whether there is one that
// something vouches for, the connectors, and the courier that goes there.

import { setTimeout as sleep } from 'node:timers/promises';
import type { DirectCourier } from '../mail/courier-direct.ts';
import type { Probe } from '../mail/courier-probe.ts';
import type { Connectors } from './connectors.ts';
import { bindConnectorTests } from './connector-tests.ts';
import type { ConnectorTests } from './connector-tests.ts';
import { countFaults, countSessions } from './count-sessions.ts';
import { findFacts } from './find-facts.ts';
import type { RouteDeps } from './find-facts.ts';
import { byAuthority, planRoute } from './plan.ts';
import type { Facts, Plan, PlannedHost } from './plan.ts';
import { testDomain } from './test-domain.ts';

export interface Delivery {
  readonly connectors: Connectors;
  readonly courier: DirectCourier;
  /** For a mail that is to go now: what is wrong with the domain's own policies is counted. */
  readonly route: (domain: string) => Promise<Plan>;
  /** Past the portal to a host that a rule names: by the domain's connector where there is one, else by a verified name. */
  readonly bypass: (domain: string, to: { readonly host: string; readonly port: number }) => Promise<Plan>;
  /** What its servers prove: each is connected to, and nothing is sent. */
  readonly tests: ConnectorTests;
  /** False only when it is certain that nothing vouches for the domain's servers. */
  readonly mayGoDirectly: (domain: string) => Promise<boolean>;
}

export interface DeliveryDeps extends Omit<RouteDeps, 'connectorOf'> {
  readonly connectors: Connectors;
  readonly courier: DirectCourier;
  readonly probe: (host: PlannedHost) => Promise<Probe>;
}

/** Somebody who hands a mail in waits for the answer; after that it counts as not known. */
const ANSWER_MS = 15_000;

export function bindDelivery(deps: DeliveryDeps): Delivery {
  const { connectors } = deps;
  const courier = countSessions(deps, deps.courier);
  const facts = (domain: string): Promise<Facts> => findFacts({ ...deps, connectorOf: connectors.of }, domain);
  const look = async (domain: string): Promise<Plan> => planRoute(await facts(domain));
  const route = async (domain: string): Promise<Plan> => {
    const found = await facts(domain);
    await countFaults(deps, found);
    return planRoute(found);
  };
  return {
    connectors,
    courier,
    route,
    bypass: async (domain, { host, port }) => {
      if ((await connectors.of(domain)) !== undefined) return route(domain);
      const found = await deps.dns.addresses(host);
      // What only the system knows (/etc/hosts) is left to it.
      const addresses = found.kind === 'found' ? found.records : undefined;
      return {
        kind: 'route',
        hosts: [{ host, port, addresses, demand: byAuthority(host), evidence: 'rule' }],
        isEvident: true,
        mayFollow: false,
        notes: [],
      };
    },
    tests: bindConnectorTests({
      db: deps.db,
      vault: deps,
      connectors,
      look: async (domain) => testDomain(domain, await look(domain), deps.probe),
    }),
    mayGoDirectly: (domain) => {
      const isPossible = look(domain).then(
        (plan) => plan.kind === 'delay' || (plan.kind === 'route' && (plan.isEvident || plan.mayFollow)),
      );
      return Promise.race([isPossible, sleep(ANSWER_MS, true, { ref: false })]);
    },
  };
}
