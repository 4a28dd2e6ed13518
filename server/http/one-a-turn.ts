// Owns that pages take turns: browsers that ask in the same moment are answered in as many turns of the event loop, so that
// mail, timers and whoever comes meanwhile wait for one page at most, never for ten. It never changes their order.

/** A handler for Express, which hands on one request a turn. */
export function oneATurn(): (req: unknown, res: unknown, next: () => void) => void {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  const take = (next: () => void): void => {
    isTaken = true;
    // What is planned from within a turn comes in the one after.
    setImmediate(free);
    next();
  };
  const free = (): void => {
    const next = waiting.shift();
    if (next === undefined) isTaken = false;
    else take(next);
  };
  return (_req, _res, next) => {
    if (isTaken) waiting.push(next);
    else take(next);
  };
}
