// Owns the call that sends a message, in its two forms: the raw mail, and JSON. Both take the one road in.

import express, { Router } from 'express';
import type { Request } from 'express';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import type { Envelope } from '../ingest/read-raw.ts';
import type { Accept, Content, Submission } from '../ingest/submission.ts';
import type { PartSink } from '../mail/mail-tree.ts';
import { checkMayActFor, keyOf, needsScope } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { presentStored } from './present.ts';
import { rawBody } from './raw-body.ts';
import { digestOf, fieldWishes, readAuthor, readJson } from './read-json.ts';
import { envelopeQuery, newMessage, noQuery } from './schemas.ts';

export interface SendDeps extends KeyDeps {
  readonly accept: Accept;
  /** ingest/read-raw.ts, with its dependencies given. */
  readonly readRaw: (envelope: Envelope, source: AsyncIterable<Buffer>, sink: PartSink) => Promise<Content>;
  readonly messageBytesMax: number;
}

const JSON_FIELDS_BYTES_MAX = 1024 * 1024;

export function sendRoutes(deps: SendDeps): Router {
  // Base64 makes four bytes of three; the fields around it are small.
  const json = express.json({ limit: Math.ceil((deps.messageBytesMax * 4) / 3) + JSON_FIELDS_BYTES_MAX });
  const router = Router();
  router
    .route('/v1/messages')
    .post(needsScope(deps, 'messages:send'))
    .post(async (req, res, next) => {
      if (req.is('message/rfc822') === false) return next();
      const { id } = await deps.accept(rawSubmission(deps, req));
      res.status(201).json(await presentStored(deps, id));
    })
    .post(json, async (req, res) => {
      const { id } = await deps.accept(jsonSubmission(deps, req));
      res.status(201).json(await presentStored(deps, id));
    });
  return router;
}

function rawSubmission(deps: SendDeps, req: Request): Submission {
  const key = keyOf(req);
  const envelope = readEnvelope(req);
  checkMayActFor(key, envelope.from);
  return {
    road: 'api',
    from: envelope.from,
    read: async (sink) => {
      const content = await deps.readRaw(envelope, rawBody(req, deps.messageBytesMax), sink);
      checkMayActFor(key, content.tree.from.address);
      // Without an Idempotency-Key a mail is known again by itself, as over SMTP.
      return { ...content, repeatKey: idempotencyKey(req) ?? content.repeatKey };
    },
    fields: () => [],
    actor: key.id,
  };
}

function jsonSubmission(deps: SendDeps, req: Request): Submission {
  const key = keyOf(req);
  if (req.is('application/json') === false) {
    throw new AppError('request/malformed', 'Send application/json, or a raw mail as message/rfc822.');
  }
  noQuery.parse(req.query);
  const message = newMessage.parse(req.body);
  const author = readAuthor(message.from);
  checkMayActFor(key, author.address);
  const repeat = { key: idempotencyKey(req), digest: digestOf(message) };
  return {
    road: 'api',
    from: author.address,
    read: (sink) => readJson(deps.vault.clock, message, author, repeat, deps.messageBytesMax, sink),
    fields: (frame) => fieldWishes(message, frame),
    actor: key.id,
  };
}

/** Who sends and to whom stands in the query of a raw mail; Bcc has no other place. */
function readEnvelope(req: Request): Envelope {
  const query = envelopeQuery.parse(req.query);
  const from = parseAddress(query.from);
  if (from === undefined) throw new AppError('mail/author', 'from in the query is not a mail address.');
  return { from, to: [query.to].flat().flatMap((list) => list.split(',').map(readRecipient)) };
}

function readRecipient(text: string): Address {
  const address = parseAddress(text.trim());
  if (address === undefined) throw new AppError('mail/recipients', 'to in the query is not a mail address.');
  return address;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The same key of another caller is another key. */
function idempotencyKey(req: Request): string | undefined {
  const once = req.get('idempotency-key');
  if (once === undefined) return undefined;
  if (!IDEMPOTENCY_KEY.test(once)) {
    throw new AppError('request/malformed', 'Idempotency-Key has to be 1 to 255 printable characters.');
  }
  return `api ${keyOf(req).id} ${once}`;
}
