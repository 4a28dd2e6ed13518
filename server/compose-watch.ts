// Owns the wiring of the watcher: everything that is looked at by itself.

import { dnsOf } from './compose-delivery.ts';
import type { Ground, Tools } from './compose-tools.ts';
import type { Address } from './core/address.ts';
import type { Db, Tx } from './db/engine.ts';
import { createRoomCheck } from './disk-reserve.ts';
import type { LookAtReadiness } from './http/readiness.ts';
import { administratorsOf } from './staff/administrators.ts';
import { loadRoster } from './staff/staff.store.ts';
import { findDkim } from './watch/find-dkim.ts';
import { findInboundEnds } from './watch/find-inbound-ends.ts';
import { findEnds } from './watch/find-ends.ts';
import { findLateQueue, findMailTrouble } from './watch/find-mail-trouble.ts';
import { findOwnFaults } from './watch/find-own-faults.ts';
import { findWeakTls } from './watch/find-weak-tls.ts';
import { bindDomains } from './watch/recipient-domains.ts';
import { createWatcher } from './watch/watcher.ts';
import type { Watcher } from './watch/watcher.ts';

/** Of settings and roster, as they are when somebody is to be told. */
export function listAdminsOf({ config, store: { keyring } }: Ground): (db: Db | Tx) => Promise<Address[]> {
  const around = { orgDomains: config.org.domains, admins: config.admins };
  return async (db) => administratorsOf((await loadRoster(keyring, db)).roster, around);
}

export function composeWatch(tools: Tools, readiness: LookAtReadiness, kick: () => void): Watcher {
  const { config, store, clock, log, delivery } = tools;
  const { db, vault, keyring } = store;
  return createWatcher({
    db,
    vault,
    log,
    kick,
    listAdmins: listAdminsOf(tools),
    finders: [
      ...findOwnFaults({ db, vault, readiness, checkRoom: createRoomCheck(config, clock) }),
      findLateQueue({ db, vault }),
      findMailTrouble({ db, vault, hasRelay: config.relay !== undefined, domainOf: bindDomains({ db, vault }) }),
      findWeakTls({ db, keyring }),
      findInboundEnds({ db, vault, connectors: delivery.connectors }),
      ...findEnds({ db, vault, connectors: delivery.connectors, ownCertificate: config.smtp.tls?.cert }),
      ...(config.dkim === undefined || config.tryOut
        ? []
        : [findDkim({ clock, dns: dnsOf(config), dkim: config.dkim })]),
    ],
  });
}
