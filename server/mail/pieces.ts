// Owns the cutting of a stream into pieces of one size that can be handed to another thread. It reads one piece ahead
// and no further.

export interface Piece {
  /** Has a buffer of its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly last: boolean;
}

/** Every piece but the last is `pieceBytes` long or a little longer; there is always a last one, maybe empty. */
export async function* gatherPieces(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  pieceBytes: number,
): AsyncGenerator<Piece, undefined> {
  const chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let next = gather(chunks, pieceBytes);
  try {
    for (;;) {
      const piece = await next;
      if (!piece.last) {
        next = gather(chunks, pieceBytes);
        next.catch(() => undefined); // heard of at the next turn, if there is one
      }
      yield piece;
      if (piece.last) return;
    }
  } finally {
    // Left early: what is being read ahead is awaited, so that nothing of the source is in use afterwards.
    await next.catch(() => undefined);
    await chunks.return?.();
  }
}

async function gather(chunks: AsyncIterator<Buffer> | Iterator<Buffer>, pieceBytes: number): Promise<Piece> {
  const gathered: Buffer[] = [];
  let length = 0;
  let last = false;
  while (length < pieceBytes) {
    const chunk = await chunks.next();
    if (chunk.done === true) {
      last = true;
      break;
    }
    gathered.push(chunk.value);
    length += chunk.value.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of gathered) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, last };
}
