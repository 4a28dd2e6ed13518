// Owns the choice of the courier: the relay of the settings, each domain's own servers, or the local mailbox of try-out mode.

import type { Config } from './config.ts';
import type { Log } from './core/log.ts';
import { courierByRoutes } from './delivery/courier-by-routes.ts';
import type { Delivery } from './delivery/delivery.ts';
import { createSmtpCourier } from './mail/courier.ts';
import type { Courier, SmtpCourierOptions } from './mail/courier.ts';
import { lanes } from './outbox/jobs.ts';
import { createMailboxCourier } from './try/mailbox-courier.ts';
import type { TryDeps } from './try/try-mail.store.ts';

export function makeCourier(config: Config, local: TryDeps, delivery: Delivery, log: Log): Courier {
  const tell: SmtpCourierOptions['log'] = (event, fields) => log.debug(event, fields);
  if (config.delivery.isDirect) return courierByRoutes(delivery, tell);
  if (config.relay === undefined) return createMailboxCourier(local);
  const { url, tls } = config.relay;
  return createSmtpCourier({
    url: url.href,
    tls,
    name: config.portal.publicUrl.hostname,
    // As many as the worker has places, or a lane would wait for another's connections after all.
    connectionsMax: lanes.reduce((sum, { places }) => sum + places, 0),
    ...(config.dkim === undefined ? {} : { dkim: config.dkim }),
    log: tell,
  });
}
