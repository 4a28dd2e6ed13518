// Owns the calls that tell what became of messages. They change nothing.

import express, { Router } from 'express';
import { parseAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { messageAudit } from '../audit/audit-list.store.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { inTransaction } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { listSent } from '../messages/messages.store.ts';
import { listRecipients } from '../messages/recipients.store.ts';
import type { Found } from '../sender/find-sent.ts';
import type { Proof } from '../sender/proof.ts';
import type { SentAsk } from '../sender/sent-filter.ts';
import { getMessageOf, keyOf, needsScope, senderIndexes } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { presentEvents, presentMessage, presentMessages } from './present.ts';
import { findAsk } from './find-schemas.ts';
import { listQuery, noQuery } from './schemas.ts';
import type { MessageList } from './schemas.ts';

const EVENTS_MAX = 500;

export interface MessageRouteDeps extends KeyDeps {
  /** The signed proof of delivery, `madeFor` a person or a key. */
  readonly prove: (message: MessagesTable, madeFor: string) => Promise<Proof>;
  /** Messages of these senders, of all when undefined, older than `before`, newest first. */
  readonly findSent: (
    senderIndexes: readonly string[] | undefined,
    asked: SentAsk,
    page: { readonly before: string | undefined; readonly limit: number },
  ) => Promise<Pick<Found, 'rows' | 'olderFrom'>>;
}

export function messageRoutes(deps: MessageRouteDeps): Router {
  const { db, vault } = deps;
  const mayRead = needsScope(deps, 'messages:read');
  const router = Router();

  router.get('/v1/messages', mayRead, async (req, res) => {
    const { cursor, limit } = listQuery.parse(req.query);
    // One more than is shown tells whether there is another page.
    const found = await listSent(db, senderIndexes(deps, keyOf(req)), { before: cursor, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const list: MessageList = {
      messages: await presentMessages(deps, shown),
      cursor: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
    res.json(list);
  });

  router.post('/v1/messages/find', mayRead, express.json({ limit: '64kb' }), async (req, res) => {
    noQuery.parse(req.query);
    const { sender, recipient, subject: words, from, until, state, cursor, limit } = findAsk.parse(req.body ?? {});
    const indexOf = (address: string | undefined): string | undefined => {
      const parsed = parseAddress(address);
      return parsed === undefined ? undefined : addressIndex(vault.keyring, parsed);
    };
    const seen = senderIndexes(deps, keyOf(req));
    const wanted = indexOf(sender);
    const senders = wanted === undefined ? seen : [wanted].filter((one) => seen?.includes(one) ?? true);
    const asked = { recipientIndex: indexOf(recipient), words, from, until, state };
    const { rows, olderFrom } = await deps.findSent(senders, asked, { before: cursor, limit });
    const list: MessageList = { messages: await presentMessages(deps, rows), cursor: olderFrom ?? null };
    res.json(list);
  });

  router.get('/v1/messages/:id', mayRead, async (req, res) => {
    res.json(await presentMessage(deps, await getMessageOf(deps, req)));
  });

  router.get('/v1/messages/:id/events', mayRead, async (req, res) => {
    const message = await getMessageOf(deps, req);
    const entries = await messageAudit(vault.keyring, db, message.id, EVENTS_MAX);
    res.json(presentEvents(entries, await listRecipients(db, message.id)));
  });

  router.get('/v1/messages/:id/proof', mayRead, async (req, res) => {
    const message = await getMessageOf(deps, req);
    if (message.destroyed_at !== null) throw new AppError('request/not-found', 'It was destroyed, and proves nothing.');
    const { id: key } = keyOf(req);
    await inTransaction(db, (tx) =>
      appendAudit(vault, tx, {
        event: 'proof-taken',
        messageId: message.id,
        details: { actor: key, format: 'json' },
      }),
    );
    res.json(await deps.prove(message, key));
  });

  return router;
}
