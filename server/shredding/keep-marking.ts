// Owns when the witness hears how far the audit log has come: every minute in which something happened, and at the end.

import { MINUTE_MS } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { isPostgres } from '../db/engine.ts';
import { createLearner } from './learn.ts';
import type { LearnDeps } from './learn.ts';
import { markHead } from './mark-head.ts';
import { tidyWitness } from './tidy-witness.ts';
import type { TidyDeps } from './tidy-witness.ts';

/** `since`: when the witness was marked last before. @returns how to end it, with a last mark. */
export function keepMarking(deps: TidyDeps & LearnDeps, since: string, log: Log): () => Promise<void> {
  // On a file of this machine nobody else shreds, but its own commands, and they write to the same witness.
  const learn = isPostgres(deps.db) ? createLearner(deps, since) : undefined;
  let marking = Promise.resolve();
  const mark = (): void => {
    // A mark that cannot be written makes the next start less sure, and nothing else worse.
    marking = marking
      .then(() => markOnce(deps, learn))
      .catch((error: unknown) => log.warn('witness.failed', { err: error }));
  };
  const timer = setInterval(mark, MINUTE_MS).unref();
  return () => {
    clearInterval(timer);
    mark();
    return marking;
  };
}

async function markOnce(deps: TidyDeps, learn: (() => Promise<void>) | undefined): Promise<void> {
  // Before the mark, which says that all until then is remembered.
  await learn?.();
  await markHead(deps);
  if (deps.witness.isLong()) await tidyWitness(deps);
}
