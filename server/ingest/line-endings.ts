// Owns the one question about line endings on the SMTP wire: does every line end with CR LF? It must never
// repair what it finds: two programs that disagree about where a line ends disagree about where a mail ends,
// and that is how a second mail is smuggled in behind a first (SMTP smuggling).
// RFC 5321 section 2.3.8: CR and LF "MUST only be transmitted as" the pair.

const CR = 0x0d;
const LF = 0x0a;
// Without the m flag `$` is the end of the chunk alone.
const BARE = /\r(?!\n|$)|(?<!\r)\n/;

/** Watches one direction of one connection; keeps in mind whether the last chunk ended with a CR. */
export class LineEndingGuard {
  #afterCr = false;

  /**
   * The index in this chunk before which everything may be handed on, because a bare CR or LF follows;
   * -1 when the whole chunk may. A CR at the very end is judged with the next chunk. After the first
   * finding the guard is spent: the session it watched must end.
   */
  findBare(chunk: Buffer): number {
    if (chunk.length === 0) return -1;
    if (this.#afterCr && chunk[0] !== LF) return 0;
    const from = this.#afterCr ? 1 : 0;
    // As a string of bytes: the engine's search is faster than a call for each line end.
    const found = chunk.toString('latin1', from).search(BARE);
    if (found !== -1) return from + found;
    this.#afterCr = chunk.at(-1) === CR;
    return -1;
  }
}
