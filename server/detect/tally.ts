// Owns the counting: of each look and each source how many distinct values there are, and the first few places. Its work
// is bounded, however many findings come. It keeps values until it has counted, and gives out masks alone.

import type { Look, LookedText, Place, Seen, Source } from './look.ts';

/** Counting ends here: no rule asks for more. */
export const VALUES_MAX = 10_000;
const PLACES_MAX = 5;
const VALUE_LETTERS_MAX = 200;
const SOURCES: readonly Source[] = ['subject', 'body', 'attachments'];

export interface Tally {
  /** True when this look needs nothing more of this source. */
  readonly isFull: (look: string, source: Source) => boolean;
  /** `masked` is asked only for a place that will be shown. */
  readonly add: (look: string, text: LookedText, value: string, masked: () => string) => void;
  /** In the order of the looks, and of the sources. */
  readonly hits: (looks: readonly Look[]) => Seen['hits'];
}

interface Counted {
  readonly values: Set<string>;
  readonly places: Place[];
}

/** Nothing is counted yet. */
export function tally(): Tally {
  const counted = new Map<string, Map<Source, Counted>>();

  function countedOf(look: string, source: Source): Counted {
    const sources = counted.get(look) ?? new Map<Source, Counted>();
    counted.set(look, sources);
    const known = sources.get(source) ?? { values: new Set(), places: [] };
    sources.set(source, known);
    return known;
  }

  return {
    isFull: (look, source) => (counted.get(look)?.get(source)?.values.size ?? 0) >= VALUES_MAX,
    add: (look, { source, part, path }, value, masked) => {
      const { values, places } = countedOf(look, source);
      const key = value.slice(0, VALUE_LETTERS_MAX);
      if (values.size >= VALUES_MAX || values.has(key)) return;
      values.add(key);
      if (places.length < PLACES_MAX) places.push({ source, part, path, masked: masked() });
    },
    hits: (looks) =>
      looks.flatMap(({ id }) =>
        SOURCES.flatMap((source) => {
          const found = counted.get(id)?.get(source);
          return found === undefined ? [] : [{ look: id, source, count: found.values.size, places: found.places }];
        }),
      ),
  };
}
