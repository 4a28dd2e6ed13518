// Owns the wiring of direct delivery.

import type { Config } from './config.ts';
import { isPublicAddress, networkMatcher } from './core/networks.ts';
import { appendAudit } from './audit/audit.store.ts';
import { bindConnectors } from './delivery/connectors.ts';
import { bindDelivery } from './delivery/delivery.ts';
import type { Delivery, DeliveryDeps } from './delivery/delivery.ts';
import { systemDns } from './delivery/dns.ts';
import type { Dns } from './delivery/dns.ts';
import { validatingDns } from './delivery/validating-dns.ts';
import { createDirectCourier } from './mail/courier-direct.ts';
import { probeHost } from './mail/courier-probe.ts';
import type { Store } from './store.ts';

/** What the protocols fix, and a test may move. */
export interface DeliveryPorts {
  readonly smtp: number;
  readonly https: number;
}

/** Somebody waits for what comes of it. */
const PROBE_STEP_MS = 5_000;

const usualPorts: DeliveryPorts = { smtp: 25, https: 443 };

export function composeDelivery(
  config: Config,
  { db, keyring, vault }: Pick<Store, 'db' | 'keyring' | 'vault'>,
  ports: DeliveryPorts = usualPorts,
): Delivery {
  const name = config.portal.publicUrl.hostname;
  return bindDelivery({
    db,
    keyring,
    clock: vault.clock,
    ...composeOutside(config, ports),
    connectors: bindConnectors({
      db,
      vault,
      audit: (tx, details) => appendAudit(vault, tx, { event: 'connectors-changed', details }),
    }),
    probe: (host) => probeHost({ name, stepMs: PROBE_STEP_MS }, host),
    courier: createDirectCourier({
      name,
      tls: config.delivery.tls,
      dkim: config.dkim,
    }),
  });
}

/** Whom to ask for names, and what of their answers may be connected to. It needs no store. */
export function composeOutside(
  config: Config,
  ports: DeliveryPorts = usualPorts,
): Pick<DeliveryDeps, 'dns' | 'smtpPort' | 'httpsPort' | 'mayReach'> {
  const isAllowed = networkMatcher(config.delivery.networks);
  return {
    dns: dnsOf(config),
    smtpPort: ports.smtp,
    httpsPort: ports.https,
    mayReach: (address) => isPublicAddress(address) || isAllowed(address),
  };
}

/** One that validates where one is named. */
export function dnsOf({ delivery: { resolver } }: Config): Dns {
  return resolver === undefined ? systemDns() : validatingDns(resolver);
}
