// Owns the courier of a house without a relay: each mail goes to its recipient's own servers, by the route that is found for it
// at that moment.

import { domainOf } from '../core/address.ts';
import type { Courier, SmtpCourierOptions } from '../mail/courier.ts';
import { failed, unverified } from '../mail/outcome.ts';
import type { Outcome } from '../mail/outcome.ts';
import type { CourierMail } from '../mail/courier.ts';
import type { Delivery } from './delivery.ts';

export function courierByRoutes({ route, courier }: Delivery, log: SmtpCourierOptions['log']): Courier {
  async function attempt(mail: CourierMail): Promise<Outcome> {
    const [domain, ...others] = new Set([mail.to].flat().map(domainOf));
    if (domain === undefined || others.length > 0) throw new Error('a mail that goes directly goes to one domain');
    const plan = await route(domain);
    if (plan.kind === 'route') return (await courier.send(plan.hosts, mail)).outcome;
    if (mail.requireVerifiedTls === true) return unverified();
    // RFC 7505 section 4.2 and RFC 3463: the domain takes no mail.
    return plan.kind === 'nowhere' ? failed('RCPT', '556 5.1.10') : failed('CONNECT');
  }
  return {
    send: async (mail) => {
      try {
        const outcome = await attempt(mail);
        const { kind, ...fields } = outcome;
        log?.(`courier.${kind}`, fields);
        return outcome;
      } finally {
        if (!Buffer.isBuffer(mail.raw)) mail.raw.destroy();
      }
    },
    close: () => Promise.resolve(),
  };
}
