// Owns going on with the rest of a file when one part of it cannot be read.

import { faultOf, FileFault } from '../files/file-fault.ts';

/**
 * Does each of these, so that a part that cannot be read hides no other; then throws the first fault. Without time or
 * room there is no use in going on.
 */
export class Attempts {
  #fault: FileFault | undefined;

  async try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const why = faultOf(error);
      this.#fault ??= new FileFault(why);
      if (why === 'too-slow' || why === 'too-large') throw error;
    }
  }

  /** Throws FileFault. */
  end(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }
}
