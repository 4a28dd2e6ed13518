// Owns the bytes of a call as they come, for the calls that are too large to be held.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';

/** Throws request/malformed for a body in another coding, and when the caller hangs up. */
export async function* bodyOf(req: Request): AsyncGenerator<Buffer, void, undefined> {
  try {
    if ((req.get('content-encoding') ?? 'identity') !== 'identity') {
      throw new AppError('request/malformed', 'Send the body as it is, without a Content-Encoding.');
    }
    // Left early, the iterator must not destroy the request: the caller is still sending, and is owed an answer.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a request is made of bytes');
      yield chunk;
    }
  } catch (error) {
    if (!req.errored) throw error;
    throw new AppError('request/malformed', 'The request ended before the message did.');
  } finally {
    // What nobody reads any more goes by, so that the answer finds a caller who listens.
    req.resume();
  }
}
