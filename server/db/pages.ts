// Owns going through what grows, a page at a time: no more than that is held, and nobody else is held up.

/**
 * Pages until there is none. `load` gives what comes after a key, in its order; `first` comes before all keys, and
 * `keyOf` says after which the next page begins.
 */
export async function* pages<Row, Key>(
  load: (after: Key) => Promise<readonly Row[]>,
  first: Key,
  keyOf: (row: Row) => Key,
): AsyncGenerator<readonly Row[], void, undefined> {
  for (let after = first; ;) {
    const page = await load(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = keyOf(last);
  }
}
