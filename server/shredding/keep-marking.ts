// Owns when the witness hears how far the audit log has come: every minute in which something happened, and at the end.

import { MINUTE_MS } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { markHead } from './mark-head.ts';
import { tidyWitness } from './tidy-witness.ts';
import type { TidyDeps } from './tidy-witness.ts';

/** @returns how to end it, with a last mark. */
export function keepMarking(deps: TidyDeps, log: Log): () => Promise<void> {
  let marking = Promise.resolve();
  const mark = (): void => {
    // A mark that cannot be written makes the next start less sure, and nothing else worse.
    marking = marking.then(() => markOnce(deps)).catch((error: unknown) => log.warn('witness.failed', { err: error }));
  };
  const timer = setInterval(mark, MINUTE_MS).unref();
  return () => {
    clearInterval(timer);
    mark();
    return marking;
  };
}

async function markOnce(deps: TidyDeps): Promise<void> {
  await markHead(deps);
  if (deps.witness.isLong()) await tidyWitness(deps);
}
