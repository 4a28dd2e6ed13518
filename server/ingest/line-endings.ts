// Owns the one question about line endings on the SMTP wire: does every line end with CR LF? It must never
// repair what it finds: two programs that disagree about where a line ends disagree about where a mail ends,
// and that is how a second mail is smuggled in behind a first (SMTP smuggling).
// RFC 5321 section 2.3.8: CR and LF "MUST only be transmitted as" the pair.

const CR = 0x0d;
const LF = 0x0a;

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
    let at = 0;
    if (this.#afterCr) {
      if (chunk[0] !== LF) return 0;
      this.#afterCr = false;
      at = 1;
    }
    for (;;) {
      const lf = chunk.indexOf(LF, at);
      const cr = chunk.indexOf(CR, at);
      if (cr === -1) return lf;
      if (lf !== -1 && lf < cr) return lf;
      if (cr === chunk.length - 1) {
        this.#afterCr = true;
        return -1;
      }
      if (lf !== cr + 1) return cr;
      at = lf + 1;
    }
  }
}
