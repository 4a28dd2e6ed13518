// Owns the two forms in which a call hands in a message: the raw mail, and JSON. Both take the one road in.

import type { Request } from 'express';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { bounded } from '../core/bounded.ts';
import { AppError } from '../core/errors.ts';
import type { Envelope } from '../ingest/read-raw.ts';
import type { Content, Submission } from '../ingest/submission.ts';
import { withCrLf } from '../mail/line-ends.ts';
import type { PartSink } from '../mail/mail-tree.ts';
import { checkMayActFor, keyOf } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { contentOf, fieldWishes, readJsonCall } from './read-json.ts';
import { bodyOf } from '../http/request-body.ts';
import { envelopeQuery, noQuery } from './schemas.ts';
import type { NewMessage } from './schemas.ts';

export interface SubmissionDeps extends KeyDeps {
  /** ingest/read-raw.ts, with its dependencies given. */
  readonly readRaw: (envelope: Envelope, source: AsyncIterable<Buffer>, sink: PartSink) => Promise<Content>;
  readonly messageBytesMax: number;
}

/** `parse`: for a call in JSON that may hold more than a message. */
export function submissionOf(deps: SubmissionDeps, req: Request, parse?: (value: unknown) => NewMessage): Submission {
  // Null: the request has no body, and will be told what is missing in it.
  if (req.is('message/rfc822') === 'message/rfc822') return rawSubmission(deps, req);
  if (req.is('application/json') !== false) return jsonSubmission(deps, req, parse);
  throw new AppError('request/malformed', 'Send application/json, or a raw mail as message/rfc822.');
}

/** @param source the mail's bytes; by default the whole body. Its envelope stands in the query either way. */
export function rawSubmission(
  deps: SubmissionDeps,
  req: Request,
  source: AsyncIterable<Buffer> = bodyOf(req),
): Submission {
  const key = keyOf(req);
  const envelope = readEnvelope(req);
  checkMayActFor(key, envelope.from);
  return {
    road: 'api',
    from: envelope.from,
    read: async (sink) => {
      const content = await deps.readRaw(envelope, withCrLf(bounded(source, deps.messageBytesMax)), sink);
      checkMayActFor(key, content.tree.from.address);
      // Without an Idempotency-Key a mail is known again by itself, as over SMTP.
      return { ...content, repeatKey: idempotencyKey(req) ?? content.repeatKey };
    },
    fields: () => [],
    actor: key.id,
  };
}

function jsonSubmission(deps: SubmissionDeps, req: Request, parse?: (value: unknown) => NewMessage): Submission {
  const key = keyOf(req);
  noQuery.parse(req.query);
  const repeatKey = idempotencyKey(req);
  let message: NewMessage | undefined;
  return {
    road: 'api',
    // Who sends stands in the body.
    from: undefined,
    read: async (sink) => {
      const call = await readJsonCall(bodyOf(req), deps.messageBytesMax, sink, parse);
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
