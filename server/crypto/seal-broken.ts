// Owns the one thing that a failed opening says. It never carries a reason: whoever tries changed bytes must
// not learn from the answer which check they failed (docs/envelope.md, section 6).

/** Sealed bytes, a wrapped key or a record that does not open, whatever the reason. */
export class SealBroken extends Error {
  constructor() {
    super('The sealed bytes do not open.');
    this.name = 'SealBroken';
  }
}

/** What `open` gives, or undefined when it does not open. */
export function unlessBroken<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
}

/** The same of what is opened in time. */
export async function unlessBrokenLater<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
}
