// Owns cutting a stream of pieces of any length into blocks of a fixed length. It never copies a block that lies
// whole inside a piece, and never keeps hold of a piece that was given to it.

export class Gather {
  /** Length of the blocks; may be changed between two of them. */
  blockBytes: number;
  #held: Buffer | undefined;
  #heldBytes = 0;

  constructor(blockBytes: number) {
    this.blockBytes = blockBytes;
  }

  /** The blocks that `piece` completes. Each is to be used before the next is asked for; all must be asked for. */
  *take(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    let offset = 0;
    if (this.#heldBytes > 0) {
      offset = this.#hold(piece.subarray(0, this.blockBytes - this.#heldBytes));
      if (this.#heldBytes < this.blockBytes) return;
      yield this.rest();
    }
    while (piece.length - offset >= this.blockBytes) {
      const start = offset;
      offset += this.blockBytes; // before the yield: the block's user may change blockBytes
      yield piece.subarray(start, offset);
    }
    if (offset < piece.length) this.#hold(piece.subarray(offset));
  }

  /** What is held and makes no whole block yet; nothing is held afterwards. */
  rest(): Uint8Array {
    const rest = this.#held?.subarray(0, this.#heldBytes) ?? new Uint8Array();
    this.#heldBytes = 0;
    return rest;
  }

  #hold(bytes: Uint8Array): number {
    if (this.#held === undefined || this.#held.length < this.blockBytes) {
      const held = Buffer.allocUnsafe(this.blockBytes);
      this.#held?.copy(held, 0, 0, this.#heldBytes);
      this.#held = held;
    }
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes += bytes.length;
    return bytes.length;
  }
}
