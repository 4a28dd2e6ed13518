// Owns reading a raw mail from a request: its bytes as they come, up to the limit.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';

/** Throws mail/too-large past the limit, and request/malformed when the caller hangs up. */
export async function* rawBody(req: Request, bytesMax: number): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  try {
    // Left early, the iterator must not destroy the request: the caller is still sending, and is owed an answer.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a request is made of bytes');
      bytes += chunk.length;
      if (bytes > bytesMax) throw new AppError('mail/too-large', 'The message is larger than MESSAGE_BYTES_MAX.');
      yield chunk;
    }
  } catch (error) {
    if (!req.errored) throw error;
    throw new AppError('request/malformed', 'The request ended before the mail did.');
  } finally {
    // What nobody reads any more goes by, so that the answer finds a caller who listens.
    req.resume();
  }
}
