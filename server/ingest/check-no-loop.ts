// Owns telling a loop from a mail. Our own mail coming back is refused at once; automatic mail (RFC 3834)
// is taken a few times a day between the same people, so that two auto-responders cannot play ball.

import type { Address } from '../core/address.ts';
import { canonicalAddress } from '../core/address.ts';
import { DAY_MS } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import { LOOP_MARK } from '../policy/signals/own-headers.ts';
import { charge } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Content } from './submission.ts';

const automaticMails: Limit = { name: 'automatic mails', most: 4, windowMs: DAY_MS };

export interface LoopDeps {
  readonly db: Db;
  readonly vault: { readonly keyring: Keyring; readonly clock: Clock };
  readonly ownAddress: Address;
}

/** Throws mail/loop. */
export async function checkNoLoop(deps: LoopDeps, { tree, recipients }: Content): Promise<void> {
  const own = canonicalAddress(deps.ownAddress);
  const received = tree.headers.filter((header) => header.name === 'received').length;
  if (
    tree.headers.some((header) => header.name === LOOP_MARK) ||
    canonicalAddress(tree.from.address) === own ||
    received > limits.receivedHeadersMax
  ) {
    throw loop('This mail has been here before.');
  }
  if (!tree.automatic) return;
  const people = [tree.from.address, ...recipients.map((recipient) => recipient.address)];
  try {
    await charge({ db: deps.db, ...deps.vault }, automaticMails, people.map(canonicalAddress).toSorted().join(' '));
  } catch (error) {
    if (isRefusal(error, 'request/too-many')) throw loop('Too many automatic mails between the same people.');
    throw error;
  }
}

function loop(message: string): AppError {
  return new AppError('mail/loop', message);
}
