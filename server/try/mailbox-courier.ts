// Owns the courier of try-out mode: mail goes into the local mailbox instead of to a relay. It offers no
// TLS, so what may only travel over verified TLS does not travel by it.

import { sent, unverified } from '../mail/outcome.ts';
import type { Courier } from '../mail/courier.ts';
import { keepTryMail } from './try-mail.store.ts';
import type { TryDeps } from './try-mail.store.ts';

export function createMailboxCourier(deps: TryDeps): Courier {
  return {
    async send(mail) {
      if (mail.requireVerifiedTls === true) return unverified();
      const pieces: Buffer[] = [];
      if (Buffer.isBuffer(mail.raw)) pieces.push(mail.raw);
      else for await (const piece of mail.raw as AsyncIterable<Buffer>) pieces.push(piece);
      await keepTryMail(deps, { from: mail.from, to: [mail.to].flat().join(', '), raw: Buffer.concat(pieces) });
      return sent('250 2.0.0 kept', 'none');
    },
    close: () => Promise.resolve(),
  };
}
