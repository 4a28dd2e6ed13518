// Owns the choice of the courier: the relay of the settings, or the local mailbox of try-out mode.

import type { Config } from './config.ts';
import type { Log } from './core/log.ts';
import { createSmtpCourier } from './mail/courier.ts';
import type { Courier } from './mail/courier.ts';
import { lanes } from './outbox/jobs.ts';
import { createMailboxCourier } from './try/mailbox-courier.ts';
import type { TryDeps } from './try/try-mail.store.ts';

export function makeCourier(config: Config, local: TryDeps, log: Log): Courier {
  if (config.relay === undefined) return createMailboxCourier(local);
  return createSmtpCourier({
    url: config.relay.url.href,
    tls: config.relay.tls,
    name: config.portal.publicUrl.hostname,
    // As many as the worker has places, or a lane would wait for another's connections after all.
    connectionsMax: lanes.reduce((sum, { places }) => sum + places, 0),
    ...(config.dkim === undefined ? {} : { dkim: config.dkim }),
    log: (event, fields) => log.debug(event, fields),
  });
}
