// Owns the one limit on the bytes of a message, for whatever door they come by.

import { AppError } from './errors.ts';

/** Throws mail/too-large past the limit. */
export async function* bounded(
  source: AsyncIterable<Buffer>,
  bytesMax: number,
): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    checkBytes(bytes, bytesMax);
    yield chunk;
  }
}

/** Throws mail/too-large past the limit. */
export function checkBytes(bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new AppError('mail/too-large', 'The message is larger than MESSAGE_BYTES_MAX.');
}
