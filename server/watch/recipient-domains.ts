// Owns finding the domain of a recipient, which lies sealed with its message, once for all who ask. Of a message that is gone
// nothing is told.

import { domainOf, parseAddress } from '../core/address.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { Db } from '../db/engine.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import type { Vault } from '../messages/seal.ts';

export interface DomainsDeps {
  readonly db: Db;
  readonly vault: Vault;
}

export type DomainOfRecipient = (messageId: string | null, recipientId: string | null) => Promise<string | undefined>;

const KEPT_MAX = 5_000;

export function bindDomains({ db, vault }: DomainsDeps): DomainOfRecipient {
  // A domain alone: no address stays in memory.
  const known = new Map<string, string | undefined>();

  async function find(messageId: string, recipientId: string): Promise<string | undefined> {
    const row = await loadMessage(db, messageId);
    const recipient = await loadRecipient(db, recipientId);
    if (row === undefined || recipient === undefined || row.destroyed_at !== null) return undefined;
    try {
      const address = parseAddress(openRecipient(openMessage(vault, row), recipient).address);
      return address === undefined ? undefined : domainOf(address);
    } catch (error) {
      if (error instanceof SealBroken) return undefined;
      throw error;
    }
  }

  return async (messageId, recipientId) => {
    if (messageId === null || recipientId === null) return undefined;
    if (!known.has(recipientId)) {
      if (known.size >= KEPT_MAX) known.clear();
      known.set(recipientId, await find(messageId, recipientId));
    }
    return known.get(recipientId);
  };
}
