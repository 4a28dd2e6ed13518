// Owns the call that sends a message, in its two forms: the raw mail, and JSON. Both take the one road in; and the call that
// only says what would become of it.

import { Router } from 'express';
import type { Request } from 'express';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { sendWhole } from '../http/send-whole.ts';
import type { Envelope } from '../ingest/read-raw.ts';
import type { Simulate } from '../ingest/simulate.ts';
import type { Accept, Content, Submission } from '../ingest/submission.ts';
import type { PartSink } from '../mail/mail-tree.ts';
import { checkMayActFor, keyOf, needsScope } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { withCrLf } from './line-ends.ts';
import { presentStored } from './present.ts';
import { contentOf, fieldWishes, readJsonCall } from './read-json.ts';
import { bodyOf, bounded } from './request-body.ts';
import { envelopeQuery, noQuery } from './schemas.ts';
import type { NewMessage } from './schemas.ts';

export interface SendDeps extends KeyDeps {
  readonly accept: Accept;
  readonly simulate: Simulate;
  /** ingest/read-raw.ts, with its dependencies given. */
  readonly readRaw: (envelope: Envelope, source: AsyncIterable<Buffer>, sink: PartSink) => Promise<Content>;
  readonly messageBytesMax: number;
}

export function sendRoutes(deps: SendDeps): Router {
  const router = Router();
  router.post('/v1/messages', needsScope(deps, 'messages:send'), async (req, res) => {
    const { id } = await deps.accept(submissionOf(deps, req));
    sendWhole(res, 201, 'application/json', JSON.stringify(await presentStored(deps, id)));
  });
  // What the rules say of a mail tells about the rules: that is for administrators.
  router.post('/v1/simulate', needsScope(deps, 'admin:read'), async (req, res) => {
    res.json(await deps.simulate(submissionOf(deps, req)));
  });
  return router;
}

function submissionOf(deps: SendDeps, req: Request): Submission {
  // Null: the request has no body, and will be told what is missing in it.
  if (req.is('message/rfc822') === 'message/rfc822') return rawSubmission(deps, req);
  if (req.is('application/json') !== false) return jsonSubmission(deps, req);
  throw new AppError('request/malformed', 'Send application/json, or a raw mail as message/rfc822.');
}

function rawSubmission(deps: SendDeps, req: Request): Submission {
  const key = keyOf(req);
  const envelope = readEnvelope(req);
  checkMayActFor(key, envelope.from);
  return {
    road: 'api',
    from: envelope.from,
    read: async (sink) => {
      const content = await deps.readRaw(envelope, withCrLf(bounded(bodyOf(req), deps.messageBytesMax)), sink);
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
  noQuery.parse(req.query);
  const repeatKey = idempotencyKey(req);
  let message: NewMessage | undefined;
  return {
    road: 'api',
    // Who sends stands in the body.
    from: undefined,
    read: async (sink) => {
      const call = await readJsonCall(bodyOf(req), deps.messageBytesMax, sink);
      checkMayActFor(key, call.author.address);
      message = call.message;
      return contentOf(call, deps.vault.clock, repeatKey);
    },
    fields: (frame) => {
      if (message === undefined) throw new Error('a call was judged before it was read');
      return fieldWishes(message, frame);
    },
    phrase: () => message?.accessPhrase,
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
