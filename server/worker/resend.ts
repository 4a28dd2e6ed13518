// Owns finding out which notices an address lacks, off the path of the request that asked: whoever asks learns nothing
// of what waits for whom.

import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { readability } from '../access/reading.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { listReceived } from '../messages/messages.store.ts';
import { openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import type { MailDeps } from './mail-deps.ts';

const payloadSchema = z.object({ address: z.string() });

/** How far back is looked, and how many notices one request can bring. */
const LOOKED_AT_MAX = 50;
const NOTICES_MAX = 5;

export interface LackedNotice {
  readonly messageId: string;
  readonly recipientId: string;
}

/** The newest messages that wait for this address unread, and can still be read. */
export async function findLacked(deps: MailDeps, job: Job): Promise<LackedNotice[]> {
  const address = parseAddress(payloadSchema.parse(openPayload(deps.vault, job)).address);
  if (address === undefined) return [];
  const index = addressIndex(deps.vault.keyring, address);
  const now = isoNow(deps.vault.clock);
  const received = await listReceived(deps.db, index, { limit: LOOKED_AT_MAX });
  return received
    .filter(({ message, recipient }) => readability(message, recipient, now) === 'readable')
    .filter(({ recipient }) => recipient.road === 'notice' && recipient.opened_at === null)
    .slice(0, NOTICES_MAX)
    .map(({ message, recipient }) => ({ messageId: message.id, recipientId: recipient.id }));
}
