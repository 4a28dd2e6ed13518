// Owns the wiring of the watcher: everything that is looked at by itself.

import { dnsOf } from './compose-delivery.ts';
import type { Tools } from './compose-tools.ts';
import { createRoomCheck } from './disk-reserve.ts';
import type { LookAtReadiness } from './http/readiness.ts';
import { administratorsOf } from './staff/administrators.ts';
import { loadRoster } from './staff/staff.store.ts';
import { findDkim } from './watch/find-dkim.ts';
import { findEnds } from './watch/find-ends.ts';
import { findLateQueue, findMailTrouble } from './watch/find-mail-trouble.ts';
import { findOwnFaults } from './watch/find-own-faults.ts';
import { findWeakTls } from './watch/find-weak-tls.ts';
import { bindDomains } from './watch/recipient-domains.ts';
import { createWatcher } from './watch/watcher.ts';
import type { Watcher } from './watch/watcher.ts';

export function composeWatch(tools: Tools, readiness: LookAtReadiness, kick: () => void): Watcher {
  const { config, store, clock, log, delivery } = tools;
  const { db, vault, keyring } = store;
  const around = { orgDomains: config.org.domains, admins: config.admins };
  return createWatcher({
    db,
    vault,
    log,
    kick,
    listAdmins: async (tx) => administratorsOf((await loadRoster(keyring, tx)).roster, around),
    finders: [
      ...findOwnFaults({ db, vault, readiness, checkRoom: createRoomCheck(config, clock) }),
      findLateQueue({ db, vault }),
      findMailTrouble({ db, vault, hasRelay: config.relay !== undefined, domainOf: bindDomains({ db, vault }) }),
      findWeakTls({ db, keyring }),
      ...findEnds({ db, vault, connectors: delivery.connectors, ownCertificate: config.smtp.tls?.cert }),
      ...(config.dkim === undefined || config.tryOut
        ? []
        : [findDkim({ clock, dns: dnsOf(config), dkim: config.dkim })]),
    ],
  });
}
