// Owns which key calls, and what it may do. A message of a sender the key is not bound to does not exist.

import type { Request } from 'express';
import type { Address } from '../core/address.ts';
import { canonicalAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { isMessageId } from '../core/ids.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables.ts';
import { loadMessage } from '../messages/messages.store.ts';
import type { Vault } from '../messages/seal.ts';
import { loadApiKey } from '../signin/api-keys.store.ts';
import type { ApiKey, Scope } from '../signin/api-keys.store.ts';

export interface KeyDeps {
  readonly db: Db;
  readonly vault: Vault;
}

const BEARER = /^Bearer +(\S{1,200})$/i;

/** Throws request/unauthenticated or request/forbidden. */
export async function checkKey(deps: KeyDeps, req: Request, scope: Scope): Promise<ApiKey> {
  const text = BEARER.exec(req.get('authorization') ?? '')?.[1];
  const key = text === undefined ? undefined : await loadApiKey(deps.vault, deps.db, text);
  if (key === undefined) throw new AppError('request/unauthenticated', 'Send a key as Authorization: Bearer KEY.');
  if (!key.scopes.includes(scope)) throw new AppError('request/forbidden', `This key does not carry the scope ${scope}.`);
  return key;
}

/** Throws request/forbidden when the key is bound to other senders. */
export function checkMayActFor(key: ApiKey, sender: Address): void {
  if (key.senders.length === 0 || key.senders.some((one) => canonicalAddress(one) === canonicalAddress(sender))) return;
  throw new AppError('request/forbidden', 'This key may not write for that sender.');
}

/** Blind indexes of the senders whose messages the key sees; undefined: of all. */
export function senderIndexes(deps: KeyDeps, key: ApiKey): string[] | undefined {
  return key.senders.length === 0 ? undefined : key.senders.map((sender) => addressIndex(deps.vault.keyring, sender));
}

/** The message of this id, if the key may see it. Throws request/not-found. */
export async function getMessageFor(deps: KeyDeps, key: ApiKey, id: unknown): Promise<MessagesTable> {
  const message = isMessageId(id) ? await loadMessage(deps.db, id) : undefined;
  const seen = senderIndexes(deps, key);
  if (message === undefined || message.kind !== 'mail' || (seen !== undefined && !seen.includes(message.sender_index))) {
    throw new AppError('request/not-found', 'There is no such message.');
  }
  return message;
}
