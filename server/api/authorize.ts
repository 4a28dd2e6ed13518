// Owns which key calls, and what it may do. A message of a sender the key is not bound to does not exist.

import type { Request, RequestHandler } from 'express';
import type { Address } from '../core/address.ts';
import { canonicalAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { isMessageId } from '../core/ids.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { loadMessage } from '../messages/messages.store.ts';
import type { Vault } from '../messages/seal.ts';
import { loadApiKey } from '../signin/api-keys.store.ts';
import type { ApiKey, Scope } from '../signin/api-keys.store.ts';

export interface KeyDeps {
  readonly db: Db;
  readonly vault: Vault;
}

const BEARER = /^Bearer +(\S{1,200})$/i;
const keys = new WeakMap<Request, ApiKey>();

/** Stands first in every route: nothing of a call is read before its key is known. */
export function needsScope(deps: KeyDeps, scope: Scope): RequestHandler {
  return async (req, _res, next) => {
    const text = BEARER.exec(req.get('authorization') ?? '')?.[1];
    const key = text === undefined ? undefined : await loadApiKey(deps.vault, deps.db, text);
    if (key === undefined) {
      throw new AppError('request/unauthenticated', 'Send a key as Authorization: Bearer KEY.');
    }
    if (!key.scopes.includes(scope)) {
      throw new AppError('request/forbidden', `This key does not carry the scope ${scope}.`);
    }
    keys.set(req, key);
    next();
  };
}

/** What is decided for everybody, or looks at everybody's mail, is not for a key of some senders. */
export const unbound: RequestHandler = (req, _res, next) => {
  if (keyOf(req).senders.length === 0) return next();
  throw new AppError('request/forbidden', 'This key is bound to senders, and this is everybody’s.');
};

export function keyOf(req: Request): ApiKey {
  const key = keys.get(req);
  if (key === undefined) throw new Error('a call was answered before its key was asked for');
  return key;
}

/** Throws request/forbidden when the key is bound to other senders. */
export function checkMayActFor(key: ApiKey, sender: Address): void {
  if (key.senders.length === 0 || key.senders.some((one) => canonicalAddress(one) === canonicalAddress(sender))) return;
  throw new AppError('request/forbidden', 'This key may not write for that sender.');
}

/** Blind indexes of the senders whose messages the key sees; undefined: of all. */
export function senderIndexes(deps: KeyDeps, key: ApiKey): string[] | undefined {
  if (key.senders.length === 0) return undefined;
  return key.senders.map((sender) => addressIndex(deps.vault.keyring, sender));
}

/** The message the path names, if the key may see it. Throws request/not-found. */
export async function getMessageOf(deps: KeyDeps, req: Request): Promise<MessagesTable> {
  const { id } = req.params;
  const message = isMessageId(id) ? await loadMessage(deps.db, id) : undefined;
  const seen = senderIndexes(deps, keyOf(req));
  if (message?.kind === 'mail' && (seen === undefined || seen.includes(message.sender_index))) return message;
  throw new AppError('request/not-found', 'There is no such message.');
}
