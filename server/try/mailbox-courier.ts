// Owns the courier of try-out mode: mail goes into the local mailbox instead of to a relay. It offers no
// TLS, so what may only travel over verified TLS does not travel by it.

import { readWhole } from '../core/read-whole.ts';
import { sent, unverified } from '../mail/outcome.ts';
import type { Courier } from '../mail/courier.ts';
import { keepTryMail } from './try-mail.store.ts';
import type { TryDeps } from './try-mail.store.ts';

export function createMailboxCourier(deps: TryDeps): Courier {
  return {
    async send(mail) {
      if (mail.requireVerifiedTls === true) return unverified();
      const raw = Buffer.isBuffer(mail.raw) ? mail.raw : await readWhole(mail.raw as AsyncIterable<Buffer>);
      await keepTryMail(deps, { from: mail.from, to: [mail.to].flat().join(', '), raw });
      return sent('250 2.0.0 kept', 'none');
    },
    close: () => Promise.resolve(),
  };
}
