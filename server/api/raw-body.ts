// Owns reading a raw mail from a request: as it comes, up to the limit, with bare line ends made whole.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import type { Envelope } from '../ingest/read-raw.ts';
import type { Content } from '../ingest/submission.ts';
import type { PartSink } from '../mail/mail-tree.ts';

/** ingest/read-raw.ts, with its dependencies given. */
export type ReadRaw = (envelope: Envelope, source: AsyncIterable<Buffer>, sink: PartSink) => Promise<Content>;

/** Throws mail/too-large past the limit, and request/malformed when the caller hangs up. */
export async function* rawBody(req: Request, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new AppError('mail/too-large', 'The message is larger than MESSAGE_BYTES_MAX.');
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('request/malformed', 'The request ended before the mail did.');
  }
}
