// Owns what comes in pieces as one, held in memory.

export interface Most {
  readonly bytes: number;
  /** Thrown when there is more; nothing is read any further. */
  readonly tooMuch: () => Error;
}

/** What comes from somebody else needs an end: `most`. */
export async function readWhole(pieces: AsyncIterable<Uint8Array>, most?: Most): Promise<Buffer> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (most !== undefined && bytes > most.bytes) throw most.tooMuch();
    held.push(piece);
  }
  return Buffer.concat(held);
}
