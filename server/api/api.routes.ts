// Owns the routes of API v1. Each call authenticates by its key, checks its body against the schema, and
// uses the same roads as mail and pages do.

import express, { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { canonicalAddress, parseAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { messageAudit } from '../audit/audit.store.ts';
import { sha256 } from '../crypto/digest.ts';
import type { MessagesTable } from '../db/tables.ts';
import type { Accept } from '../ingest/submission.ts';
import { listSent, loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { listRecipients } from '../messages/recipients.store.ts';
import { parseExpiry } from '../policy/ask.ts';
import type { TakeBack } from '../sender/take-back.ts';
import { checkKey, checkMayActFor, getMessageFor, senderIndexes } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { openApiDocument } from './openapi.ts';
import { presentMessage } from './present.ts';
import { apiProblems } from './problems.ts';
import { fieldWishes, readAuthor, readJson } from './read-json.ts';
import type { ReadRaw } from './raw-body.ts';
import { rawBody } from './raw-body.ts';
import { expiryAsk, newMessage, restoreAsk, revokeAsk } from './schemas.ts';

export interface ApiDeps extends KeyDeps {
  readonly log: Log;
  readonly accept: Accept;
  readonly readRaw: ReadRaw;
  readonly takeBack: TakeBack;
  readonly messageBytesMax: number;
  readonly publicUrl: string;
}

const EVENTS_MOST = 500;
const listQuery = z.object({
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function apiRoutes(deps: ApiDeps): Router {
  const { db, vault } = deps;
  const router = Router();
  // Base64 makes three bytes four; the fields around it are small.
  const json = express.json({ limit: Math.ceil((deps.messageBytesMax * 4) / 3) + 1024 * 1024, strict: true });
  const smallJson = express.json({ limit: '256kb', strict: true });
  const openApi = openApiDocument(deps.publicUrl);

  router.get('/v1/openapi.json', (_req, res) => {
    res.json(openApi);
  });

  router.post('/v1/messages', async (req, res, next) => {
    const key = await checkKey(deps, req, 'messages:send');
    if (req.is('message/rfc822') === 'message/rfc822') {
      const { from, to } = rawEnvelope(req);
      checkMayActFor(key, from);
      const accepted = await deps.accept({
        road: 'api',
        from,
        read: async (sink) => {
          const content = await deps.readRaw({ from, to }, rawBody(req, deps.messageBytesMax), sink);
          checkMayActFor(key, content.tree.from.address);
          const once = idempotencyKey(req, key.id);
          return once === undefined ? content : { ...content, repeatKey: once };
        },
        fields: () => [],
        actor: key.id,
      });
      res.status(201).json(await present(deps, accepted.id));
      return;
    }
    if (req.is('application/json') !== 'application/json') {
      throw new AppError('request/malformed', 'Send application/json, or a raw mail as message/rfc822.');
    }
    await new Promise<void>((resolve, reject) => json(req, res, (error: unknown) => (error === undefined ? resolve() : reject(error))));
    const message = newMessage.parse(req.body);
    checkSize(message.attachments, deps.messageBytesMax);
    const author = readAuthor(message.from);
    checkMayActFor(key, author.address);
    const digest = sha256(JSON.stringify(message)).toString('base64url');
    const accepted = await deps.accept({
      road: 'api',
      from: author.address,
      read: (sink) => readJson(vault.clock, message, author, { key: idempotencyKey(req, key.id), digest }, sink),
      fields: (frame) => fieldWishes(message, frame),
      actor: key.id,
    });
    res.status(201).json(await present(deps, accepted.id));
    void next;
  });

  router.get('/v1/messages', async (req, res) => {
    const key = await checkKey(deps, req, 'messages:read');
    const { cursor, limit } = listQuery.parse(req.query);
    if (cursor !== undefined && !isId(cursor)) throw new AppError('request/malformed', 'cursor is none of ours.');
    const found = await listSent(db, senderIndexes(deps, key), { before: cursor, limit: limit + 1 });
    const shown = found.slice(0, limit);
    res.json({
      messages: await Promise.all(shown.map((row) => presentMessage(db, vault, row))),
      cursor: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
    });
  });

  router.get('/v1/messages/:id', async (req, res) => {
    const key = await checkKey(deps, req, 'messages:read');
    res.json(await presentMessage(db, vault, await getMessageFor(deps, key, req.params.id)));
  });

  router.get('/v1/messages/:id/events', async (req, res) => {
    const key = await checkKey(deps, req, 'messages:read');
    const message = await getMessageFor(deps, key, req.params.id);
    const places = new Map((await listRecipients(db, message.id)).map((row) => [row.id, row.position]));
    const entries = await messageAudit(vault.keyring, db, message.id, EVENTS_MOST);
    res.json({
      events: entries.map((entry) => ({
        at: entry.at,
        event: entry.event,
        recipient: entry.recipientId === null ? null : (places.get(entry.recipientId) ?? null),
      })),
    });
  });

  router.post('/v1/messages/:id/revoke', smallJson, async (req, res) => {
    const key = await checkKey(deps, req, 'messages:revoke');
    const message = await getMessageFor(deps, key, req.params.id);
    const ask = revokeAsk.parse(req.body ?? {});
    const change = { messageId: message.id, actor: key.id, ...(ask.reason === undefined ? {} : { reason: ask.reason }) };
    if (ask.destroy === true) {
      if (ask.recipients !== undefined) {
        throw new AppError('request/malformed', 'destroy is for the whole message; leave recipients out.');
      }
      await deps.takeBack.destroy({ ...change, positions: 'all' });
    } else {
      await deps.takeBack.takeBack({ ...change, positions: await positionsOf(deps, message, ask.recipients) });
    }
    res.json(await present(deps, message.id));
  });

  router.post('/v1/messages/:id/restore', smallJson, async (req, res) => {
    const key = await checkKey(deps, req, 'messages:revoke');
    const message = await getMessageFor(deps, key, req.params.id);
    const ask = restoreAsk.parse(req.body ?? {});
    const positions = await positionsOf(deps, message, ask.recipients);
    await deps.takeBack.giveBack({ messageId: message.id, actor: key.id, positions });
    res.json(await present(deps, message.id));
  });

  router.patch('/v1/messages/:id', smallJson, async (req, res) => {
    const key = await checkKey(deps, req, 'messages:revoke');
    const message = await getMessageFor(deps, key, req.params.id);
    const { expiresAt } = expiryAsk.parse(req.body ?? {});
    const at = parseExpiry(expiresAt, vault.clock.nowMs());
    if (at === undefined) throw new AppError('policy/unknown-value', 'expiresAt is not a time.');
    await deps.takeBack.changeExpiry({ messageId: message.id, positions: 'all', actor: key.id }, at);
    res.json(await present(deps, message.id));
  });

  router.use(() => {
    throw new AppError('request/not-found', 'There is no such call.');
  });
  router.use(apiProblems(deps.log));
  return router;
}

async function present(deps: ApiDeps, id: string) {
  const row = await loadMessage(deps.db, id);
  if (row === undefined) throw new Error('a message that was just stored is missing');
  return presentMessage(deps.db, deps.vault, row);
}

// Names of people, not places: an address that is not among the recipients refuses the whole call.
async function positionsOf(
  deps: ApiDeps,
  message: MessagesTable,
  addresses: readonly string[] | undefined,
): Promise<readonly number[] | 'all'> {
  if (addresses === undefined) return 'all';
  if (message.destroyed_at !== null) throw new AppError('request/gone', 'This message is destroyed; nothing of it is left.');
  const open = openMessage(deps.vault, message);
  const places = new Map(
    (await listRecipients(deps.db, message.id)).map((row) => [openRecipient(open, row).address.toLowerCase(), row.position]),
  );
  return addresses.map((text) => {
    const address = parseAddress(text);
    const place = address === undefined ? undefined : places.get(canonicalAddress(address));
    if (place === undefined) throw new AppError('mail/recipients', 'recipients names somebody this message was not sent to.');
    return place;
  });
}

function rawEnvelope(req: Request) {
  const from = parseAddress(req.query['from']);
  if (from === undefined) throw new AppError('mail/author', 'The query needs from=ADDRESS.');
  const { to: asked } = req.query;
  const texts = (Array.isArray(asked) ? asked : [asked]).flatMap((one) => (typeof one === 'string' ? one.split(',') : []));
  const to = texts.map((text) => parseAddress(text.trim()));
  if (to.length === 0 || to.includes(undefined)) throw new AppError('mail/recipients', 'The query needs to=ADDRESS, once for each recipient.');
  return { from, to: to.flatMap((address) => address ?? []) };
}

function idempotencyKey(req: Request, keyId: string): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new AppError('request/malformed', 'Idempotency-Key has to be 1 to 255 printable characters.');
  return `api ${keyId} ${key}`;
}

function checkSize(attachments: readonly { readonly content: string }[], bytesMax: number): void {
  const bytes = attachments.reduce((sum, { content }) => sum + (content.length * 3) / 4, 0);
  if (bytes > bytesMax) throw new AppError('mail/too-large', 'The message is larger than MESSAGE_BYTES_MAX.');
}
